#include "decode/tcp_options.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/packet_builder.hpp"

namespace nightjar {
namespace {

using test::ByteVector;
using test::operator+;
using test::hex;

std::uint8_t layout(std::string_view text) {
  const ByteVector bytes = hex(text);
  return option_layout_of(bytes);
}

constexpr std::string_view kMss = "020405b4", kScale = "030308", kPermitted = "0402", kTime = "080a0000000100000000";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

TEST(OptionLayout, KnowsCommonSenders) {
  EXPECT_EQ(1, layout(kMss));
  EXPECT_EQ(2, layout(join({kMss, kPermitted, kTime, "01", kScale}))) << "Linux";
  EXPECT_EQ(3, layout(join({kMss, "01", kScale, "0101", kPermitted}))) << "Windows, ZMap 4.1";
  EXPECT_EQ(4, layout(join({kMss, "0101", kPermitted}))) << "Windows XP";
  EXPECT_EQ(5, layout(join({kMss, "01", kScale, "0101", kTime, kPermitted, "0000"}))) << "macOS";
  EXPECT_EQ(17, layout(join({kScale, "01", kMss, kTime, kPermitted}))) << "Nmap's first probe";
}

// The numbers are stored: this list may grow at its end, and nothing in it may change.
TEST(OptionLayout, NumbersAreFrozen) {
  const std::vector<std::string_view> frozen = {"none",
                                                "mss",
                                                "mss,sok,ts,nop,ws",
                                                "mss,nop,ws,nop,nop,sok",
                                                "mss,nop,nop,sok",
                                                "mss,nop,ws,nop,nop,ts,sok,eol",
                                                "mss,nop,ws,sok,ts",
                                                "mss,nop,nop,sok,nop,ws",
                                                "mss,nop,ws,nop,nop,ts,nop,nop,sok",
                                                "mss,nop,nop,sok,nop,ws,nop,nop,ts",
                                                "mss,sok,ts",
                                                "mss,nop,ws",
                                                "mss,ws,nop",
                                                "mss,nop,nop,ts",
                                                "mss,nop,nop,ts,nop,ws",
                                                "mss,nop,nop,ts,nop,nop,sok",
                                                "nop,ws,nop,nop,ts,nop,nop,sok,mss",
                                                "ws,nop,mss,ts,sok",
                                                "mss,ws,sok,ts,eol",
                                                "mss,ts,ws,sok,eol",
                                                "ts,nop,nop,ws,nop,mss",
                                                "sok,ts,ws,eol",
                                                "mss,sok,ts,ws,eol",
                                                "mss,sok,ts,nop,ws,tfo",
                                                "mss,nop,ws,nop,nop,ts,sok",
                                                "mss,sok",
                                                "nop,nop,ts",
                                                "mss,ws"};
  for (std::uint8_t number = 0; number < frozen.size(); ++number) EXPECT_EQ(frozen[number], option_layout_name(number));
  EXPECT_EQ("", option_layout_name(28));
  EXPECT_EQ("", option_layout_name(29));
  EXPECT_EQ("cut off or malformed", option_layout_name(30));
  EXPECT_EQ("another", option_layout_name(31));
  EXPECT_EQ("", option_layout_name(32));
}

TEST(OptionLayout, OfEveryNameIsItsNumber) {
  for (std::uint8_t number = 1; number < 28; ++number) {
    ByteVector bytes;
    std::string name(option_layout_name(number));
    while (!name.empty()) {
      const std::string option = name.substr(0, name.find(','));
      name.erase(0, option.size() + 1);
      const std::string_view text = option == "eol"   ? "00"
                                    : option == "nop" ? "01"
                                    : option == "mss" ? kMss
                                    : option == "ws"  ? kScale
                                    : option == "sok" ? kPermitted
                                    : option == "ts"  ? kTime
                                                      : "2202";
      bytes = bytes + hex(text);
    }
    EXPECT_EQ(number, option_layout_of(bytes)) << option_layout_name(number);
  }
}

TEST(OptionLayout, StopsAtTheEndOfTheList) {
  EXPECT_EQ(layout(join({kMss, kPermitted, kTime, kScale, "00"})), layout(join({kMss, kPermitted, kTime, kScale, "00ffff"})));
}

TEST(OptionLayout, IsAnotherForTheRest) {
  EXPECT_EQ(31, layout("01010101"));
  EXPECT_EQ(31, layout("00000000"));
  EXPECT_EQ(31, layout(join({kMss, "fe04f989"}))) << "an experimental option";
  EXPECT_EQ(31, layout("01010101010101010101010101010101010101010101010101010101010101010101010101010101")) << "longer than any";
  EXPECT_EQ(31, layout(join({"01010101010101010101010101010101", kMss}))) << "ends like a listed one";
}

TEST(OptionLayout, IsMalformedWhereALengthIsWrong) {
  EXPECT_EQ(30, layout("02"));
  EXPECT_EQ(30, layout("0200"));
  EXPECT_EQ(30, layout("0201ffff"));
  EXPECT_EQ(30, layout("020505b4"));
  EXPECT_EQ(30, layout(join({kMss, "08"})));
}

}  // namespace
}  // namespace nightjar
