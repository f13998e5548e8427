#include "judge/attack_incidents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exposure/darknet_lake.hpp"
#include "judge/dos_groups.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::int64_t kHour = 60;                              // minutes
constexpr std::int64_t kMidnightMinute = kDay * kMinutesOfDay;  // of the judged day
constexpr std::int64_t kMsPerMinute = 60'000;

/// "attribute=value" of each part, with a blank between those of one.
std::vector<std::string> parts(const Incident& incident) {
  std::vector<std::string> all;
  for (const RisePart& part : incident.explanation) {
    std::string text;
    for (const AttributeValue& value : part.attributes) text += (text.empty() ? "" : " ") + value.attribute + "=" + value.value;
    all.push_back(text);
  }
  return all;
}

/// A darknet that hums with ten packets a minute (14,400 a day), of which nine are TCP, for ten days before kDay and on it.
class Floods : public ::testing::Test {
 protected:
  Floods() { lake_.hum_days(kDay - 10, kDay + 1, 10); }
  using Flood = DarknetLake::Flood;

  SensorHealth health(std::int64_t to) const {
    const auto session = lake_.session();
    return take(sensor_health(*session, {}, kDay - 10, to));
  }
  std::vector<Incident> judge(std::int64_t from = kDay - 10, std::int64_t to = kDay + 1, const Rules& rules = {}) const {
    const SensorHealth known = health(to);
    const auto session = lake_.session();
    return take(dos_incidents(*session, rules, known.days, from, to));
  }
  std::vector<TotalRise> totals(std::int64_t from = kDay - 10, std::int64_t to = kDay + 1) const {
    const SensorHealth known = health(to);
    const auto session = lake_.session();
    return take(total_rises(*session, {}, known.days, from, to));
  }
  DarknetLake lake_;
};

TEST_F(Floods, QuietDaysHaveNone) {
  lake_.write();
  EXPECT_THAT(judge(), IsEmpty());
  EXPECT_THAT(totals(), IsEmpty());
}

TEST_F(Floods, AVictimThatAddsHalfADayIsOneIncident) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 30});  // 7,200 packets
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  const Incident& incident = found[0];
  EXPECT_EQ(incident.kind, IncidentKind::dos_victim);
  EXPECT_EQ(incident.cause, Cause::dos_backscatter);
  EXPECT_EQ(incident.confidence, Confidence::confirmed);
  EXPECT_EQ(incident.metric, Metric::packets);
  EXPECT_EQ(incident.protocol, 6);
  EXPECT_EQ(incident.port, 80);
  EXPECT_EQ(incident.country, "DE");
  EXPECT_EQ(incident.onset_ms, (kMidnightMinute + 4 * kHour) * kMsPerMinute);
  ASSERT_TRUE(incident.end_ms);
  EXPECT_EQ(*incident.end_ms, (kMidnightMinute + 8 * kHour) * kMsPerMinute - 1000);
  EXPECT_EQ(incident.trend, Trend::over);
  EXPECT_EQ(incident.packets, 7200u);
  EXPECT_EQ(incident.victims, 1u);
  EXPECT_NEAR(incident.observed, 14'400 * 0.9 + 7200, 300);
  EXPECT_NEAR(incident.expected, 14'400 * 0.9, 300);
  EXPECT_NEAR(*incident.effective_sources, 1, 1e-9);
  EXPECT_EQ(incident.population, "protocol=tcp and class=backscatter and port=80 and asn=64500");
  EXPECT_THAT(incident.attacks, ElementsAre("a"));
  EXPECT_THAT(parts(incident),
              UnorderedElementsAre("class=backscatter", "country=DE asn=64500", "src_port=80", "tcp_flags=SYN+ACK", "src=198.51.100.1"));
  for (const RisePart& part : incident.explanation) EXPECT_GT(part.share_of_rise, 0.9) << part.attributes[0].attribute;
  ASSERT_FALSE(incident.days.empty());
  EXPECT_EQ(incident.days.back().day, kDay);
  EXPECT_GT(incident.days.back().observed, incident.days.back().upper);
  EXPECT_LT(incident.days.front().observed, incident.days.front().upper);
}

TEST_F(Floods, AVictimThatAddsATenthIsNone) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 5});  // 1,200 packets
  lake_.write();
  EXPECT_THAT(judge(), IsEmpty());
}

