#include "sensor/glob.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightjar {
namespace {

TEST(Glob, MatchesPlainNamesOnly) {
  EXPECT_TRUE(matches_glob("tokyo/a.pcap", "tokyo/a.pcap"));
  EXPECT_FALSE(matches_glob("tokyo/a.pcap", "tokyo/a.pcap.gz"));
  EXPECT_FALSE(matches_glob("tokyo/a.pcap", "tokyo"));
  EXPECT_FALSE(matches_glob("tokyo", "tokyo/a.pcap"));
  EXPECT_FALSE(matches_glob("a", ""));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(Glob, StopsAStarAtASlash) {
  EXPECT_TRUE(matches_glob("tokyo/*.pcap.zst", "tokyo/2017-11-23.pcap.zst"));
  EXPECT_TRUE(matches_glob("tokyo/*", "tokyo/.hidden"));
  EXPECT_TRUE(matches_glob("*", "a"));
  EXPECT_TRUE(matches_glob("a*", "a"));
  EXPECT_TRUE(matches_glob("*a*b*c*", "xxaxxbxxbxxc"));
  EXPECT_FALSE(matches_glob("*a*b*c*", "xxbxxaxxc"));
  EXPECT_FALSE(matches_glob("tokyo/*.pcap", "tokyo/2017/a.pcap"));
  EXPECT_FALSE(matches_glob("*", "a/b"));
}

TEST(Glob, TakesOneCharacterForAQuestionMark) {
  EXPECT_TRUE(matches_glob("day?.pcap", "day1.pcap"));
  EXPECT_TRUE(matches_glob("?.pcap", "\xe6\x9d\xb1.pcap"));  // 東
  EXPECT_FALSE(matches_glob("day?.pcap", "day.pcap"));
  EXPECT_FALSE(matches_glob("a?b", "a/b"));
}

TEST(Glob, TakesOneOfASet) {
  EXPECT_TRUE(matches_glob("[abc].pcap", "b.pcap"));
  EXPECT_TRUE(matches_glob("day[0-9][0-9]", "day42"));
  EXPECT_TRUE(matches_glob("[!0-9]*", "day"));
  EXPECT_TRUE(matches_glob("[]]", "]"));
  EXPECT_TRUE(matches_glob("[a-]", "-"));
  EXPECT_FALSE(matches_glob("[abc]", "d"));
  EXPECT_FALSE(matches_glob("[!abc]", "a"));
  EXPECT_FALSE(matches_glob("[!a-c]", "b"));
}

TEST(Glob, TakesABracketWithoutEndForItself) {
  EXPECT_TRUE(matches_glob("a[b", "a[b"));
  EXPECT_FALSE(matches_glob("a[b", "ab"));
}

TEST(Glob, TakesAnyNumberOfFoldersForTwoStars) {
  EXPECT_TRUE(matches_glob("**/*.pcap", "a.pcap"));
  EXPECT_TRUE(matches_glob("**/*.pcap", "x/y/z/a.pcap"));
  EXPECT_TRUE(matches_glob("tokyo/**", "tokyo/2017/11/a.pcap"));
  EXPECT_TRUE(matches_glob("tokyo/**/11/*", "tokyo/11/a"));
  EXPECT_TRUE(matches_glob("tokyo/**/11/*", "tokyo/x/11/y/11/a"));
  EXPECT_TRUE(matches_glob("**/a/**/b", "x/a/y/z/b"));
  EXPECT_FALSE(matches_glob("**/a/**/b", "x/y/z/b"));
  EXPECT_FALSE(matches_glob("tokyo/**", "osaka/a.pcap"));
  EXPECT_FALSE(matches_glob("**/*.pcap", "x/a.txt"));
}

TEST(Glob, FinishesOnPatternsThatInviteBacktracking) {
  const std::string long_name(2000, 'a');
  std::string stars, folders, deep;
  for (int i = 0; i < 50; ++i) {
    stars += "*a";
    folders += "**/a/";
    deep += "a/a/";
  }
  EXPECT_FALSE(matches_glob(stars + "b", long_name));
  EXPECT_FALSE(matches_glob(folders + "b", deep + "a"));
  EXPECT_TRUE(matches_glob(folders + "a", deep + "a"));
}

}  // namespace
}  // namespace nightjar
