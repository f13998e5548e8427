#include "enrich/as_csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "enrich/origin_of.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::HasSubstr;

class AsCsvTest : public testing::Test {
 protected:
  /// The answer for an address, or the error, with `csv` as the only data.
  std::string ask(std::string_view csv, std::string_view address) {
    const auto data = Geolocation::load({folder_.write("as.csv", csv)});
    return data ? origin_of(**data, address) : data.error().sentence;
  }
  std::string name(std::string_view csv, std::uint32_t asn) {
    const auto data = Geolocation::load({folder_.write("as.csv", csv)});
    return data ? (*data)->as_name(asn) : data.error().sentence;
  }
  std::string error(std::string_view csv) { return ask(csv, "192.0.2.1"); }
  TempFolder folder_;
};

TEST_F(AsCsvTest, ReadsIpv4AsText) {
  const auto* csv = "1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n1.0.4.0,1.0.7.255,38803,Gtelecom Pty Ltd\n";
  EXPECT_EQ(ask(csv, "1.0.0.0"), "- 13335");
  EXPECT_EQ(ask(csv, "1.0.0.255"), "- 13335");
  EXPECT_EQ(ask(csv, "1.0.1.0"), "- -");
  EXPECT_EQ(ask(csv, "1.0.7.255"), "- 38803");
  EXPECT_EQ(name(csv, 13335), "Cloudflare, Inc.");
  EXPECT_EQ(name(csv, 38803), "Gtelecom Pty Ltd");
  EXPECT_EQ(name(csv, 1), "");
}

TEST_F(AsCsvTest, ReadsIpv4AsNumbers) {
  EXPECT_EQ(ask("16777216,16777471,13335,\"Cloudflare, Inc.\"\n", "1.0.0.255"), "- 13335");
  EXPECT_EQ(ask("3758096000,4294967295,7,x\n", "223.255.255.255"), "- 7");
}

TEST_F(AsCsvTest, ReadsIpv6AsText) {
  const auto* csv = "2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,2500,WIDE Project\n";
  EXPECT_EQ(ask(csv, "2001:200::1"), "- 2500");
  EXPECT_EQ(ask(csv, "2001:201::"), "- -");
}

// 42540528726795050063891204319802818560 = 2001:200:: (python3: int(ipaddress.ip_address("2001:200::")))
TEST_F(AsCsvTest, ReadsIpv6AsNumbers) {
  const auto* csv = "42540528726795050063891204319802818560,42540528806023212578155541913346768895,2500,WIDE Project\n";
  EXPECT_EQ(ask(csv, "2001:200::"), "- 2500");
  EXPECT_EQ(ask(csv, "2001:200:ffff:ffff:ffff:ffff:ffff:ffff"), "- 2500");
  EXPECT_EQ(ask(csv, "2001:201::"), "- -");
}

TEST_F(AsCsvTest, ReadsBothFamiliesFromOneFile) {
  const auto* csv = "1.0.0.0,1.0.0.255,1,a\n2400::,2400::ffff,2,b\n2.0.0.0,2.0.0.255,3,c\n";
  EXPECT_EQ(ask(csv, "2400::1"), "- 2");
  EXPECT_EQ(ask(csv, "2.0.0.1"), "- 3");
}

TEST_F(AsCsvTest, UnderstandsQuotesInQuotes) {
  EXPECT_EQ(name("1.0.0.0,1.0.0.255,201907,\"LLC \"\"SPUTNIK\"\"\"\n", 201907), "LLC \"SPUTNIK\"");
}

TEST_F(AsCsvTest, KeepsTheFirstNameOfANumber) { EXPECT_EQ(name("1.0.0.0,1.0.0.1,5,first\n1.0.0.2,1.0.0.3,5,second\n", 5), "first"); }

TEST_F(AsCsvTest, KeepsNamesOfPrivateNumbers) {
  EXPECT_EQ(name("1.0.0.0,1.0.0.1,4200000001,one\n1.0.0.2,1.0.0.3,4294967295,two\n1.0.0.4,1.0.0.5,4200000001,three\n", 4200000001), "one");
}

TEST_F(AsCsvTest, TakesWindowsLineEndsAByteOrderMarkEmptyLinesAndNoLastLineEnd) {
  EXPECT_EQ(ask("\xef\xbb\xbf"
                "1.0.0.0,1.0.0.255,5,five\r\n\r\n\n1.0.1.0,1.0.1.255,6,six",
                "1.0.1.9"),
            "- 6");
  EXPECT_EQ(name("1.0.0.0,1.0.0.255,5,five\r\n", 5), "five");
  EXPECT_EQ(ask("1.0.0.0,1.0.0.255,5\r\n1.0.1.0,1.0.1.255,6", "1.0.0.9"), "- 5");
}

