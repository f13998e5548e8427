#include "base/toml_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightjar {
namespace {

/// Where the mistake is, if its sentence is about `subject`; 0 if there is none.
std::size_t line_of(std::string_view toml, std::string_view subject) {
  const auto mistake = check_before_toml(toml).mistake;
  return mistake && mistake->sentence.find(subject) != std::string_view::npos ? mistake->line : 0;
}

TEST(TomlCheck, FindsCharactersBeyondAsciiOutsideOfQuotes) {
  EXPECT_EQ(line_of("a = 1\norigin \xc3\x93", "beyond ASCII"), 2U);
  EXPECT_EQ(line_of("name = \xe2\x80\x9ctokyo\xe2\x80\x9d", "beyond ASCII"), 1U);
  EXPECT_EQ(line_of("[\xc3\x93]", "beyond ASCII"), 1U);
  EXPECT_EQ(line_of("a = [\n\xa0]", "beyond ASCII"), 2U);
}

TEST(TomlCheck, EscapesLettersInQuotes) {
  EXPECT_EQ(check_before_toml("name = \"\xe6\x9d\xb1 \xf0\x9f\x90\xa6\"").text, "name = \"\\U00006771 \\U0001f426\"");
  EXPECT_EQ(check_before_toml("x = \"\"\"\\\n\xc3\x93\"\"\"").text, "x = \"\"\"\\\n\\U000000d3\"\"\"");
  EXPECT_EQ(check_before_toml("a = 1 # \xe6\x9d\xb1\nb = 2").text, "a = 1 # ?\nb = 2");
}

TEST(TomlCheck, TurnsLiteralQuotesWithLettersIntoDoubleOnes) {
  EXPECT_EQ(check_before_toml("x = '\\\"\xc3\x93' # a").text, "x = \"\\\\\\\"\\U000000d3\" # a");
  EXPECT_EQ(check_before_toml("x = '''\n\xc3\x93'''''\ny = 1").text, "x = \"\"\"\n\\U000000d3''\"\"\"\ny = 1");
  EXPECT_EQ(check_before_toml("x = '\xc3\x93\ny = 1").text, "x = \"\\U000000d3\ny = 1");
  EXPECT_EQ(check_before_toml("x = '''\xc3\x93").text, "x = \"\"\"\\U000000d3");
}

TEST(TomlCheck, LeavesBytesThatAreNoUtf8Alone) {
  for (const char* toml : {"name = \"\xff\"", "name = \"\xed\xa0\x80\"", "name = \"\xc0\x80\"", "# \xe6\x9d"}) {
    EXPECT_FALSE(check_before_toml(toml).mistake) << toml;
    EXPECT_EQ(check_before_toml(toml).text, toml);
  }
}

TEST(TomlCheck, KnowsWhereStringsAndCommentsEnd) {
  const std::string outside = "\n\xc3\x93";
  for (const char* toml : {"", "a", "x = \"\"", "x = ''", "x = \"\\\"\"", "x = '\\'", "x = \"", "# \"\"\"", "x = \"#\"",
                           "x = \"\"\"\n\"\"\"\"\"", "x = \"\"\"\\\"\"\"\"", "x = \'\'\'\n\'\'\'"}) {
    EXPECT_FALSE(check_before_toml(toml).mistake) << toml;
    EXPECT_EQ(check_before_toml(toml).text, toml);
    EXPECT_NE(line_of(toml + outside, "beyond ASCII"), 0U) << toml;
  }
}

TEST(TomlCheck, RefusesKeysOfMoreThan32Parts) {
  const auto key = [](int parts) {
    std::string text = "a";
    for (int i = 1; i < parts; ++i) text += i % 2 == 0 ? ".\"b.c\"" : " . d";
    return text;
  };
  EXPECT_EQ(line_of("x = 1\n" + key(33) + " = 1\n", "parts"), 2U);
  EXPECT_EQ(line_of("[" + key(33) + "]\n", "parts"), 1U);
  EXPECT_EQ(line_of("x = {" + key(33) + " = 1}\n", "parts"), 1U);
  EXPECT_EQ(line_of(key(32) + " = 1\n" + "[" + key(32) + "]\n", "parts"), 0U);
  std::string numbers = "x = [";
  for (int i = 0; i < 100; ++i) numbers += "1.5, ";
  EXPECT_EQ(line_of(numbers + "]\ny = \"" + std::string(100, '.') + "\"\n", "parts"), 0U);
}

}  // namespace
}  // namespace nightjar
