#include "judge/port_days.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "figure/small_lake.hpp"
#include "fingerprint/catalogue.hpp"
#include "store/compact.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

using test::Flow;
using ::testing::ElementsAre;

constexpr std::uint32_t kMiraiMark = fact::kSeqIsDst, kZmapMark = fact::kIpId54321, kMasscanMark = fact::kIpIdXor;

/// A small lake, and the rows of `port_days` that are made from it. Days are those of June 2017.
class PortDays : public ::testing::Test {
 protected:
  static std::string day(int of_june) { return "2017-06-" + std::string(of_june < 10 ? "0" : "") + std::to_string(of_june); }
  static std::int64_t number(int of_june) { return *parse_day(day(of_june)); }
  static std::string address(int n) { return "100.64." + std::to_string(n / 256) + "." + std::to_string(n % 256); }
  void add(const Flow& flow) { lake_.add(flow); }
  /// `count` hosts of a country, from the nth on, ask 23/TCP with a packet each.
  void hosts(int of_june, int first, int count, const char* country, std::uint32_t facts = 0) {
    for (int n = first; n < first + count; ++n) add(Flow(day(of_june), 6).from(address(n)).tcp(23).facts(facts).origin(country, 64'500));
  }
  std::size_t make(int from = 1, int to = 30) { return take(ensure_port_days(lake_.lake(), number(from), number(to), 1)); }
  /// "DAY PROTOCOL PORT PART COUNTRY TOOL HOSTS PACKETS LARGEST SQUARES"; nothing is '-'.
  std::vector<std::string> rows() {
    const auto session = lake_.session();
    return RowsLake::lines(take(
        session->run("SELECT day(day), protocol, port, part, CASE WHEN country = '' THEN '-' ELSE country END AS c, CASE WHEN tool = '' "
                     "THEN '-' ELSE tool END AS t, hosts, packets, largest, CAST(squares AS UBIGINT) AS s FROM port_days ORDER BY day, "
                     "protocol, port, part DESC, country, tool")));
  }

  test::SmallLake lake_;
};

TEST_F(PortDays, APortAndItsCellsAreCountedByHost) {
  hosts(5, 0, 3, "BR", kMiraiMark);
  // The same host in other hours is one.
  add(Flow(day(5), 20).from(address(0)).tcp(23).facts(kMiraiMark).origin("BR", 64'500).packets(9));
  hosts(5, 10, 2, "CN");
  lake_.write();
  EXPECT_EQ(make(), 1U);
  EXPECT_THAT(rows(), ElementsAre("5 6 23 port - - 5 14 10 104", "5 6 23 cell BR mirai 3 12 10 102", "5 6 23 cell CN - 2 2 1 2"));
}

TEST_F(PortDays, TheFirstToolOfTheCatalogueIsASourcesAndIrregularSynIsNone) {
  // Both marks in one row, and in two rows of one source.
  add(Flow(day(5), 1).from(address(1)).tcp(23).facts(kMiraiMark | kZmapMark).origin("BR", 1).packets(20));
  add(Flow(day(5), 1).from(address(2)).tcp(23).facts(kMasscanMark).origin("CN", 1).packets(10));
  add(Flow(day(5), 2).from(address(2)).tcp(23).facts(kMiraiMark).origin("CN", 1).packets(10));
  add(Flow(day(5), 1).from(address(3)).tcp(23).facts(kZmapMark).origin("DE", 1).packets(20));
  // No options: irregular-syn, which is no tool.
  add(Flow(day(5), 1).from(address(4)).tcp(23).facts(fact::kNoOptions).origin("FR", 1).packets(20));
  lake_.write();
  make();
  EXPECT_THAT(rows(), ElementsAre("5 6 23 port - - 4 80 20 1600", "5 6 23 cell BR mirai 1 20 20 400", "5 6 23 cell CN mirai 1 20 20 400",
                                  "5 6 23 cell DE zmap-classic 1 20 20 400", "5 6 23 cell FR - 1 20 20 400"));
}

TEST_F(PortDays, ScansRequestsAndEchoesCountAndNothingElse) {
  for (int n = 0; n < 2; ++n) {
    add(Flow(day(5), 1).from(address(n)).udp(53).origin("US", 1));
    add(Flow(day(5), 1).from(address(n)).echo().origin("US", 1));
    add(Flow(day(5), 1).from(address(n)).answer(6, 80).origin("US", 1).packets(100));
    add(Flow(day(5), 1).from(address(n)).to(6, 99, static_cast<TrafficClass>(0)).origin("US", 1).packets(100));
    add(Flow(day(5), 1).from(address(n)).to(6, 99, static_cast<TrafficClass>(5)).origin("US", 1).packets(100));
  }
  lake_.write();
  make();
  EXPECT_THAT(rows(), ElementsAre("5 1 2048 port - - 2 2 1 2", "5 1 2048 cell US - 2 2 1 2", "5 17 53 port - - 2 2 1 2",
                                  "5 17 53 cell US - 2 2 1 2"));
}

TEST_F(PortDays, SensorsOfOtherKindsAreLeftOut) {
  lake_.sensor("pot", 8, SensorKind::honeypot);
  lake_.sensor("reflect", 8, SensorKind::reflector);
  hosts(5, 0, 2, "BR");
  for (const char* sensor : {"pot", "reflect"})
    for (int n = 50; n < 90; ++n) add(Flow(day(5), 1).from(address(n)).tcp(23).origin("BR", 1).at(sensor).packets(50));
  // On two darknets a host is one.
  for (int n = 0; n < 2; ++n) add(Flow(day(5), 1).from(address(n)).tcp(23).origin("BR", 1).at("beta"));
  lake_.write();
  make();
  EXPECT_THAT(rows(), ElementsAre("5 6 23 port - - 2 4 2 8", "5 6 23 cell BR - 2 4 2 8"));
}

TEST_F(PortDays, WhatIsSmallIsLeftOutOfTheCellsButNotOfThePort) {
  hosts(5, 0, 2, "BR");
  hosts(5, 10, 1, "CN");
  hosts(5, 20, 1, "DE");
  add(Flow(day(5), 1).from(address(30)).tcp(8080).origin("US", 1).packets(19));
  add(Flow(day(5), 1).from(address(30)).tcp(8081).origin("US", 1).packets(20));
  lake_.write();
  make();
  EXPECT_THAT(rows(), ElementsAre("5 6 23 port - - 4 4 1 4", "5 6 23 cell BR - 2 2 1 2", "5 6 8081 port - - 1 20 20 400",
                                  "5 6 8081 cell US - 1 20 20 400"));
}

TEST_F(PortDays, OnlyTheDaysThatLackRowsAreMade) {
  for (const int one : {3, 4, 5, 9}) hosts(one, 0, one, "BR");
  lake_.write();
  EXPECT_EQ(make(4, 6), 2U);
  EXPECT_EQ(make(4, 6), 0U);
  EXPECT_EQ(make(1, 30), 2U);
  EXPECT_EQ(make(1, 30), 0U);
  const auto list = rows();
  ASSERT_EQ(list.size(), 8U);
  EXPECT_EQ(list[0], "3 6 23 port - - 3 3 1 3");
  EXPECT_EQ(list[7], "9 6 23 cell BR - 9 9 1 9");
}

TEST_F(PortDays, ADayThatChangesIsMadeAnewAndNoOther) {
  hosts(4, 0, 2, "BR");
  hosts(5, 0, 2, "BR");
  hosts(6, 0, 2, "BR");
  lake_.write();
  EXPECT_EQ(make(), 3U);
  hosts(5, 10, 3, "CN");
  lake_.write();
  EXPECT_EQ(make(), 1U);
  EXPECT_THAT(rows(),
              ElementsAre("4 6 23 port - - 2 2 1 2", "4 6 23 cell BR - 2 2 1 2", "5 6 23 port - - 5 5 1 5", "5 6 23 cell BR - 2 2 1 2",
                          "5 6 23 cell CN - 3 3 1 3", "6 6 23 port - - 2 2 1 2", "6 6 23 cell BR - 2 2 1 2"));
}

TEST_F(PortDays, CompactionChangesNothing) {
  hosts(5, 0, 3, "BR", kMiraiMark);
  lake_.write();
  hosts(5, 2, 3, "BR", kMiraiMark);
  lake_.write();
  EXPECT_EQ(make(), 1U);
  const auto before = rows();
  EXPECT_THAT(before, ElementsAre("5 6 23 port - - 5 6 2 8", "5 6 23 cell BR mirai 5 6 2 8"));
  CompactOptions at_once;
  take(compact(lake_.lake(), at_once));
  EXPECT_EQ(make(), 0U);
  EXPECT_EQ(rows(), before);
}

TEST_F(PortDays, ADayOnWhichNothingWasAskedIsMadeOnceToo) {
  for (int n = 0; n < 9; ++n) add(Flow(day(5), 1).from(address(n)).answer(6, 80).packets(100));
  lake_.write();
  EXPECT_EQ(make(), 1U);
  EXPECT_EQ(make(), 0U);
  EXPECT_THAT(rows(), ElementsAre("5 0 0 port - - 0 0 0 0"));
}

TEST_F(PortDays, WithoutFlowsThereAreNone) { EXPECT_EQ(make(), 0U); }

/// What any flows give, counted here once more.
TEST_F(PortDays, RandomFlowsAreCountedAsByHand) {
  std::mt19937 random(20170605);
  const auto below = [&](unsigned most) { return static_cast<int>(random() % most); };
  const char* const countries[] = {"BR", "CN", "DE", ""};
  const std::uint32_t marks[] = {0, 0, kMiraiMark, kZmapMark, kMasscanMark, fact::kNoOptions};
  const std::uint16_t ports[] = {23, 445, 8080, 5555}, windows[] = {0, 8192, 14600, 65535};
  struct Source {
    std::size_t tool = 255;
    std::uint64_t packets = 0;
    std::string country;
  };
  std::map<std::tuple<int, int, int>, Source> sources;  // by day, port and host
  for (int i = 0; i < 3000; ++i) {
    const int of_june = 4 + below(3), port = ports[below(4)], host = below(300);
    const std::uint32_t facts = marks[below(6)];
    const std::uint16_t window = windows[below(4)];
    const auto packets = static_cast<std::uint64_t>(1 + below(30) * below(2));
    const std::string country = countries[host % 4];
    add(Flow(day(of_june), below(24))
            .from(address(host))
            .tcp(static_cast<std::uint16_t>(port))
            .facts(facts)
            .window(window)
            .packets(packets)
            .origin(country.c_str(), 1));
    Source& source = sources[{of_june, port, host}];
    source.packets += packets;
    source.country = country;
    const auto catalogue = fingerprint_catalogue();
    for (std::size_t tool = 0; tool < catalogue.size(); ++tool) {
      if (catalogue[tool].name != "irregular-syn" && catalogue[tool].matches(facts, window, static_cast<std::uint16_t>(port), 1))
        source.tool = std::min(source.tool, tool);
    }
  }
  struct Sum {
    std::uint64_t hosts = 0, packets = 0, largest = 0, squares = 0;
  };
  std::map<std::string, Sum> sums;
  for (const auto& [key, source] : sources) {
    const auto& [of_june, port, host] = key;
    const std::string at = std::to_string(of_june) + " 6 " + std::to_string(port);
    const std::string tool = source.tool == 255 ? "-" : std::string(fingerprint_catalogue()[source.tool].name);
    for (const std::string& row : {at + " port - -", at + " cell " + (source.country.empty() ? "-" : source.country) + " " + tool}) {
      Sum& sum = sums[row];
      ++sum.hosts;
      sum.packets += source.packets;
      sum.largest = std::max(sum.largest, source.packets);
      sum.squares += source.packets * source.packets;
    }
  }
  std::vector<std::string> expected;
  for (const auto& [row, sum] : sums) {
    if (sum.hosts < 2 && sum.packets < 20) continue;
    expected.push_back(row + " " + std::to_string(sum.hosts) + " " + std::to_string(sum.packets) + " " + std::to_string(sum.largest) + " " +
                       std::to_string(sum.squares));
  }
  lake_.write();
  EXPECT_EQ(make(), 3U);
  EXPECT_THAT(rows(), ::testing::UnorderedElementsAreArray(expected));
}

}  // namespace
}  // namespace nightjar
