#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace nightjar {
namespace {

TEST(EscapeForTerminal, LeavesTextOfAnyLanguageAlone) {
  for (const char* text : {"", "plain ASCII", "\xe6\x97\xa5\xe6\x9c\xac", "\xc3\xa9t\xc3\xa9", "\xf0\x9f\x90\xa6"}) {
    EXPECT_EQ(escape_for_terminal(text), text);
  }
}

TEST(EscapeForTerminal, ShowsControlCharactersAsHex) {
  EXPECT_EQ(escape_for_terminal("\x1b[2Jgone"), "\\x1b[2Jgone");
  EXPECT_EQ(escape_for_terminal("a\nb\tc\x7f"), "a\\x0ab\\x09c\\x7f");
  EXPECT_EQ(escape_for_terminal(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escape_for_terminal("\xc2\x9b"), "\\xc2\\x9b") << "C1 control: some terminals take it for ESC [";
}

TEST(EscapeForTerminal, ShowsCharactersThatTurnTheDirectionOfText) {
  EXPECT_EQ(escape_for_terminal("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // U+202E right-to-left override
  EXPECT_EQ(escape_for_terminal("\xe2\x81\xa6"), "\\xe2\\x81\\xa6");  // U+2066 isolate
  EXPECT_EQ(escape_for_terminal("\xe2\x80\x8f"), "\\xe2\\x80\\x8f");  // U+200F mark
  EXPECT_EQ(escape_for_terminal("\xe2\x80\xa6"), "\xe2\x80\xa6");     // U+2026 is an ellipsis
}

TEST(EscapeForTerminal, ShowsBytesThatAreNoUtf8) {
  EXPECT_EQ(escape_for_terminal("\xff"), "\\xff");
  EXPECT_EQ(escape_for_terminal("\xe6\x97"), "\\xe6\\x97") << "cut off";
  EXPECT_EQ(escape_for_terminal("\xc0\xaf"), "\\xc0\\xaf") << "overlong slash";
  EXPECT_EQ(escape_for_terminal("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(escape_for_terminal("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
}

TEST(WithThousands, SetsACommaEveryThreeDigits) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(20'000'000), "20,000,000");
  EXPECT_EQ(with_thousands(~0ull), "18,446,744,073,709,551,615");
}

TEST(HumanBytes, HasThreeDigitsAndAUnit) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.00 kB");
  EXPECT_EQ(human_bytes(999'600), "1.00 MB") << "never 1000 kB";
  EXPECT_EQ(human_bytes(1'624'820'917), "1.62 GB");
  EXPECT_EQ(human_bytes(~0ull), "18.4 EB");
}

TEST(HumanDuration, SwitchesUnitsWhereAPersonWould) {
  EXPECT_EQ(human_duration(0.04), "0.0 s");
  EXPECT_EQ(human_duration(3.25), "3.2 s");
  EXPECT_EQ(human_duration(59.97), "1 min 0 s") << "never 60.0 s";
  EXPECT_EQ(human_duration(65.2), "1 min 5 s");
  EXPECT_EQ(human_duration(7384), "2 h 3 min");
}

TEST(EditDistance, CountsInsertionsDeletionsAndReplacements) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("port", ""), 4u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("contry", "country"), 1u);
}

TEST(Nearest, FindsWhatWasMeantOrNothing) {
  const std::array<std::string_view, 3> fields = {"port", "country", "protocol"};
  EXPECT_EQ(nearest("contry", fields), "country");
  EXPECT_EQ(nearest("prot", fields), "port");
  EXPECT_EQ(nearest("zzzz", fields), "");
}

}  // namespace
}  // namespace nightjar
