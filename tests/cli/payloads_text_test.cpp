#include "cli/payloads_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightjar::cli {
namespace {

using namespace std::string_literals;

TEST(PayloadsText, BytesAreWrittenAsInTheTables) {
  EXPECT_EQ(printable("a b\t\n\r\\\x00\x1b\x7f\xc3\xa9~"s, 100), "a b\\t\\n\\r\\\\\\x00\\x1b\\x7f\\xc3\\xa9~");
  EXPECT_EQ(printable("ab\xff", 5), "ab") << "no escape is cut in two";
  EXPECT_EQ(printable("ab\xff", 6), "ab\\xff");
  EXPECT_EQ(printable("", 6), "");
}

TEST(PayloadsText, TheFirstTextIsTheLineWithTheFirstFourPrintableCharacters) {
  EXPECT_EQ(first_text("GET / HTTP/1.1\r\nHost: x\r\n", 80), "GET / HTTP/1.1");
  EXPECT_EQ(first_text("\xff\xfd\x1f\x01"
                       "abc\x02"
                       "   root\r\nmore"s,
                       80),
            "root");
  EXPECT_EQ(first_text("\x01 a b\x02"s, 80), "\\x01 a b\\x02") << "three are too few: all bytes then";
  EXPECT_EQ(first_text("CNXN\x00\x00host"s, 80), "CNXN");
  EXPECT_EQ(first_text("abcd\x1b[2J\n"s, 80), "abcd\\x1b[2J");
  EXPECT_EQ(first_text(std::string(500, 'z'), 80), std::string(80, 'z'));
  EXPECT_EQ(first_text("", 80), "");
}

TEST(PayloadsText, OneLineIsAsciiAndCut) {
  EXPECT_EQ(one_line("a\nb\x1b\xe2\x80\xae", 80), "a\\x0ab\\x1b\\xe2\\x80\\xae");
  EXPECT_EQ(one_line("\\x1b is stored so", 80), "\\x1b is stored so") << "not escaped twice";
  EXPECT_EQ(one_line("caf\xc3\xa9", 80), "caf\\xc3\\xa9");
  EXPECT_EQ(one_line("0123456789", 10), "0123456789");
  EXPECT_EQ(one_line("0123456789a", 10), "0123456...");
}

// Compared with the output of `hexdump -C`, but for the folded line.
TEST(PayloadsText, HexViewHasSixteenBytesALine) {
  EXPECT_EQ(hex_view(""), "");
  EXPECT_EQ(hex_view("\x00\xff"
                     "abcdefghijklmnop"s),
            "00000000  00 ff 61 62 63 64 65 66  67 68 69 6a 6b 6c 6d 6e  |..abcdefghijklmn|\n"
            "00000010  6f 70                                             |op|\n");
  const std::string zeros(16 * 4, '\0');
  EXPECT_EQ(hex_view(zeros + "x"),
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
            "*         3 lines the same\n"
            "00000040  78                                                |x|\n");
  EXPECT_EQ(hex_view(zeros.substr(0, 32)),
            "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n"
            "*         1 line the same\n");
}

TEST(PayloadsText, BytesComeBackFromTheirDigits) {
  EXPECT_EQ(bytes_of_hex("00FFab41"),
            "\x00\xff\xab"
            "A"s);
  EXPECT_EQ(bytes_of_hex(""), "");
  EXPECT_EQ(bytes_of_hex("41x142"), "A") << "what is no digit ends it";
  EXPECT_EQ(bytes_of_hex("414"), "A");
}

}  // namespace
}  // namespace nightjar::cli
