#include "simulate/origins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "net/address.hpp"
#include "simulate/host_addresses.hpp"
#include "simulate/local_time.hpp"
#include "support/mmdb_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::simulate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Mmdb = MmdbBuilder;

constexpr CountryCode kArgentina = country_code('A', 'R'), kBrazil = country_code('B', 'R'), kJapan = country_code('J', 'P');

std::uint32_t ipv4(std::string_view text) { return static_cast<std::uint32_t>(parse_address(text)->high); }
std::string text(std::uint32_t address) { return format(Address{4, address, 0}); }

class OriginsTest : public testing::Test {
 protected:
  /// Countries as prefix and code, ASes as lines of CSV.
  Result<Origins> build(const std::vector<std::pair<const char*, const char*>>& countries, std::string_view ases) {
    Mmdb mmdb("GeoLite2-Country");
    for (const auto& [prefix, code] : countries) mmdb.add(prefix, Mmdb::country(code));
    auto data = Geolocation::load({folder_.write("country.mmdb", mmdb.build()), folder_.write("as.csv", ases)});
    EXPECT_TRUE(data) << data.error().sentence;
    return Origins::build(**data);
  }
  /// As `build`, of data that are good.
  Origins built(const std::vector<std::pair<const char*, const char*>>& countries, std::string_view ases) {
    auto origins = build(countries, ases);
    EXPECT_TRUE(origins) << origins.error().sentence;
    return std::move(*origins);
  }
  static const Origins::Pool& pool(const Origins& origins, CountryCode country, std::uint32_t asn = 0) {
    const auto found = origins.pool(country, asn);
    EXPECT_TRUE(found) << found.error().sentence;
    return **found;
  }
  static std::string error(const Origins& origins, CountryCode country, std::uint32_t asn = 0) {
    const auto found = origins.pool(country, asn);
    return found ? "found" : found.error().sentence;
  }
  /// What so many numbers draw, with how often.
  static std::map<std::string, int> drawn(const Origins::Pool& pool, int draws) {
    std::map<std::string, int> counts;
    for (int i = 0; i < draws; ++i) ++counts[text(Origins::address(pool, static_cast<std::uint64_t>(i)))];
    return counts;
  }
  static std::vector<std::string> all(const Origins::Pool& pool) {
    std::vector<std::string> addresses;
    for (const auto& [address, count] : drawn(pool, 2'000)) addresses.push_back(address);
    return addresses;
  }
  TempFolder folder_;
};

TEST_F(OriginsTest, DrawsFromAllNetworksOfACountryAndOfOneAs) {
  const Origins origins =
      built({{"186.0.0.0/30", "AR"}, {"186.0.0.8/30", "BR"}, {"190.0.0.4/31", "AR"}},
            "186.0.0.0,186.0.0.2,7303,Telecom\n186.0.0.3,186.0.0.9,22927,Telefonica\n190.0.0.4,190.0.0.5,7303,Telecom\n");
  EXPECT_THAT(all(pool(origins, kArgentina)), ElementsAre("186.0.0.1", "186.0.0.2", "186.0.0.3", "190.0.0.4", "190.0.0.5"));
  EXPECT_EQ(Origins::size(pool(origins, kArgentina)), 5U);
  EXPECT_THAT(all(pool(origins, kArgentina, 7303)), ElementsAre("186.0.0.1", "186.0.0.2", "190.0.0.4", "190.0.0.5"));
  EXPECT_EQ(Origins::size(pool(origins, kArgentina, 7303)), 4U);
  EXPECT_THAT(all(pool(origins, kArgentina, 22927)), ElementsAre("186.0.0.3"));
  EXPECT_THAT(all(pool(origins, kBrazil)), ElementsAre("186.0.0.8", "186.0.0.9"));
}

TEST_F(OriginsTest, LeavesOutAddressesThatEndInZeroOr255) {
  const Origins origins = built({{"186.0.0.0/16", "AR"}}, "186.0.0.254,186.0.2.1,1,One\n186.0.7.0,186.0.7.0,2,Two\n");
  EXPECT_EQ(Origins::size(pool(origins, kArgentina)), 1U + 254 + 1);
  for (const std::string& address : all(pool(origins, kArgentina))) {
    EXPECT_THAT(address, Not(testing::AnyOf(testing::EndsWith(".0"), testing::EndsWith(".255"))));
  }
  EXPECT_THAT(error(origins, kArgentina, 2), HasSubstr("no IPv4 address to AS2 in AR"));
}

TEST(HostAddresses, AreNumberedInOrder) {
  std::uint32_t number = 0;
  for (std::uint32_t address = 0; address < 2'000; ++address) {
    ASSERT_EQ(hosts_below(address), number);
    if (address % 256 == 0 || address % 256 == 255) continue;
    ASSERT_EQ(host_address(number++), address);
  }
  EXPECT_EQ(hosts_below(1ULL << 32), 254U * 65'536 * 256);
  EXPECT_EQ(host_address(254U * 65'536 * 256 - 1), 0xfffffffe);
}

TEST_F(OriginsTest, LeavesOutReservedAddresses) {
  const Origins origins = built({{"203.0.112.0/23", "AR"}}, "203.0.112.0,203.0.113.255,1,One\n");
  EXPECT_EQ(Origins::size(pool(origins, kArgentina)), 254U);  // 203.0.113.0/24 is documentation's
}

/// Gives one country all of the space, reserved or not.
class OneCountry final : public Geolocation {
 public:
  Origin lookup(std::uint8_t, std::uint64_t, std::uint64_t) const override { return {1, kJapan}; }
  std::string as_name(std::uint32_t) const override { return {}; }
  const std::vector<GeolocationSource>& sources() const override { return sources_; }
  void visit_ipv4(const Ipv4Visitor& visit) const override { visit(ipv4("100.126.255.0"), ipv4("100.128.0.255"), {1, kJapan}); }

 private:
  std::vector<GeolocationSource> sources_;
};

TEST_F(OriginsTest, LeavesOutTheModelledSensorsWhateverTheDataSay) {
  const auto origins = Origins::build(OneCountry());
  ASSERT_TRUE(origins);
  EXPECT_EQ(Origins::size(pool(*origins, kJapan)), 2U * 254);
  for (const std::string& address : all(pool(*origins, kJapan))) EXPECT_THAT(address, Not(testing::StartsWith("100.127.")));
}

TEST_F(OriginsTest, TakesAddressesWithoutAnAsOnlyWhereTheDataKnowNoAs) {
  const Origins origins = built({{"186.0.0.0/24", "AR"}, {"200.0.0.0/24", "BR"}}, "186.0.0.0,186.0.0.127,7303,Telecom\n");
  EXPECT_EQ(Origins::size(pool(origins, kArgentina)), 127U);
  EXPECT_EQ(Origins::size(pool(origins, kBrazil)), 254U);
}

// Each count is binomial; the limit is five standard deviations.
TEST_F(OriginsTest, DrawsEveryAddressEquallyOften) {
  const Origins origins =
      built({{"186.0.0.0/16", "AR"}},
            "186.0.0.1,186.0.0.1,1,One\n186.0.1.0,186.0.1.255,2,Two\n186.0.3.7,186.0.3.9,1,One\n186.0.9.3,186.0.9.3,3,Three\n");
  for (const std::uint32_t asn : {0U, 1U, 2U}) {
    const Origins::Pool& addresses = pool(origins, kArgentina, asn);
    constexpr int kDraws = 200'000;
    const auto counts = drawn(addresses, kDraws);
    const double share = 1.0 / static_cast<double>(Origins::size(addresses));
    EXPECT_EQ(counts.size(), Origins::size(addresses));
    for (const auto& [address, count] : counts) {
      EXPECT_NEAR(count, kDraws * share, 5 * std::sqrt(kDraws * share * (1 - share))) << address << " AS" << asn;
    }
  }
}

TEST_F(OriginsTest, DrawsTheSameFromTheSameNumberAlsoWhenMoved) {
  Origins origins = built({{"186.0.0.0/16", "AR"}}, "186.0.0.0,186.0.255.255,1,One\n");
  const Origins::Pool& addresses = pool(origins, kArgentina, 1);
  const std::uint32_t before = Origins::address(addresses, 20171123);
  const Origins moved = std::move(origins);
  EXPECT_EQ(Origins::address(addresses, 20171123), before);
  EXPECT_EQ(&pool(moved, kArgentina, 1), &addresses);
}

TEST_F(OriginsTest, SaysWhatTheDataKnowInsteadOfACountryOrAs) {
  const Origins origins =
      built({{"186.0.0.0/16", "AR"}, {"200.0.0.0/16", "BR"}, {"201.0.0.0/16", "JP"}},
            "186.0.0.0,186.0.0.255,22927,Telefonica de Argentina\n186.0.1.0,186.0.9.255,7303,Telecom\n200.0.0.0,200.0.0.255,27699,\n");
  EXPECT_EQ(error(origins, country_code('X', 'Y')), "the geolocation data give no IPv4 address to XY");
  EXPECT_EQ(error(origins, kArgentina, 27699),
            "the geolocation data give no IPv4 address to AS27699 in AR; they have AS27699 in BR (254 addresses); the largest ASes there: "
            "AS7303 (Telecom, 2,286 addresses), AS22927 (Telefonica de Argentina, 254 addresses)");
  EXPECT_EQ(error(origins, kBrazil, 5),
            "the geolocation data give no IPv4 address to AS5 in BR; they have AS5 in no country; the largest ASes there: AS27699 (254 "
            "addresses)");
  EXPECT_THAT(error(origins, kJapan, 5), testing::EndsWith("; they know no AS there"));
}

TEST_F(OriginsTest, BogonsAreReservedAddressesOutsideTheModelledSensors) {
  const Origins origins = built({{"186.0.0.0/16", "AR"}}, "186.0.0.0,186.0.255.255,1,One\n");
  const Origins::Pool& bogons = pool(origins, kBogon, 0);
  EXPECT_GT(Origins::size(bogons), 20'000'000U);
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    const std::uint32_t address = Origins::address(bogons, number);
    EXPECT_TRUE(is_reserved(4, address, 0)) << address;
    EXPECT_NE(address >> 16, kDarknetFirst >> 16);
    EXPECT_LT(address >> 24, 224U) << "nobody takes a multicast source for a host";
  }
}

TEST_F(OriginsTest, RefusesDataThatGiveNoCountryAnAddress) {
  const auto origins = Origins::build(**Geolocation::load({folder_.write("as.csv", "186.0.0.0,186.0.0.255,1,One\n")}));
  ASSERT_FALSE(origins);
  EXPECT_THAT(origins.error().sentence, HasSubstr("no IPv4 address to any country"));
  EXPECT_THAT(origins.error().sentence, HasSubstr("NIGHTJAR_GEODATA"));
}

class InstalledData : public testing::Test {
 protected:
  void SetUp() override {
    const auto files = default_geolocation_files();
    if (files.empty()) GTEST_SKIP() << "the geolocation data are not there: npm ci puts them into node_modules";
    data_ = *Geolocation::load(files);
  }
  std::shared_ptr<const Geolocation> data_;
};

TEST_F(InstalledData, GiveEveryDrawnAddressItsCountryAndAs) {
  const auto origins = Origins::build(*data_);
  ASSERT_TRUE(origins);
  std::set<Origin, decltype([](Origin a, Origin b) { return std::pair(a.country, a.asn) < std::pair(b.country, b.asn); })> known;
  data_->visit_ipv4([&known](std::uint32_t, std::uint32_t, Origin origin) {
    if (origin.country != 0 && origin.asn != 0) known.insert(origin);
  });
  ASSERT_GT(known.size(), 50'000U);
  std::uint64_t number = 0, pools = 0;
  for (const Origin origin : known) {
    for (const std::uint32_t asn : {origin.asn, 0U}) {
      const auto pool = origins->pool(origin.country, asn);
      if (!pool) continue;  // nothing but an address that ends in .0 or .255
      ++pools;
      for (int i = 0; i < 10; ++i) {
        const std::uint32_t address = Origins::address(**pool, ++number);
        const Origin found = data_->lookup(4, address, 0);
        ASSERT_EQ(found.country, origin.country) << text(address);
        ASSERT_TRUE(asn == 0 || found.asn == asn) << text(address);
        ASSERT_NE(found.asn, 0U) << text(address);
        ASSERT_NE(address & 255, 0U);
        ASSERT_NE(address & 255, 255U);
      }
    }
  }
  EXPECT_GT(pools, 2 * known.size() * 99 / 100);
}

TEST_F(InstalledData, KnowLocalTimeInAllTheirCountries) {
  std::set<std::string> without;
  data_->visit_ipv4([&without](std::uint32_t, std::uint32_t, Origin origin) {
    if (origin.country == 0 || utc_offset_hours_of(origin.country)) return;
    without.insert({static_cast<char>(origin.country & 0xff), static_cast<char>(origin.country >> 8)});
  });
  for (const char* nowhere : {"AQ", "BV", "HM", "EU", "AP"}) without.erase(nowhere);
  EXPECT_THAT(without, testing::IsEmpty());
}

// By law at the end of 2017: standard time where most people of the country live.
TEST(LocalTime, IsThatOfMostPeople) {
  const std::map<std::string, double> expected = {{"JP", 9},    {"AR", -3},  {"BR", -3}, {"US", -5},  {"CN", 8}, {"RU", 3},  {"IN", 5.5},
                                                  {"NP", 5.75}, {"IR", 3.5}, {"VE", -4}, {"KP", 8.5}, {"TR", 3}, {"MX", -6}, {"AU", 10},
                                                  {"WS", 13},   {"AS", -11}, {"GB", 0},  {"IE", 0},   {"DE", 1}, {"UA", 2},  {"EG", 2},
                                                  {"ID", 7},    {"VN", 7},   {"TH", 7},  {"MY", 8},   {"TW", 8}, {"KR", 9},  {"CA", -5},
                                                  {"CL", -4},   {"CO", -5},  {"ZZ", 0}};
  for (const auto& [code, hours] : expected) EXPECT_EQ(Origins::utc_offset_hours(country_code(code[0], code[1])), hours) << code;
  EXPECT_EQ(Origins::utc_offset_hours(0), 0);
  EXPECT_FALSE(utc_offset_hours_of(country_code('Z', 'Z')));
  EXPECT_FALSE(utc_offset_hours_of(country_code('j', 'p')));
}

}  // namespace
}  // namespace nightjar::simulate
