#include "enrich/ipv4_walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>

#include "enrich/origin_of.hpp"
#include "support/mmdb_builder.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Mmdb = MmdbBuilder;

struct Visited {
  std::uint32_t first, last;
  Origin origin;
};

std::vector<Visited> visited(const Geolocation& data) {
  std::vector<Visited> ranges;
  data.visit_ipv4([&ranges](std::uint32_t first, std::uint32_t last, Origin origin) { ranges.push_back({first, last, origin}); });
  return ranges;
}

/// Each range as "81.2.69.0 81.2.69.255 GB 5"; the origin as `lookup` says it for both ends.
std::vector<std::string> walk(const Geolocation& data) {
  std::vector<std::string> lines;
  for (const Visited& range : visited(data)) {
    const std::string first = format(Address{4, range.first, 0}), last = format(Address{4, range.last, 0});
    EXPECT_EQ(origin_of(data, first), origin_of(data, last));
    EXPECT_EQ(data.lookup(4, range.first, 0), range.origin) << first;
    lines.push_back(first + " " + last + " " + origin_of(data, first));
  }
  return lines;
}

/// Holds at every border and at random addresses: what was visited is what `lookup` says, in ascending and maximal ranges.
void expect_visits_what_lookup_says(const Geolocation& data, int random_addresses) {
  const std::vector<Visited> ranges = visited(data);
  const auto expected = [&ranges](std::uint32_t address) {
    const auto behind =
        std::upper_bound(ranges.begin(), ranges.end(), address, [](auto key, const Visited& range) { return key < range.first; });
    return behind == ranges.begin() || behind[-1].last < address ? Origin{} : behind[-1].origin;
  };
  std::uint64_t free = 0;
  for (const Visited& range : ranges) {
    ASSERT_GE(range.first, free);
    ASSERT_LE(range.first, range.last);
    ASSERT_NE(range.origin, Origin{});
    free = range.last + 1ULL;
    for (const std::uint32_t border : {range.first - 1, range.first, range.last, range.last + 1}) {
      ASSERT_EQ(data.lookup(4, border, 0), expected(border)) << format(Address{4, border, 0});
    }
    // 0.0.0.0 and 255.255.255.255 are reserved, so no range begins or ends the space.
    ASSERT_NE(data.lookup(4, range.first - 1, 0), range.origin);
    ASSERT_NE(data.lookup(4, range.last + 1, 0), range.origin);
  }
  std::mt19937 random(20171123);
  for (int i = 0; i < random_addresses; ++i) {
    const auto address = static_cast<std::uint32_t>(random());
    ASSERT_EQ(data.lookup(4, address, 0), expected(address)) << format(Address{4, address, 0});
  }
}

class Ipv4WalkTest : public testing::Test {
 protected:
  std::shared_ptr<const Geolocation> load(const std::vector<std::filesystem::path>& files) {
    auto data = Geolocation::load(files);
    EXPECT_TRUE(data) << data.error().sentence;
    return *data;
  }
  std::filesystem::path mmdb(const char* name, const Mmdb& content) { return folder_.write(name, content.build()); }
  TempFolder folder_;
};

TEST_F(Ipv4WalkTest, VisitsNothingWithoutData) { EXPECT_THAT(walk(*load({})), IsEmpty()); }

TEST_F(Ipv4WalkTest, CutsCountriesAndAsesIntoRangesWhereBothStayTheSame) {
  const auto data =
      load({mmdb("country.mmdb", Mmdb("GeoLite2-Country").add("81.2.69.0/24", Mmdb::country("GB"))),
            folder_.write("as.csv", "81.2.68.0,81.2.69.127,5,Five\n81.2.69.128,81.2.69.128,6,Six\n81.2.71.0,81.2.71.7,6,Six\n")});
  EXPECT_THAT(walk(*data), ElementsAre("81.2.68.0 81.2.68.255 - 5", "81.2.69.0 81.2.69.127 GB 5", "81.2.69.128 81.2.69.128 GB 6",
                                       "81.2.69.129 81.2.69.255 GB -", "81.2.71.0 81.2.71.7 - 6"));
}