TEST_F(AsCsvTest, LetsAnOverlappingLaterRangeAnswer) {
  // As in the data of June 2026: 214.96.0.0 to 215.1.255.255 and, inside and beyond, 215.1.0.0 on.
  const auto* csv = "3596550144,3607166975,749,DoD\n3607101440,3607167999,721,DoD NIC\n";
  EXPECT_EQ(ask(csv, "215.0.0.0"), "- 721");
  EXPECT_EQ(ask(csv, "214.255.0.0"), "- 749");
}

TEST_F(AsCsvTest, ReadsFilesThatAreLargerThanItsBuffer) {
  std::string csv;
  for (int i = 0; i < 30'000; ++i) {
    const std::string block = "11." + std::to_string(i / 256) + "." + std::to_string(i % 256);
    csv += block + ".0," + block + ".255," + std::to_string(i + 1) + ",AS number " + std::to_string(i + 1) + "\n";
  }
  ASSERT_GT(csv.size(), 1'000'000U);
  const auto data = Geolocation::load({folder_.write("as.csv", csv)});
  ASSERT_TRUE(data) << data.error().sentence;
  for (int i = 0; i < 30'000; ++i) {
    ASSERT_EQ((*data)->lookup(4, 0x0b000000U + static_cast<unsigned>(i) * 256 + 7, 0).asn, static_cast<unsigned>(i + 1));
    ASSERT_EQ((*data)->as_name(static_cast<unsigned>(i + 1)), "AS number " + std::to_string(i + 1));
  }
}

TEST_F(AsCsvTest, SaysWhichLineCannotBeRead) {
  EXPECT_THAT(error("1.0.0.0,1.0.0.255,5,a\nstart,end,asn,name\n"), HasSubstr("as.csv:2: no first address in \"start,end,asn,name\""));
  EXPECT_THAT(error("1.0.0.0\n"), HasSubstr("as.csv:1: no first address"));
  EXPECT_THAT(error("1.0.0.256,1.0.0.0,5,a\n"), HasSubstr("as.csv:1: no first address"));
  EXPECT_THAT(error("1.0.0.0,1.0.0,5,a\n"), HasSubstr("as.csv:1: no last address"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.255,AS5,a\n"), HasSubstr("as.csv:1: no AS number"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.255,,a\n"), HasSubstr("as.csv:1: no AS number"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.255,4294967296,a\n"), HasSubstr("as.csv:1: no AS number"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.255,5x,a\n"), HasSubstr("as.csv:1: no AS number"));
  EXPECT_THAT(error("1.0.0.9,1.0.0.1,5,a\n"), HasSubstr("as.csv:1: no range of one address family"));
  EXPECT_THAT(error("1.0.0.0,2400::1,5,a\n"), HasSubstr("as.csv:1: no range of one address family"));
  EXPECT_THAT(error("1.0.1.0,1.0.1.9,5,a\n1.0.0.0,1.0.0.9,6,b\n"), HasSubstr("as.csv:2: a range that starts before the one above it"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.9,5,\"a\n"), HasSubstr("as.csv:1: a quote without its other half"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.9,5,\"\n"), HasSubstr("as.csv:1: a quote without its other half"));
  EXPECT_THAT(error("1.0.0.0,1.0.0.9,5,\"a\"b\"\n"), HasSubstr("as.csv:1: a quote without its other half"));
  EXPECT_THAT(error("1,340282366920938463463374607431768211456,5,a\n"), HasSubstr("as.csv:1: no last address"));
  EXPECT_THAT(error("1,9999999999999999999999999999999999999999999,5,a\n"), HasSubstr("as.csv:1: no last address"));
}

TEST_F(AsCsvTest, EscapesWhatItQuotes) { EXPECT_THAT(error("\xff\xfe bad\n"), HasSubstr("\"\\xff\\xfe bad\"")); }

TEST_F(AsCsvTest, RefusesALineWithoutEnd) { EXPECT_THAT(error(std::string(1 << 19, 'x')), HasSubstr("a line of more than 256 kB")); }

TEST_F(AsCsvTest, SaysWhenTheDataWereBuilt) {
  const auto file = folder_.write("as.csv", "1.0.0.0,1.0.0.255,5,a\n");
  const std::chrono::sys_seconds day = std::chrono::sys_days{std::chrono::year{2017} / 11 / 23};
  std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::from_sys(day));
  EXPECT_EQ((*Geolocation::load({file}))->sources()[0].built, "2017-11-23");
  folder_.write("package.json", R"({"name": "@ip-location-db/asn", "version": "2.3.2026061719"})");
  EXPECT_EQ((*Geolocation::load({file}))->sources()[0].built, "2026-06-17");
  folder_.write("package.json", R"({"name": "@ip-location-db/asn", "version": "2.3.2026991719"})");
  EXPECT_EQ((*Geolocation::load({file}))->sources()[0].built, "2017-11-23");
}

}  // namespace
}  // namespace nightjar
