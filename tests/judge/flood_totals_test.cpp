// Which floods move which totals: what counts as one, what no attack was found of, and whether the numbers are what their queries give.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "exposure/darknet_lake.hpp"
#include "judge/attack_incidents.hpp"
#include "judge/total_incidents.hpp"

namespace nightjar {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kHour = 60;                        // minutes
constexpr std::int64_t kMidnight = kDay * kMinutesOfDay;  // of the judged day
constexpr std::int64_t kMsPerMinute = 60'000;

/// A darknet with ten packets a minute (14,400 a day), of which nine are TCP, and of ICMP one in five minutes, for ten days before kDay and
/// ten from it on.
class FloodTotals : public ::testing::Test {
 protected:
  FloodTotals() {
    lake_.hum_days(kDay - 10, kDay + 10, 10);
    for (std::int64_t minute = (kDay - 10) * kMinutesOfDay; minute < (kDay + 10) * kMinutesOfDay; minute += 5) lake_.add(minute, 1, 4, 1);
  }
  std::vector<Incident> judge(std::int64_t from = kDay - 10, std::int64_t to = kDay + 10) {
    if (!written_) lake_.write();
    written_ = true;
    QueryOptions seen;
    seen.to_day = to;
    const auto session = lake_.session(seen);
    const auto health = take(sensor_health(*session, {}, kDay - 10, to));
    return take(dos_incidents(*session, {}, health.days, from, to));
  }
  /// Each number whose statement gives just it.
  void expect_queries_give(const Incident& incident) const {
    const auto session = lake_.session();
    const json told = json::parse(incident_json(incident));
    for (const json& query : told.at("queries")) {
      const std::string of = query.at("of"), sql = query.at("sql");
      const Answer answer = take(session->run_raw(sql));
      if (query.at("gives") != "the numbers" || of == "days" || of == "attacks") continue;
      ASSERT_EQ(answer.rows.size(), 1U) << sql;
      const json& shown = of == "incident" ? told : told.at(json::json_pointer("/" + of));
      for (std::size_t i = 0; i < answer.columns.size(); ++i) {
        const Value& value = answer.rows[0][i];
        const auto* real = std::get_if<double>(&value);
        const double given = real != nullptr                               ? *real
                             : std::holds_alternative<std::int64_t>(value) ? static_cast<double>(std::get<std::int64_t>(value))
                                                                           : static_cast<double>(std::get<std::uint64_t>(value));
        EXPECT_NEAR(given, shown.at(answer.columns[i]).get<double>(), 1e-9 * std::max(1.0, given)) << answer.columns[i] << ": " << sql;
      }
    }
  }
  static const RisePart& part(const Incident& incident, const std::string& attribute) {
    static const RisePart none;
    for (const RisePart& one : incident.explanation)
      if (one.attributes[0].attribute == attribute) return one;
    ADD_FAILURE() << "no part by " << attribute;
    return none;
  }
  DarknetLake lake_;
  bool written_ = false;
};

// Ten packets a minute each are less than any attack asks for.
TEST_F(FloodTotals, ManySmallVictimsOfOneNetworkAreAFloodFromItsFirstMinuteOn) {
  const std::int64_t from = kMidnight + 10 * kHour + 20, to = from + 5 * kHour;
  for (std::uint64_t i = 0; i < 8; ++i) lake_.flood({"", 0xC6336401 + i, from, to, 10, 60'781, 53, "NL", 17, 17});
  lake_.flood({"", 0xC6336420, kMidnight + 10 * kHour, kMidnight + 10 * kHour + 2, 1, 60'781, 53, "NL", 17, 17});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, IncidentKind::dos_victim);
  EXPECT_EQ(found[0].confidence, Confidence::probable);
  EXPECT_EQ(found[0].onset_ms, from * kMsPerMinute);
  EXPECT_EQ(found[0].end_ms, to * kMsPerMinute - 1);
  EXPECT_EQ(found[0].protocol, 17);
  EXPECT_EQ(found[0].port, 53);
  EXPECT_EQ(found[0].population, "protocol=udp and class=backscatter and port=53 and asn=60781");
  EXPECT_THAT(found[0].attacks, IsEmpty());
  EXPECT_EQ(found[0].victims, 9u);
  expect_queries_give(found[0]);
}

TEST_F(FloodTotals, AnswersOfManyNetworksAreNoFlood) {
  const std::int64_t from = kMidnight + 10 * kHour;
  for (std::uint32_t i = 0; i < 8; ++i) lake_.flood({"", 0xC6336401 + i, from, from + 300, 10, 60'781 + i, 53, "NL", 17, 17});
  EXPECT_THAT(judge(), IsEmpty());
}

TEST_F(FloodTotals, ErrorsOfIcmpAboutAddressesAllOverANetworkAreACarpetWithoutAnAttack) {
  const std::int64_t from = kMidnight + 5 * kHour, to = from + 5 * kHour;
  for (std::uint64_t i = 0; i < 60; ++i)
    lake_.flood({"", 0xC6330000 + 256 * i, from + static_cast<std::int64_t>(i % 5), to, 1, 29'216, 80, "SE",
                 static_cast<std::uint8_t>(i % 2 == 0 ? 6 : 17), 1});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, IncidentKind::carpet_bombing);
  EXPECT_EQ(found[0].protocol, 1);
  EXPECT_EQ(found[0].onset_ms, from * kMsPerMinute);
  EXPECT_EQ(found[0].population, "protocol in (tcp, udp) and class=backscatter and port=80 and asn=29216");
  EXPECT_EQ(found[0].victims, 60u);
  expect_queries_give(found[0]);
}

TEST_F(FloodTotals, ErrorsOfIcmpAboutSeveralNetworksAreToldOfTheirCountry) {
  const std::int64_t from = kMidnight + 5 * kHour, to = from + 5 * kHour;
  for (std::uint64_t i = 0; i < 60; ++i)
    lake_.flood({"", 0xC6330000 + 256 * i, from, to, 1, static_cast<std::uint32_t>(29'216 + i % 3), 80, "SE", 6, 1});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].country, "SE");
  EXPECT_EQ(found[0].population, "protocol=tcp and class=backscatter and port=80 and country=SE");
  EXPECT_EQ(found[0].hosts, 60u);
  expect_queries_give(found[0]);
}

// Another country's victim, flooded at the same time, explains nothing of them; one of the country itself would.
TEST_F(FloodTotals, ErrorsAboutACountryAreToldBesideAFloodOnAnotherCountry) {
  const std::int64_t from = kMidnight + 5 * kHour, to = from + 5 * kHour;
  for (std::uint64_t i = 0; i < 60; ++i)
    lake_.flood({"", 0xC6330000 + 256 * i, from, to, 1, static_cast<std::uint32_t>(29'216 + i % 3), 80, "SE", 6, 1});
  lake_.flood({"german", 0xC6336401, from, to, 40, 64'500, 443, "DE", 17, 1});
  std::vector<std::string> countries;
  for (const Incident& incident : judge()) countries.push_back(incident.country);
  EXPECT_THAT(countries, UnorderedElementsAre("SE", "DE"));
}

TEST_F(FloodTotals, ErrorsAboutACountryAreNotToldBesideAFloodOnANetworkOfIt) {
  const std::int64_t from = kMidnight + 5 * kHour, to = from + 5 * kHour;
  for (std::uint64_t i = 0; i < 60; ++i)
    lake_.flood({"", 0xC6330000 + 256 * i, from, to, 1, static_cast<std::uint32_t>(29'216 + i % 3), 80, "SE", 6, 1});
  lake_.flood({"swedish", 0xC6336401, from, to, 40, 64'500, 443, "SE", 17, 1});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].attacks, ElementsAre("swedish"));
}

// Their own answers by UDP two days before are not what is usual of errors by ICMP.
TEST_F(FloodTotals, WhatTheVictimsAnsweredByUdpBeforeIsNotUsualOfIcmp) {
  const std::int64_t before = kMidnight - 2 * kMinutesOfDay, from = kMidnight + 5 * kHour;
  lake_.flood({"own", 0xC6336401, before, before + 300, 100, 29'216, 53, "SE", 17, 17});
  lake_.flood({"quoted", 0xC6336401, from, from + 300, 60, 29'216, 53, "SE", 17, 1});
  const auto found = judge(kDay, kDay + 1);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].protocol, 1);
  EXPECT_GT(part(found[0], "country").share_of_rise, 0.95);
  EXPECT_EQ(part(found[0], "country").usual_share, 0);
  expect_queries_give(found[0]);
}

TEST_F(FloodTotals, TcpAndUdpFloodsOnOneNetworkAtATimeAreOneToldOfTheLarger) {
  const std::int64_t from = kMidnight + 6 * kHour;
  lake_.flood({"tcp", 0xC6336401, from, from + 180, 40});
  lake_.flood({"udp", 0xC6336402, from + 60, from + 300, 15, 64'500, 53, "DE", 17, 17});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].protocol, 6);
  EXPECT_EQ(found[0].port, 80);
  EXPECT_EQ(found[0].onset_ms, from * kMsPerMinute);
  EXPECT_EQ(found[0].end_ms, (from + 300) * kMsPerMinute - 1000);
  EXPECT_EQ(found[0].victims, 2u);
  EXPECT_THAT(found[0].attacks, UnorderedElementsAre("tcp", "udp"));
  ASSERT_EQ(found[0].other_totals.size(), 1u);
  const OtherTotal& other = found[0].other_totals[0];
  EXPECT_EQ(other.protocol, 17);
  EXPECT_EQ(other.port, 53);
  EXPECT_EQ(other.hosts, 1u);
  EXPECT_EQ(other.packets, 3600u);
  EXPECT_NEAR(other.observed, 1440 + 3600, 150);
  EXPECT_NEAR(other.expected, 1440, 150);
  expect_queries_give(found[0]);
  // And the rise of UDP is no other incident.
  const auto session = lake_.session();
  const auto health = take(sensor_health(*session, {}, kDay - 10, kDay + 10));
  const auto rises = take(total_rises(*session, {}, health.days, kDay - 10, kDay + 10));
  EXPECT_EQ(rises.size(), 2u);
  std::vector<Incident> all = found;
  const DaySessions days(take(lake_.lake().snapshot()), 1);
  take(add_unexplained_totals({*session, days, health.days, kDay + 10}, rises, all));
  EXPECT_EQ(all.size(), 1u);
}

TEST_F(FloodTotals, TwoFloodsOfOneNetworkOnOneDayAreOneAndClaimTheirPacketsOnce) {
  const std::int64_t morning = kMidnight + 2 * kHour, evening = kMidnight + 15 * kHour;
  lake_.flood({"a", 0xC6336401, morning, morning + 180, 40});
  lake_.flood({"b", 0xC6336402, evening, evening + 180, 40});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].packets, 2 * 7200u);
  EXPECT_EQ(found[0].total_packets, 2 * 7200u);
  EXPECT_EQ(found[0].victims, 2u);
  EXPECT_EQ(found[0].onset_ms, morning * kMsPerMinute);
  EXPECT_EQ(found[0].end_ms, (evening + 180) * kMsPerMinute - 1000);
  // Whoever begins to judge on the next day knows neither; on this one both.
  EXPECT_THAT(judge(kDay + 1), IsEmpty());
  EXPECT_EQ(judge(kDay).at(0).id, found[0].id);
}

// 2,100 packets before midnight and 2,100 after it: a sixth of either day, and a third of the 24 hours around.
TEST_F(FloodTotals, AFloodOverMidnightIsJudgedByItsOwnDay) {
  lake_.flood({"a", 0xC6336401, kMidnight - 105, kMidnight + 105, 20});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].onset_ms, (kMidnight - 105) * kMsPerMinute);
  EXPECT_EQ(found[0].packets, 2100u);
  EXPECT_EQ(found[0].total_packets, 4200u);
}

TEST_F(FloodTotals, FlagsAreToldOfTheVictimsThatSendThem) {
  const std::int64_t from = kMidnight + 4 * kHour;
  lake_.flood({"a", 0xC6336401, from, from + 180, 40});
  // Of this one no flags are known.
  lake_.flood({"b", 0xC6336402, from, from + 180, 20, 64'500, 80, "DE", 6, 1});
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].hosts, 2u);
  EXPECT_EQ(part(found[0], "tcp_flags").hosts, 1u);
  EXPECT_EQ(part(found[0], "tcp_flags").packets, 7200u);
  expect_queries_give(found[0]);
}

TEST_F(FloodTotals, TheLevelOfWhatIsOverIsThatOfTheDaysAfterItWhereverJudgingEnds) {
  lake_.flood({"a", 0xC6336401, kMidnight + 240, kMidnight + 480, 30});
  const auto after_nine = judge(kDay, kDay + 9), after_ten = judge(kDay, kDay + 10);
  ASSERT_EQ(after_nine.size(), 1u);
  ASSERT_EQ(after_ten.size(), 1u);
  EXPECT_EQ(after_ten[0].basis.now_day, kDay + 7);
  EXPECT_EQ(after_ten[0].level_now, after_nine[0].level_now);
  EXPECT_NEAR(after_ten[0].level_now, 14'400 * 0.9, 300);
}

}  // namespace
}  // namespace nightjar
