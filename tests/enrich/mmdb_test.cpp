#include "enrich/mmdb.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "enrich/origin_of.hpp"
#include "support/mmdb_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::HasSubstr;
using Mmdb = MmdbBuilder;

class MmdbTest : public testing::Test {
 protected:
  std::string ask(const MmdbBuilder& mmdb, std::string_view address) { return ask(mmdb.build(), address); }
  std::string ask(std::string_view bytes, std::string_view address) {
    const auto data = Geolocation::load({folder_.write("geo.mmdb", bytes)});
    return data ? origin_of(**data, address) : data.error().sentence;
  }
  std::string ask_record(std::string_view record) { return ask(Mmdb("Test").add("81.2.69.0/24", record), "81.2.69.160"); }
  std::string error(std::string_view bytes) { return ask(bytes, "192.0.2.1"); }
  TempFolder folder_;
};

TEST_F(MmdbTest, UnderstandsTheRecordsOfMaxMind) {
  EXPECT_EQ(ask_record(Mmdb::country("GB")), "GB -");
  EXPECT_EQ(ask_record(Mmdb::map({{"registered_country", Mmdb::map({{"iso_code", Mmdb::text("US")}})}})), "US -");
  EXPECT_EQ(ask_record(Mmdb::map({{"country", Mmdb::map({{"iso_code", Mmdb::text("GB")}})},
                                  {"registered_country", Mmdb::map({{"iso_code", Mmdb::text("US")}})}})),
            "GB -");
  EXPECT_EQ(ask_record(Mmdb::as(20712, "Andrews & Arnold Ltd")), "- 20712");
  // GeoIP2 Enterprise
  EXPECT_EQ(ask_record(Mmdb::map({{"city", Mmdb::map({{"geoname_id", Mmdb::uint32(2655045)}})},
                                  {"country", Mmdb::map({{"iso_code", Mmdb::text("GB")}})},
                                  {"traits", Mmdb::map({{"autonomous_system_number", Mmdb::uint32(20712)}})}})),
            "GB 20712");
}

TEST_F(MmdbTest, UnderstandsFlatRecords) {
  EXPECT_EQ(ask_record(Mmdb::country_code("GB")), "GB -");
  EXPECT_EQ(ask_record(Mmdb::map({{"country", Mmdb::text("GB")}, {"asn", Mmdb::text("AS20712")}})), "GB 20712");
  EXPECT_EQ(ask_record(Mmdb::map({{"country", Mmdb::text("United Kingdom")}, {"country_code", Mmdb::text("gb")}})), "GB -");
  EXPECT_EQ(ask_record(Mmdb::map({{"asn", Mmdb::uint64(20712)}})), "- 20712");
  EXPECT_EQ(ask_record(Mmdb::map({{"asn", Mmdb::uint16(712)}})), "- 712");
}

TEST_F(MmdbTest, TakesWhatIsNoCountryForUnknown) {
  for (const char* text : {"ZZ", "-", "", "GBR", "1A"}) {
    EXPECT_EQ(ask_record(Mmdb::map({{"country_code", Mmdb::text(text)}, {"asn", Mmdb::uint32(1)}})), "- 1") << text;
  }
  EXPECT_EQ(ask_record(Mmdb::map({{"country_code", Mmdb::text("GB")}, {"asn", Mmdb::text("AS99999999999")}})), "GB -");
}

TEST_F(MmdbTest, KnowsNamesOfAses) {
  const auto mmdb = Mmdb("GeoLite2-ASN").add("81.2.69.0/24", Mmdb::as(20712, "Andrews & Arnold Ltd"));
  const auto data = Geolocation::load({folder_.write("asn.mmdb", mmdb.build())});
  ASSERT_TRUE(data);
  EXPECT_EQ((*data)->as_name(20712), "Andrews & Arnold Ltd");
  EXPECT_EQ((*data)->as_name(1), "");
}

TEST_F(MmdbTest, ReadsAllThreeSizesOfRecordsAndBothKindsOfTrees) {
  for (const int bits : {24, 28, 32}) {
    for (const int version : {4, 6}) {
      auto mmdb = Mmdb("Test", version, bits);
      mmdb.add("81.2.0.0/16", Mmdb::country("FR")).add("81.2.69.0/24", Mmdb::country("GB")).add("223.255.255.255/32", Mmdb::country("JP"));
      const std::string bytes = mmdb.build();
      EXPECT_EQ(ask(bytes, "81.2.69.255"), "GB -") << bits << " bits, version " << version;
      EXPECT_EQ(ask(bytes, "81.2.70.0"), "FR -") << bits << " bits, version " << version;
      EXPECT_EQ(ask(bytes, "223.255.255.255"), "JP -") << bits << " bits, version " << version;
      EXPECT_EQ(ask(bytes, "81.3.0.0"), "- -") << bits << " bits, version " << version;
      EXPECT_EQ(ask(bytes, "2400::1"), "- -") << bits << " bits, version " << version;
    }
  }
}

