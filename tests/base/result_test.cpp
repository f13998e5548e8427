#include "base/result.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>

namespace nightjar {
namespace {

Result<int> half_of(int number) {
  if (number % 2 != 0) return Error{std::to_string(number) + " is odd"};
  return number / 2;
}

Result<void> must_be_even(int number) {
  if (auto half = half_of(number); !half) return half.error();
  return {};
}

TEST(Result, HoldsAValueOrTheSentenceThatSaysWhyNot) {
  ASSERT_TRUE(half_of(8));
  EXPECT_EQ(*half_of(8), 4);
  ASSERT_FALSE(half_of(7));
  EXPECT_EQ(half_of(7).error().sentence, "7 is odd");
}

TEST(Result, OfNothingIsSuccessUnlessAnErrorIsGiven) {
  EXPECT_TRUE(must_be_even(2).has_value());
  ASSERT_FALSE(must_be_even(3).has_value());
  EXPECT_EQ(must_be_even(3).error().sentence, "3 is odd");
}

TEST(Result, GivesAwayAValueThatCannotBeCopied) {
  Result<std::unique_ptr<int>> made = std::make_unique<int>(5);
  const std::unique_ptr<int> taken = *std::move(made);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, OfStringsTellsAValueFromAnError) {
  const Result<std::string> value = std::string("text");
  const Result<std::string> error = Error{"text"};
  EXPECT_TRUE(value);
  EXPECT_EQ(value->size(), 4u);
  EXPECT_FALSE(error);
}

TEST(ErrnoError, EndsInTheSystemsOwnWords) {
  EXPECT_EQ(errno_error("cannot open /data/x.pcap", EACCES).sentence, "cannot open /data/x.pcap: Permission denied");
}

}  // namespace
}  // namespace nightjar
