#include "payload/stored_text.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

using namespace std::string_literals;

TEST(StoredText, WritesWhatTheColumnsPromise) {
  EXPECT_EQ(to_stored("a\tb\nc\rd\\e"), "a\\tb\\nc\\rd\\\\e");
  EXPECT_EQ(to_stored("\0\x1b\x7f\xff"s), "\\x00\\x1b\\x7f\\xff");
  EXPECT_EQ(to_stored("grün 密码 ■"), "grün 密码 ■");
  EXPECT_EQ(to_stored("\xc3"), "\\xc3");
  EXPECT_EQ(to_stored("\xc0\xaf\xed\xa0\x80"), "\\xc0\\xaf\\xed\\xa0\\x80");  // overlong, a surrogate
  EXPECT_EQ(to_stored("\xc2\x85\xe2\x80\xae"), "\\xc2\\x85\\xe2\\x80\\xae");  // next line, right to left
}

// General category Cf of the Basic Multilingual Plane in UnicodeData.txt of Unicode 15.0.
TEST(StoredText, NoFormatCharacterReachesTheTerminal) {
  const std::vector<std::pair<unsigned, unsigned>> ranges = {
      {0xad, 0xad},     {0x600, 0x605},   {0x61c, 0x61c},   {0x6dd, 0x6dd},   {0x70f, 0x70f},   {0x890, 0x891},   {0x8e2, 0x8e2},
      {0x180e, 0x180e}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064}, {0x2066, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}};
  for (const auto& [first, last] : ranges) {
    for (unsigned c = first; c <= last; ++c) {
      const std::string utf8 = c < 0x800 ? std::string{static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 63))}
                                         : std::string{static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
                                                       static_cast<char>(0x80 | (c & 63))};
      EXPECT_TRUE(to_stored(utf8).starts_with("\\x")) << c;
      EXPECT_EQ(from_stored(to_stored(utf8)), utf8) << c;
    }
  }
  EXPECT_EQ(to_stored("\xf3\xa0\x81\x81"), "\\xf3\\xa0\\x81\\x81") << "a tag, U+E0041";
  EXPECT_EQ(to_stored("\u0606 \u2070 \ufffd"), "\u0606 \u2070 \ufffd") << "neighbours that are seen";
}

TEST(StoredText, EveryByteComesBack) {
  std::string all;
  for (int i = 0; i < 256; ++i)
    for (int j = 0; j < 256; ++j) all += {static_cast<char>(i), static_cast<char>(j)};
  const std::string stored = to_stored(all);
  EXPECT_EQ(stored.find_first_of("\t\n\r"), std::string::npos);
  EXPECT_EQ(from_stored(stored), all);
}

TEST(StoredText, RefusesWhatIsNotItsForm) {
  for (const std::string_view text : {"\\", "\\q", "\\x", "\\x1", "\\xg0", "a\\x0"}) EXPECT_EQ(from_stored(text), std::nullopt) << text;
  EXPECT_EQ(from_stored("\\xAb"), "\xab");
  EXPECT_EQ(logins_from_stored("a\tb"), std::nullopt);
  EXPECT_EQ(logins_from_stored("a\tb\t2"), std::nullopt);
  EXPECT_EQ(logins_from_stored("a\tb\t1\n"), std::nullopt);
  EXPECT_EQ(commands_from_stored("a\n\nb"), std::nullopt);
}

TEST(StoredText, LoginsAndCommandsComeBack) {
  const std::vector<LoginAttempt> logins = {{"root", "a\tb", true}, {"", "", false}, {"\n", "\xff\\", true}};
  EXPECT_EQ(stored_logins(logins), "root\ta\\tb\t1\n\t\t0\n\\n\t\\xff\\\\\t1");
  EXPECT_EQ(logins_from_stored(stored_logins(logins)), logins);
  EXPECT_EQ(logins_from_stored(""), std::vector<LoginAttempt>{});
  const std::vector<std::string> commands = {"cd /tmp; ls", "a\nb", "\t"};
  EXPECT_EQ(stored_commands(commands), "cd /tmp; ls\na\\nb\n\\t");
  EXPECT_EQ(commands_from_stored(stored_commands(commands)), commands);
  EXPECT_EQ(commands_from_stored(""), std::vector<std::string>{});
}

}  // namespace
}  // namespace nightjar