TEST_F(MmdbTest, ReadsIpv6DownToSingleAddresses) {
  auto mmdb = Mmdb("Test");
  mmdb.add("2a02:fb00::/29", Mmdb::country("GB")).add("2a02:fb00::7/128", Mmdb::country("JP")).add("2400:0:0:1::/64", Mmdb::country("AU"));
  mmdb.add("2400:0:0:2:8000::/65", Mmdb::country("NZ"));
  EXPECT_EQ(ask(mmdb, "2a02:fb00::6"), "GB -");
  EXPECT_EQ(ask(mmdb, "2a02:fb00::7"), "JP -");
  EXPECT_EQ(ask(mmdb, "2a02:fb00::8"), "GB -");
  EXPECT_EQ(ask(mmdb, "2a02:fb07:ffff:ffff:ffff:ffff:ffff:ffff"), "GB -");
  EXPECT_EQ(ask(mmdb, "2a02:fb08::"), "- -");
  EXPECT_EQ(ask(mmdb, "2400:0:0:1:ffff::"), "AU -");
  EXPECT_EQ(ask(mmdb, "2400:0:0:2:7fff::"), "- -");
  EXPECT_EQ(ask(mmdb, "2400:0:0:2:8000::"), "NZ -");
}

TEST_F(MmdbTest, TakesARecordAboveTheIpv4PartForAllOfIpv4) {
  EXPECT_EQ(ask(Mmdb("Test").add("::/80", Mmdb::country("GB")), "81.2.69.160"), "GB -");
}

TEST_F(MmdbTest, FollowsMaxMindsSecondWaysIntoTheIpv4PartOnlyOnce) {
  auto mmdb = Mmdb("Test");
  mmdb.add("81.2.69.0/24", Mmdb::country("GB")).add("2400::/12", Mmdb::country("AU"));
  mmdb.alias_ipv4("::ffff:0:0/96").alias_ipv4("2001::/32").alias_ipv4("2002::/16");
  EXPECT_EQ(ask(mmdb, "81.2.69.160"), "GB -");
  EXPECT_EQ(ask(mmdb, "2400::1"), "AU -");
  EXPECT_EQ(ask(mmdb, "2002:5102:45a0::1"), "- -");
}

TEST_F(MmdbTest, SaysTypeAndDate) {
  const auto file = folder_.write("a.mmdb", Mmdb("GeoLite2-Country").add("81.2.69.0/24", Mmdb::country("GB")).build());
  const auto data = Geolocation::load({file});
  ASSERT_TRUE(data);
  ASSERT_EQ((*data)->sources().size(), 1U);
  EXPECT_EQ((*data)->sources()[0].path, file.string());
  EXPECT_EQ((*data)->sources()[0].type, "GeoLite2-Country");
  EXPECT_EQ((*data)->sources()[0].built, "2017-11-23");
}

TEST_F(MmdbTest, RefusesDataOfAnotherKind) {
  EXPECT_THAT(ask_record(Mmdb::map({{"connection_type", Mmdb::text("Cable/DSL")}})),
              HasSubstr("geo.mmdb knows neither countries nor AS numbers"));
}

TEST_F(MmdbTest, KnowsNothingWhereTheTreeIsEmpty) { EXPECT_EQ(ask(Mmdb("Empty"), "81.2.69.160"), "- -"); }

TEST_F(MmdbTest, RefusesATreeWithALoop) {
  EXPECT_THAT(error(Mmdb("Test").add("81.2.69.0/24", Mmdb::country("GB")).loop("2400::/12").build()), HasSubstr("is damaged"));
}

TEST_F(MmdbTest, RefusesMetadataThatPromiseMoreThanTheFileHolds) {
  auto mmdb = Mmdb("Test").add("81.2.69.0/24", Mmdb::country("GB"));
  EXPECT_THAT(error(mmdb.claim_nodes(100'000).build()), HasSubstr("is a damaged mmdb file"));
  // 2^32 / 6 bytes a node and a few more: wraps to a small size in 32 bits.
  EXPECT_THAT(error(mmdb.claim_nodes(715'827'900).build()), HasSubstr("is a damaged mmdb file"));
}

TEST_F(MmdbTest, RefusesEveryCutOffCopy) {
  const std::string whole = Mmdb("Test").add("81.2.69.0/24", Mmdb::country("GB")).add("2400::/12", Mmdb::as(1, "One")).build();
  ASSERT_EQ(ask(whole, "81.2.69.1"), "GB -");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(error(whole.substr(0, size)), testing::StartsWith("geolocation data: ")) << size << " of " << whole.size() << " bytes";
  }
  EXPECT_THAT(error(whole.substr(0, whole.size() / 2)), HasSubstr("was it cut off while it was copied?"));
}

TEST_F(MmdbTest, RefusesACutInTheMiddleThatKeepsTheEnd) {
  const std::string whole = Mmdb("Test").add("81.2.69.0/24", Mmdb::country("GB")).build();
  const std::size_t metadata = whole.find("\xab\xcd\xef");
  for (std::size_t kept = 0; kept < metadata; ++kept) {
    EXPECT_THAT(ask(whole.substr(0, kept) + whole.substr(metadata), "81.2.69.1"), testing::StartsWith("geolocation data: ")) << kept;
  }
}

TEST_F(MmdbTest, SurvivesRandomDamage) {
  const std::string whole = Mmdb("Test")
                                .add("81.2.69.0/24", Mmdb::country("GB"))
                                .add("9.0.0.0/8", Mmdb::as(1, "One"))
                                .add("2400::/12", Mmdb::country_code("AU"))
                                .build();
  std::mt19937 random(20171123);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = whole;
    for (unsigned i = 0; i <= random() % 4; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    const auto data = Geolocation::load({folder_.write("damaged.mmdb", damaged)});
    if (!data) ++refused;
    if (data) (*data)->lookup(4, 0x510245a0, 0);
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace nightjar