TEST_F(Floods, AnAttackThatNobodyFoundIsToldByItsTotalAlone) {
  lake_.flood({"", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 30});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].attacks, IsEmpty());
  EXPECT_EQ(found[0].confidence, Confidence::probable);
}

TEST_F(Floods, ThreeVictimsOfOneNetworkAreOneIncidentFromTheFirstOn) {
  const std::int64_t noon = kMidnightMinute + 12 * kHour;
  lake_.flood({"a", 0xC6336401, noon + 30, noon + 300, 20});
  lake_.flood({"b", 0xC6336402, noon, noon + 300, 20});
  lake_.flood({"c", 0xC6336403, noon + 60, noon + 290, 20});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].onset_ms, noon * kMsPerMinute);
  EXPECT_EQ(found[0].victims, 3u);
  EXPECT_NEAR(*found[0].effective_sources, 3, 0.1);
  EXPECT_THAT(found[0].attacks, ElementsAre("b", "a", "c"));
}

TEST_F(Floods, VictimsOfTwoNetworksAreTwo) {
  const std::int64_t noon = kMidnightMinute + 12 * kHour;
  lake_.flood({"a", 0xC6336401, noon, noon + 300, 25, 64'500});
  lake_.flood({"b", 0xCB007101, noon, noon + 300, 25, 64'501});
  lake_.write();
  EXPECT_EQ(judge().size(), 2u);
}

TEST_F(Floods, AFloodAcrossMidnightIsOneIncidentAndKnownByItAsSoonAsItIsLargeEnough) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute - 10, kMidnightMinute + 6 * kHour, 20});
  lake_.write();
  EXPECT_THAT(judge(kDay - 1, kDay), IsEmpty());
  const auto one = judge(kDay, kDay + 1), all = judge();
  ASSERT_EQ(one.size(), 1u);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(one[0].id, all[0].id);
  EXPECT_EQ(one[0].onset_ms, (kMidnightMinute - 10) * kMsPerMinute);
}

TEST_F(Floods, AFloodThatGoesOnHasNoEnd) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute + 12 * kHour, kMidnightMinute + 24 * kHour, 20});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].end_ms);
}

