#include "relay/tokens.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// printf '%s' 'a token that nobody would guess 1' | sha256sum
constexpr const char* kToken = "a-token-that-nobody-would-guess-1";

/// By a program of somebody else.
std::string sha256sum(const std::string& text) {
  TempFolder folder;
  const auto file = folder.write("text", text);
  test::Program run("/usr/bin/sha256sum", {file.string()}, {}, folder / "sum");
  run.wait();
  return test::content_of(folder / "sum").substr(0, 64);
}

TEST(TokenTable, KnowsASensorByItsTokensHash) {
  const std::string digest = sha256sum(kToken);
  ASSERT_EQ(digest.size(), 64U);
  const auto table = TokenTable::parse("# sensors\n\nalpha sha256:" + digest + "\r\nbeta sha256:" + sha256sum("other") +
                                           "\nalpha sha256:" + sha256sum("the next one") + "\n",
                                       "tokens");
  ASSERT_TRUE(table) << table.error().sentence;
  EXPECT_EQ(table->sensor_of(kToken), "alpha");
  EXPECT_EQ(table->sensor_of("the next one"), "alpha");
  EXPECT_EQ(table->sensor_of("other"), "beta");
  EXPECT_FALSE(table->sensor_of(""));
  EXPECT_FALSE(table->sensor_of(digest));
  EXPECT_THAT(table->sensors(), ElementsAre("alpha", "beta"));
}

TEST(TokenTable, SaysWhereAMistakeIs) {
  const auto sentence = [](const std::string& text) {
    const auto table = TokenTable::parse(text, "tokens");
    return table ? std::string() : table.error().sentence;
  };
  const std::string digest(64, 'a');
  EXPECT_EQ(sentence("alpha sha256:" + digest), "");
  for (const std::string& wrong : {std::string("alpha"), "alpha " + digest, "alpha sha256:" + digest + "0",
                                   "alpha sha256:" + digest + " more", "alpha sha256:" + std::string(64, 'A')})
    EXPECT_THAT(sentence("# one\n" + wrong + "\n"), HasSubstr("tokens line 2: not 'SENSOR sha256:'")) << wrong;
  EXPECT_THAT(sentence("../etc sha256:" + digest), HasSubstr("line 1"));
  EXPECT_THAT(sentence(".. sha256:" + digest), HasSubstr("line 1"));
  EXPECT_THAT(sentence(".hidden sha256:" + digest), HasSubstr("line 1"));
}

TEST(TokenTable, ATokenThatIsAddedIsKnownAndNotInTheFile) {
  TempFolder folder;
  const auto first = new_token(), second = new_token();
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(first->size(), 64U);
  ASSERT_TRUE(add_token(folder / "tokens", "alpha", *first));
  ASSERT_TRUE(add_token(folder / "tokens", "beta", *second));
  const auto table = TokenTable::read(folder / "tokens");
  ASSERT_TRUE(table) << table.error().sentence;
  EXPECT_EQ(table->sensor_of(*first), "alpha");
  EXPECT_EQ(table->sensor_of(*second), "beta");
  EXPECT_THAT(test::content_of(folder / "tokens"), testing::Not(HasSubstr(*first)));
  struct stat what {};
  ASSERT_EQ(::stat((folder / "tokens").c_str(), &what), 0);
  EXPECT_EQ(what.st_mode & 0777U, 0600U);
  EXPECT_FALSE(add_token(folder / "tokens", "a/b", *first));
}

TEST(TokenTable, ALineIsAddedBehindOneThatHasNoEnd) {
  TempFolder folder;
  folder.write("tokens", "alpha sha256:" + std::string(64, 'a'));
  ::chmod((folder / "tokens").c_str(), 0600);
  ASSERT_TRUE(add_token(folder / "tokens", "beta", kToken));
  const auto table = TokenTable::read(folder / "tokens");
  ASSERT_TRUE(table) << table.error().sentence;
  EXPECT_EQ(table->sensor_of(kToken), "beta");
}

TEST(TokenTable, WhatEverybodyCanReadIsNoSecret) {
  TempFolder folder;
  folder.write("tokens", "");
  ::chmod((folder / "tokens").c_str(), 0644);
  const auto table = TokenTable::read(folder / "tokens");
  ASSERT_FALSE(table);
  EXPECT_THAT(table.error().sentence, HasSubstr("chmod 600"));
  folder.write("token", kToken);
  ::chmod((folder / "token").c_str(), 0644);
  EXPECT_FALSE(read_token(folder / "token"));
  ::chmod((folder / "token").c_str(), 0600);
  EXPECT_EQ(read_token(folder / "token").value(), kToken);
  folder.write("token", std::string(kToken) + " and a remark\nmore\n");
  ::chmod((folder / "token").c_str(), 0600);
  EXPECT_EQ(read_token(folder / "token").value(), kToken);
  folder.write("token", "short\n");
  ::chmod((folder / "token").c_str(), 0600);
  EXPECT_FALSE(read_token(folder / "token"));
  EXPECT_FALSE(read_token(folder / "missing"));
}

}  // namespace
}  // namespace nightjar
