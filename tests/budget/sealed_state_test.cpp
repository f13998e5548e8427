#include "budget/sealed_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace nightjar::budget {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::string sentence_of(const Bytes& bytes, std::uint32_t version = 3) {
  const auto content = unseal("NJBUDGET", version, bytes);
  return content ? "fine" : content.error().sentence;
}

TEST(SealedState, GivesBackWhatWasSealed) {
  const Bytes content = {1, 2, 3, 4, 5};
  const Bytes sealed = seal("NJBUDGET", 3, content);
  EXPECT_EQ(sealed.size(), 8u + 4 + 8 + 5 + 8);
  EXPECT_EQ(std::string(sealed.begin(), sealed.begin() + 8), "NJBUDGET");
  EXPECT_EQ(sealed[8], 3) << "numbers begin with their lowest byte";
  const auto opened = unseal("NJBUDGET", 3, sealed);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(std::equal(opened->begin(), opened->end(), content.begin(), content.end()));
}

TEST(SealedState, MayBeOfNothing) { EXPECT_EQ(sentence_of(seal("NJBUDGET", 3, {})), "fine"); }

TEST(SealedState, SaysWhatIsWrong) {
  const Bytes sealed = seal("NJBUDGET", 3, Bytes{1, 2, 3});
  EXPECT_EQ(sentence_of({}), "it is empty");
  EXPECT_EQ(sentence_of(Bytes(40, 'x')), "it does not begin with NJBUDGET");
  EXPECT_EQ(sentence_of(Bytes(sealed.begin(), sealed.end() - 1)), "it is cut short: 30 bytes");
  EXPECT_EQ(sentence_of(sealed, 4), "its version is 3, this program reads version 4");
  Bytes longer = sealed;
  longer.push_back(0);
  EXPECT_EQ(sentence_of(longer), "more bytes follow than it says");
}

TEST(SealedState, IsNotOpenedWhateverByteIsChangedOrMissing) {
  const Bytes sealed = seal("NJBUDGET", 3, Bytes{1, 2, 3});
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x10;
    EXPECT_NE(sentence_of(changed), "fine") << "byte " << i;
    EXPECT_NE(sentence_of(Bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(i))), "fine") << "size " << i;
  }
}

}  // namespace
}  // namespace nightjar::budget