TEST_F(Floods, ACarpetIsOneIncidentWithoutASingleVictim) {
  const std::int64_t from = kMidnightMinute + 2 * kHour, to = from + 2 * kHour;
  for (std::uint64_t i = 0; i < 100; ++i) lake_.flood({"", 0xC6336400 + i, from, to, 1, 29'216, 80, "SE"});
  lake_.attack({"part", 0xC6336463, from, to, 1, 29'216, 80, "SE", 6, 6, "single", "whole"});
  lake_.attack({"whole", 0xC6336400, from, to, 100, 29'216, 80, "SE", 6, 6, "carpet", "", 100});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, IncidentKind::carpet_bombing);
  EXPECT_EQ(found[0].cause, Cause::carpet_backscatter);
  EXPECT_EQ(found[0].packets, 12'000u);
  EXPECT_EQ(found[0].victims, 100u);
  EXPECT_NEAR(*found[0].effective_sources, 100, 0.1);
  EXPECT_THAT(found[0].attacks, ElementsAre("whole"));
  EXPECT_THAT(parts(found[0]), UnorderedElementsAre("class=backscatter", "country=SE asn=29216", "src_port=80", "tcp_flags=SYN+ACK"));
}

TEST_F(Floods, AnAttackOnUdpThatIcmpAnswersMovesTheTotalOfIcmp) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 30, 64'500, 53, "DE", 17, 1});
  for (std::int64_t minute = (kDay - 10) * kMinutesOfDay; minute < (kDay + 1) * kMinutesOfDay; minute += 5) lake_.add(minute, 1, 4, 1);
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].protocol, 1);
  EXPECT_EQ(found[0].port, 0);
  EXPECT_EQ(found[0].confidence, Confidence::probable);
  EXPECT_EQ(found[0].population, "protocol=udp and class=backscatter and port=53 and asn=64500");
  EXPECT_EQ(found[0].packets, 7200u);
  EXPECT_EQ(found[0].query,
            "nightjar figure backscatter-victims --top 100000 --from 2017-11-23 --to 2017-11-24 --where 'protocol=udp and "
            "class=backscatter and port=53 and asn=64500'");
  EXPECT_THAT(parts(found[0]), UnorderedElementsAre("class=backscatter", "country=DE asn=64500", "src=198.51.100.1"));
}

// A victim of which ICMP errors speak says nothing itself: all its packets are of ICMP's total, however well they would fit TCP's.
TEST_F(Floods, AFloodOfIcmpErrorsIsNotToldOfTheTcpTotalThatRoseWithAnotherVictim) {
  const std::int64_t from = kMidnightMinute + 4 * kHour, to = from + 4 * kHour;
  for (std::int64_t minute = (kDay - 10) * kMinutesOfDay; minute < (kDay + 1) * kMinutesOfDay; minute += 5) lake_.add(minute, 1, 4, 1);
  lake_.flood({"quoted", 0xC6336401, from, to, 20, 64'500, 80, "DE", 6, 1});
  lake_.flood({"answers", 0xCB007101, from, to, 30, 64'501, 80, "FR", 6, 6});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 2u);
  for (const Incident& incident : found) {
    EXPECT_EQ(incident.protocol, incident.country == "DE" ? 1 : 6);
    EXPECT_EQ(incident.port, incident.country == "DE" ? 0 : 80);
    EXPECT_THAT(incident.attacks, ElementsAre(incident.country == "DE" ? "quoted" : "answers"));
  }
}

TEST_F(Floods, IcmpErrorsOfVictimsOfOneNetworkAreOneIncidentWhateverTheyQuote) {
  const std::int64_t from = kMidnightMinute + 4 * kHour, to = from + 4 * kHour;
  for (std::int64_t minute = (kDay - 10) * kMinutesOfDay; minute < (kDay + 1) * kMinutesOfDay; minute += 5) lake_.add(minute, 1, 4, 1);
  lake_.flood({"a", 0xC6336401, from, to, 20, 64'500, 80, "DE", 6, 1});
  lake_.flood({"b", 0xC6336402, from, to, 10, 64'500, 53, "DE", 17, 1});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].protocol, 1);
  EXPECT_EQ(found[0].victims, 2u);
  EXPECT_EQ(found[0].packets, 7200u);
  EXPECT_EQ(found[0].population, "protocol in (tcp, udp) and class=backscatter and asn=64500");
}

TEST_F(Floods, AnAttackThatTcpAndIcmpAnswerIsOneIncident) {
  const std::int64_t from = kMidnightMinute + 4 * kHour, to = from + 4 * kHour;
  lake_.flood({"a", 0xC6336401, from, to, 30});
  lake_.flood({"", 0xC6336401, from, to, 5, 64'500, 80, "DE", 6, 1});
  for (std::int64_t minute = (kDay - 10) * kMinutesOfDay; minute < (kDay + 1) * kMinutesOfDay; minute += 5) lake_.add(minute, 1, 4, 1);
  lake_.write();
  EXPECT_EQ(judge().size(), 1u);
}

TEST_F(Floods, WithoutGeolocationTheNetworkIsTheVictimsPrefix) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 15, 0, 80, ""});
  lake_.flood({"b", 0xC63364FE, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 15, 0, 80, ""});
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].population, "protocol=tcp and class=backscatter and port=80 and src=198.51.100.0/24");
  EXPECT_EQ(found[0].country, "");
}

TEST_F(Floods, OnTheFirstDayOfALakeNothingIsUsualYet) {
  DarknetLake young;
  young.hum_days(kDay, kDay + 1, 10);
  young.flood({"a", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 30});
  young.write();
  const auto session = young.session();
  const SensorHealth known = take(sensor_health(*session, {}, kDay - 1, kDay + 1));
  EXPECT_THAT(take(dos_incidents(*session, {}, known.days, kDay - 1, kDay + 1)), IsEmpty());
}

// Scans and backscatter that are more on one day and less on the next: by itself such a rise of the total is none.
TEST_F(Floods, AttacksThatAccountForARiseOfAWildTotalNeedLessThanAnUnknownRise) {
  for (std::int64_t day = kDay - 10; day <= kDay; ++day) {
    const auto step = static_cast<std::uint64_t>(day == kDay ? 5 : day - (kDay - 10));
    for (std::int64_t minute = day * kMinutesOfDay; minute < (day + 1) * kMinutesOfDay; minute += 4) {
      lake_.add(minute, 6, 1, step * 7 % 10 * 2);
      lake_.add(minute, 6, 2, step);
    }
  }
  const std::int64_t from = kMidnightMinute + 2 * kHour, to = from + 2 * kHour;
  for (std::uint64_t i = 0; i < 100; ++i) lake_.flood({"", 0xC6336400 + i, from, to, 1, 29'216, 80, "SE"});
  lake_.attack({"whole", 0xC6336400, from, to, 100, 29'216, 80, "SE", 6, 6, "carpet", "", 100});
  lake_.write();
  EXPECT_THAT(totals(kDay, kDay + 1), IsEmpty());
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, IncidentKind::carpet_bombing);
  EXPECT_GE(found[0].score, Rules().flood_score);
  EXPECT_LT(found[0].score, Rules().total_score);
  Rules as_without_attacks;
  as_without_attacks.flood_score = as_without_attacks.total_score;
  EXPECT_THAT(judge(kDay - 10, kDay + 1, as_without_attacks), IsEmpty());
}

TEST_F(Floods, TheNumbersAreThoseOfThePopulationAndTheQueryThatCountsIt) {
  const std::int64_t from = kMidnightMinute + 4 * kHour, to = from + 4 * kHour;
  lake_.flood({"a", 0xC6336401, from, to, 30});
  lake_.flood({"", 0xC6336409, from, from + 2, 1, 64'500, 443});  // another host of the network
  lake_.write();
  const auto found = judge();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].hosts, 1u);
  EXPECT_EQ(found[0].packets, 7200u);
  EXPECT_EQ(found[0].total_packets, 7200u);
  EXPECT_EQ(found[0].query,
            "nightjar figure packets-per-day --from 2017-11-23 --to 2017-11-24 --where 'protocol=tcp and class=backscatter and port=80 "
            "and asn=64500'");
}

TEST_F(Floods, OtherRulesFindSmallerOnes) {
  lake_.flood({"a", 0xC6336401, kMidnightMinute + 4 * kHour, kMidnightMinute + 8 * kHour, 10});  // 2,400: 18 % of the TCP of a day
  lake_.write();
  EXPECT_THAT(judge(), IsEmpty());
  Rules rules;
  rules.total_ratio = 1.1;
  EXPECT_EQ(judge(kDay - 10, kDay + 1, rules).size(), 1u);
}

TEST_F(Floods, ATotalThatDoublesIsARiseOfThatProtocolAlone) {
  for (std::int64_t minute = kMidnightMinute; minute < kMidnightMinute + kMinutesOfDay; ++minute) lake_.add(minute, 6, 1, 9);
  lake_.write();
  const auto rises = totals();
  ASSERT_EQ(rises.size(), 1u);
  EXPECT_EQ(rises[0].protocol, 6);
  EXPECT_EQ(rises[0].day, kDay);
  EXPECT_NEAR(rises[0].observed / rises[0].expected, 2, 0.1);
  EXPECT_EQ(rises[0].usual_days.size(), 10u);
}

TEST_F(Floods, ATotalThatRisesByAFifthIsNone) {
  for (std::int64_t minute = kMidnightMinute; minute < kMidnightMinute + kMinutesOfDay; minute += 5) lake_.add(minute, 6, 1, 9);
  lake_.write();
  EXPECT_THAT(totals(), IsEmpty());
}

TEST_F(Floods, ADayOfHalfTheTimeIsComparedByWhatWasWatched) {
  lake_.hush(kMidnightMinute, kMidnightMinute + 10 * kHour);
  for (std::int64_t minute = kMidnightMinute + 10 * kHour; minute < kMidnightMinute + kMinutesOfDay; ++minute) lake_.add(minute, 6, 1, 9);
  lake_.write();
  const auto rises = totals();  // twice as many in 14 hours: hardly more than on a whole day
  ASSERT_EQ(rises.size(), 1u);
  EXPECT_NEAR(rises[0].expected, 14'400 * 0.9 * 14 / 24, 300);
}

TEST_F(Floods, WhileARiseLastsItsDaysAreNotUsual) {
  for (std::int64_t minute = kMidnightMinute - 3 * kMinutesOfDay; minute < kMidnightMinute + kMinutesOfDay; ++minute)
    lake_.add(minute, 6, 1, 9);
  lake_.write();
  const auto rises = totals();
  ASSERT_EQ(rises.size(), 4u);
  EXPECT_EQ(rises[3].usual_days.size(), 7u);
  EXPECT_EQ(rises[3].usual_days.back(), kDay - 4);
}

DosAttack attack(const char* id, std::int64_t first_hour, std::int64_t last_hour, std::uint64_t packets) {
  DosAttack one;
  one.id = one.target = id;
  one.first_ms = first_hour * 3'600'000;
  one.last_ms = last_hour * 3'600'000;
  one.packets = packets;
  one.victims = 1;
  return one;
}

TEST(DosGroups, SixHoursBetweenAttacksKeepThemTogetherAndSevenDoNot) {
  EXPECT_EQ(groups_of({64'500, "", ""}, 6, {attack("a", 0, 1, 1000), attack("b", 7, 8, 1000)}).size(), 1u);
  EXPECT_EQ(groups_of({64'500, "", ""}, 6, {attack("a", 0, 1, 1000), attack("b", 8, 9, 1000)}).size(), 2u);
}

TEST(DosGroups, ASmallAttackHoursBeforeIsNotItsBeginning) {
  const auto groups = groups_of({64'500, "", ""}, 6, {attack("small", 0, 1, 30), attack("large", 6, 9, 100'000)});
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].first_ms, 6 * 3'600'000);
  EXPECT_EQ(groups[0].attacks.size(), 1u);
}

TEST(DosGroups, OneVictimThatIsAttackedTwiceIsOneVictim) {
  auto again = attack("a", 3, 4, 1000);
  again.id = "second";
  const auto groups = groups_of({64'500, "", ""}, 6, {attack("a", 0, 1, 1000), again});
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].victims, 1u);
}

TEST(DosGroups, WhatComesWeeksLaterChangesNothing) {
  std::vector<DosAttack> attacks = {attack("early", 10, 12, 10'000)};
  for (std::int64_t hour = 0; hour < 30 * 24; hour += 5) attacks.push_back(attack("always", hour, hour + 1, 10));
  const auto before = groups_of({64'500, "", ""}, 6, attacks);
  attacks.push_back(attack("late", 25 * 24, 26 * 24, 10'000'000));
  const auto after = groups_of({64'500, "", ""}, 6, attacks);
  const auto early = [](const DosGroup& group) { return group.attacks.front().id == "early"; };
  const auto then = std::ranges::find_if(before, early), now = std::ranges::find_if(after, early);
  ASSERT_NE(then, before.end());
  ASSERT_NE(now, after.end());
  EXPECT_EQ(now->first_ms, then->first_ms);
  EXPECT_EQ(now->last_ms, then->last_ms);
  EXPECT_EQ(now->packets, then->packets);
}

TEST(DosGroups, AttacksThatFollowOneAnotherForWeeksBeginWhereTheyBegan) {
  DarknetLake lake;
  for (std::int64_t day = kDay - 40; day <= kDay; ++day)
    lake.attack({std::to_string(day), 0xC6336401, day * kMinutesOfDay, (day + 1) * kMinutesOfDay, 30});
  lake.write();
  QueryOptions seen;
  seen.from_day = kDay - 140;
  const auto session = lake.session(seen);
  const auto groups = take(read_dos_groups(*session, kDay, kDay + 1, seen.from_day));
  ASSERT_EQ(groups.size(), 2u);  // of TCP, and of ICMP
  for (const DosGroup& group : groups) EXPECT_EQ(group.first_ms, (kDay - 40) * 86'400'000);
}

}  // namespace
}  // namespace nightjar
