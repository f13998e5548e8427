#include "sensor/toml_check.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

/// Where the mistake is, if its sentence is about `subject`; 0 if there is none.
std::size_t line_of(std::string_view toml, std::string_view subject) {
  const auto mistake = check_before_toml(toml).mistake;
  return mistake && mistake->sentence.find(subject) != std::string_view::npos ? mistake->line : 0;
}

TEST(TomlCheck, FindsHeadersWithoutAName) {
  EXPECT_EQ(line_of("[[[sensor]]]", "table header"), 1U);
  EXPECT_EQ(line_of("a = 1\n\n  [ =]\n", "table header"), 3U);
  EXPECT_EQ(line_of("[[\n", "table header"), 1U);
  EXPECT_EQ(line_of("[[#a]]", "table header"), 1U);
  EXPECT_EQ(line_of("\xef\xbb\xbf[.a]", "table header"), 1U);
  EXPECT_EQ(line_of("a = [1,\n2]\n[{]", "table header"), 3U);
  EXPECT_EQ(line_of("a = \"\"\"\nx\"\"\"\"\"\n[[[b]]]", "table header"), 3U);
}

TEST(TomlCheck, FindsCharactersBeyondAsciiOutsideOfQuotes) {
  EXPECT_EQ(line_of("a = 1\norigin \xc3\x93", "beyond ASCII"), 2U);
  EXPECT_EQ(line_of("name = \xe2\x80\x9ctokyo\xe2\x80\x9d", "beyond ASCII"), 1U);
  EXPECT_EQ(line_of("[\xc3\x93]", "beyond ASCII"), 1U);
  EXPECT_EQ(line_of("a = [\n\xa0]", "beyond ASCII"), 2U);
}

TEST(TomlCheck, FindsQuotesInsideOfWords) {
  EXPECT_EQ(line_of("a = 7\"\xc3\x93\"", "quote inside of a word"), 1U);
  EXPECT_EQ(line_of("\nname = tokyo's\n", "quote inside of a word"), 2U);
}

TEST(TomlCheck, EscapesLettersInQuotes) {
  EXPECT_EQ(check_before_toml("name = \"\xe6\x9d\xb1 \xf0\x9f\x90\xa6\"").text, "name = \"\\U00006771 \\U0001f426\"");
  EXPECT_EQ(check_before_toml("x = \"\"\"\\\n\xc3\x93\"\"\"").text, "x = \"\"\"\\\n\\U000000d3\"\"\"");
  EXPECT_EQ(check_before_toml("a = 1 # \xe6\x9d\xb1\nb = 2").text, "a = 1 # ?\nb = 2");
}

TEST(TomlCheck, LeavesLettersInLiteralQuotesAndBytesThatAreNoUtf8Alone) {
  for (const char* toml : {"name = '\xe6\x9d\xb1'", "name = \"\xff\"", "name = \"\xed\xa0\x80\"", "name = \"\xc0\x80\"", "# \xe6\x9d"}) {
    EXPECT_FALSE(check_before_toml(toml).mistake) << toml;
    EXPECT_EQ(check_before_toml(toml).text, toml);
  }
}

TEST(TomlCheck, LeavesGoodHeadersAndLooksAlikeAlone) {
  for (const char* toml : {"",
                           "[a]",
                           "[[a]]",
                           "[ a ]",
                           "[\"=\"]",
                           "['=']",
                           "[-]",
                           "[]",
                           "[[]]",
                           "[",
                           "[[",
                           "x = [\n[[[1]]],\n[=]\n]",
                           "x = {\n[[[\n}",
                           "x = \"\"\"\n[[[a]]]\n\"\"\"",
                           "x = '''\n[=]\n'''",
                           "# [[[a]]]\n",
                           "x = \"[[[\"\n",
                           "x = \"\\\"\" # \"\"\"\n[a]",
                           "[a] # [[[\n",
                           "x = ''\n[a]",
                           "x = '\\'\n[a]"}) {
    EXPECT_FALSE(check_before_toml(toml).mistake) << toml;
    EXPECT_EQ(check_before_toml(toml).text, toml);
  }
}

}  // namespace
}  // namespace nightjar