TEST_F(Ipv4WalkTest, JoinsNeighboursOfOneOriginAcrossFiles) {
  const auto data = load({mmdb("left.mmdb", Mmdb("country ipvAll").add("81.2.68.0/24", Mmdb::country_code("GB"))),
                          mmdb("right.mmdb", Mmdb("GeoLite2-Country").add("81.2.69.0/24", Mmdb::country("GB")))});
  EXPECT_THAT(walk(*data), ElementsAre("81.2.68.0 81.2.69.255 GB -"));
}

TEST_F(Ipv4WalkTest, LetsTheFirstFileThatKnowsAnswerForCountryAndAsApart) {
  const auto record = Mmdb::map({{"country_code", Mmdb::text("JP")}, {"asn", Mmdb::text("AS7")}});
  const auto data =
      load({folder_.write("as.csv", "81.2.69.0,81.2.69.9,5,Five\n"), mmdb("both.mmdb", Mmdb("Both").add("81.2.69.0/24", record)),
            mmdb("last.mmdb", Mmdb("Last").add("81.2.68.0/23", Mmdb::country("GB")))});
  EXPECT_THAT(walk(*data), ElementsAre("81.2.68.0 81.2.68.255 GB -", "81.2.69.0 81.2.69.9 JP 5", "81.2.69.10 81.2.69.255 JP 7"));
}

TEST_F(Ipv4WalkTest, LeavesReservedAddressesOut) {
  const auto data = load({folder_.write("as.csv", "9.0.0.0,11.0.0.255,5,Five\n203.0.112.0,255.255.255.255,6,Six\n")});
  EXPECT_THAT(walk(*data), ElementsAre("9.0.0.0 9.255.255.255 - 5", "11.0.0.0 11.0.0.255 - 5", "203.0.112.0 203.0.112.255 - 6",
                                       "203.0.114.0 223.255.255.255 - 6"));
}

TEST_F(Ipv4WalkTest, AgreesWithLookUpOnRandomOverlappingFiles) {
  std::mt19937 random(20170101);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::filesystem::path> files;
    for (const char* name : {"a", "b", "c"}) {
      Mmdb countries("Countries");
      std::ostringstream csv;
      std::uint64_t first = random() % 256;
      for (int i = 0; i < 300 && first < 1ULL << 32; ++i) {
        const std::uint64_t last = std::min<std::uint64_t>(0xffffffff, first + (random() >> random() % 32));
        csv << first << ',' << last << ',' << 1 + random() % 3 << ",x\n";
        first += (last - first) / 2 + random() % 20'000'000;
        const std::string prefix = format(Address{4, random(), 0}) + "/32";
        const std::string wide = std::to_string(random() % 256) + "." + std::to_string(random() % 256) + ".0.0/16";
        const std::array<const char*, 3> codes = {"GB", "JP", "BR"};
        countries.add(wide, Mmdb::country(codes.at(random() % 3))).add(prefix, Mmdb::country_code(codes.at(random() % 3)));
      }
      files.push_back(folder_.write(std::string(name) + ".mmdb", countries.build()));
      files.push_back(folder_.write(std::string(name) + ".csv", csv.str()));
    }
    expect_visits_what_lookup_says(*load(files), 20'000);
  }
}

TEST_F(Ipv4WalkTest, AgreesWithLookUpOnTheInstalledData) {
  const auto files = default_geolocation_files();
  if (files.empty()) GTEST_SKIP() << "the geolocation data are not there: npm ci puts them into node_modules";
  const auto data = load(files);
  EXPECT_GT(visited(*data).size(), 100'000U);
  expect_visits_what_lookup_says(*data, 1'000'000);
}

TEST(ReservedIpv4, IsWhatIsReservedSays) {
  const auto table = reserved_ipv4();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::uint32_t start = table.start_of(i).value;
    EXPECT_EQ(is_reserved(4, start, 0), table.value_of(i) != 0) << format(Address{4, start, 0});
    EXPECT_EQ(is_reserved(4, start - 1, 0), i == 0 || table.value_of(i) == 0) << format(Address{4, start, 0});
  }
  EXPECT_GT(table.size(), 18U);
}

}  // namespace
}  // namespace nightjar
