// The attacks of a modelled half year, of which the truth is known.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "detect/request_log.hpp"
#include "simulate/report_reflectors.hpp"

namespace nightjar {
namespace {

using namespace simulate;

constexpr std::int64_t kEver = std::int64_t{1} << 62;
constexpr std::int64_t kNanosPerMs = 1'000'000;

/// 2,400 counted sightings, two million requests at most.
const DrawnReflectors& drawn() {
  static const DrawnReflectors traffic = [] {
    Reflectors reflectors = report_reflectors();
    reflectors.most_requests = 2'000'000;
    return DrawnReflectors(reflectors, {0.0003, 2017});
  }();
  return traffic;
}

/// What the pots' rows would be, all of them, without answers.
const AttackLake& lake() {
  static const auto made = [] {
    auto at = std::make_unique<AttackLake>();
    std::map<std::tuple<std::int64_t, std::uint8_t, std::uint64_t, std::uint16_t>, RequestRow> merged;
    const ReportWorld world;
    drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
      if (packet.kind == DrdosKind::answer) return;
      const Knock& knock = packet.knock;
      const std::int64_t minute = minute_of(knock.time_ns);
      RequestRow& row = merged[{minute, packet.pot, knock.from.high, knock.dst_port}];
      const auto ms = static_cast<std::uint16_t>((knock.time_ns - minute * 60 * kNanosPerSecond) / kNanosPerMs);
      row.minute = minute;
      row.src = knock.from.high;
      row.ip_version = 4;
      row.port = knock.dst_port;
      row.sensor = packet.pot;
      const Service services[] = {Service::chargen, Service::dns, Service::ntp, Service::ssdp};
      row.service = static_cast<std::uint8_t>(services[static_cast<std::size_t>(packet.service)]);
      row.packets += 1;
      row.first_ms = std::min(row.first_ms, ms);
      row.last_ms = std::max(row.last_ms, ms);
      const Origin origin = world.lookup(4, row.src, 0);
      row.country = origin.country;
      row.asn = origin.asn;
    });
    // Months as files: days would be some 200 small ones.
    std::map<std::int64_t, std::vector<RequestRow>> months;
    for (const auto& [key, row] : merged) months[row.minute / 1440 / 30 * 30].push_back(row);
    const Names names = {"amppot-1", "amppot-2", "amppot-3", "amppot-4", "amppot-5", "amppot-6", "amppot-7"};
    std::uint64_t batch = 0;
    for (const auto& [day, rows] : months) at->add_requests(day, rows, names, ++batch, true);
    for (const char* definition : {"merged", "per-sensor"}) at->detect(definition);
    return at;
  }();
  return *made;
}

std::int64_t ms(std::int64_t time_ns) { return floor_div(time_ns, kNanosPerMs); }

TEST(DrdosTruth, MergedFindsEachAttackThatCountsWithItsTimesAndRequests) {
  std::multiset<std::string> expected;
  for (const DrdosAttack& attack : drawn()->attacks()) {
    if (attack.counts_as == 0) continue;
    expected.insert(std::to_string(attack.victim) + " " + std::to_string(ms(attack.first_ns)) + " " + std::to_string(ms(attack.last_ns)) +
                    " " + std::to_string(attack.requests) + " " + std::to_string(attack.pots.size()) + " " +
                    std::string({static_cast<char>(attack.country & 0xff), static_cast<char>(attack.country >> 8)}));
  }
  const auto lines = lake().ask(
      "SELECT src, epoch_ms(first), epoch_ms(last), packets, sensors, country FROM attacks WHERE level = 1 AND definition = 'merged'");
  const std::multiset<std::string> found(lines.begin(), lines.end());
  EXPECT_GT(expected.size(), 1000U);
  EXPECT_EQ(found.size(), expected.size());
  EXPECT_TRUE(found == expected);
}

TEST(DrdosTruth, PerSensorFindsTheSumOverPotsAndServices) {
  std::multiset<std::string> expected;
  for (const DrdosSighting& sighting : drawn()->sightings()) {
    if (!drawn()->counts(sighting)) continue;
    expected.insert(std::to_string(drawn()->attacks()[sighting.attack].victim) + " amppot-" + std::to_string(sighting.pot + 1) + " " +
                    std::string(name_of(sighting.service)) + " " + std::to_string(ms(sighting.first_ns)) + " " +
                    std::to_string(ms(sighting.last_ns)) + " " + std::to_string(sighting.requests));
  }
  const auto lines = lake().ask(
      "SELECT src, sensor, service, epoch_ms(first), epoch_ms(last), packets FROM attacks WHERE level = 1 AND definition = 'per-sensor'");
  const std::multiset<std::string> found(lines.begin(), lines.end());
  EXPECT_EQ(expected.size(), 2400U) << "0.0003 of the report's 8.0 million";
  EXPECT_TRUE(found == expected) << found.size();
}

TEST(DrdosTruth, CarpetsAreFoundWholeAndCountNowhere) {
  std::multiset<std::string> expected;
  for (const DrdosAttack& attack : drawn()->attacks()) {
    if (attack.prefix_length != 24) continue;
    expected.insert(std::to_string(attack.victim) + " " + std::to_string(ms(attack.first_ns)) + " " + std::to_string(ms(attack.last_ns)) +
                    " " + std::to_string(attack.requests));
  }
  for (const char* definition : {"merged", "per-sensor"}) {
    const auto lines =
        lake().ask("SELECT src, epoch_ms(first), epoch_ms(last), packets FROM attacks WHERE kind = 'carpet' AND definition = '" +
                   std::string(definition) + "'");
    EXPECT_EQ(std::multiset<std::string>(lines.begin(), lines.end()), expected) << definition;
  }
  EXPECT_EQ(expected.size(), 3U);
}

// NICTER observation report 2017, chapter 4: the share of Japan, durations, the longest attack.
TEST(DrdosTruth, TheReportsNumbersComeOut) {
  const std::string attacks = " FROM attacks WHERE level = 1 AND definition = 'per-sensor'";
  const std::string within = "SELECT round(100.0 * count(*) / 2400, 1)" + attacks + " AND epoch_ms(last) - epoch_ms(first) ";
  EXPECT_EQ(lake().ask(within + "<= 60000"), std::vector<std::string>{"30.000000"});
  EXPECT_EQ(lake().ask(within + "<= 600000"), std::vector<std::string>{"80.000000"});
  EXPECT_EQ(lake().ask(within + "> 3600000"), std::vector<std::string>{"1.500000"});
  EXPECT_EQ(lake().ask("SELECT round((max(epoch_ms(last) - epoch_ms(first))) / 86400000.0), arg_max(country, last - first)" + attacks),
            std::vector<std::string>{"21.000000 CN"});
  const std::string countries = "(SELECT country, count(*) AS n" + attacks + " GROUP BY country)";
  EXPECT_EQ(lake().ask("SELECT count(*) + 1 FROM " + countries + " WHERE n > (SELECT n FROM " + countries + " WHERE country = 'JP')"),
            std::vector<std::string>{"25"});
}

}  // namespace
}  // namespace nightjar
