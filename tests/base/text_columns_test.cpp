#include "base/text_columns.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace nightjar {
namespace {

TEST(TextColumns, EastAsianCharactersTakeTwo) {
  EXPECT_EQ(columns_of(""), 0U);
  EXPECT_EQ(columns_of("abc"), 3U);
  EXPECT_EQ(columns_of("日本"), 4U);
  EXPECT_EQ(columns_of("23/TCPへ、"), 10U);
  EXPECT_EQ(columns_of("Côte d’Ivoire █"), 15U);
  EXPECT_EQ(columns_of("\xe6\x97"), 2U) << "cut off in the middle";
  EXPECT_EQ(columns_of("\x80\x80"), 0U);
}

TEST(TextColumns, WordsGoToTheNextLine) {
  EXPECT_EQ(wrapped("one two three", 0, 7), "one two\nthree\n");
  EXPECT_EQ(wrapped("one two three", 2, 7), "  one\n  two\n  three\n");
  EXPECT_EQ(wrapped("  one   two  ", 0, 80), "one two\n");
  EXPECT_EQ(wrapped("incomprehensibly long", 1, 5), " incomprehensibly\n long\n");
  EXPECT_EQ(wrapped("", 4, 80), "");
}

TEST(TextColumns, JapaneseBreaksBetweenCharactersButNotBeforeAMark) {
  EXPECT_EQ(wrapped("日本語、です", 0, 6), "日本\n語、で\nす\n");
  EXPECT_EQ(wrapped("攻撃ホストが1.8倍（約19万）", 0, 12), "攻撃ホストが\n1.8倍（約19\n万）\n");
}

TEST(TextColumns, NoLineIsWider) {
  const std::string text =
      "2017年11月23日、23/TCPを狙う攻撃ホストが普段の1.8倍に増えました。It is spread over about 190,000 addresses, not a few loud ones.";
  for (std::size_t columns = 24; columns < 90; ++columns) {
    std::istringstream lines(wrapped(text, 2, columns));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), columns) << line;
  }
}

}  // namespace
}  // namespace nightjar
