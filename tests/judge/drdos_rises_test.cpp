#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "judge/attack_incidents.hpp"
#include "judge/drdos_series.hpp"
#include "schema/honeypot_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

using ::testing::IsEmpty;

/// Days from `from` on with so many victims each, three attacks a victim.
AttackDays attack_days(const std::vector<std::uint64_t>& victims, std::int64_t from) {
  AttackDays days;
  for (std::size_t i = 0; i < victims.size(); ++i)
    if (victims[i] > 0) days[from + static_cast<std::int64_t>(i)] = {victims[i] * 3, victims[i]};
  return days;
}
std::map<std::int64_t, double> watched(std::int64_t from, std::int64_t to) {
  std::map<std::int64_t, double> days;
  for (std::int64_t day = from; day < to; ++day) days[day] = 7;
  return days;
}
std::vector<DrdosRise> rises(const std::vector<std::uint64_t>& victims, const Rules& rules = {}) {
  return rises_of(attack_days(victims, kDay), watched(kDay, kDay + static_cast<std::int64_t>(victims.size())), rules);
}
std::vector<std::uint64_t> repeated(const std::vector<std::uint64_t>& pattern, std::size_t days) {
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < days; ++i) all.push_back(pattern[i % pattern.size()]);
  return all;
}
std::vector<std::uint64_t> operator+(std::vector<std::uint64_t> a, const std::vector<std::uint64_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(DrdosSeries, WhatStaysAsItIsDoesNotRise) {
  EXPECT_THAT(rises(repeated({0, 1, 0, 0, 2}, 100)), IsEmpty());
  EXPECT_THAT(rises(repeated({100, 110, 90, 105}, 100)), IsEmpty());
}

TEST(DrdosSeries, ADayOfManyVictimsIsARiseThatIsOverTwoDaysLater) {
  const auto found = rises(repeated({0, 1, 0}, 30) + std::vector<std::uint64_t>{20, 25} + repeated({0, 1, 0}, 10));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].onset_day, kDay + 30);
  EXPECT_EQ(found[0].found_day, kDay + 30);
  EXPECT_EQ(found[0].peak_day, kDay + 31);
  EXPECT_EQ(found[0].end_day, kDay + 32);
  EXPECT_EQ(found[0].observed, 25);
  EXPECT_LT(found[0].expected, 0.5);
}

TEST(DrdosSeries, AFewMoreADayShowInAWeekAndBeginWhereTheyBegan) {
  // One a day in ten becomes three a day: no single day tells.
  const auto found = rises(repeated({0, 0, 0, 0, 0, 0, 0, 1, 0, 0}, 90) + repeated({3, 2, 4}, 40));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].onset_day, kDay + 90);
  EXPECT_LT(found[0].found_day, kDay + 100);
  EXPECT_FALSE(found[0].end_day);
  EXPECT_TRUE(found[0].since_new_usual);
}

TEST(DrdosSeries, SevenVictimsMoreAreTooFew) {
  EXPECT_THAT(rises(repeated({0}, 60) + std::vector<std::uint64_t>{7} + repeated({0}, 10)), IsEmpty());
  EXPECT_EQ(rises(repeated({0}, 60) + std::vector<std::uint64_t>{9} + repeated({0}, 10)).size(), 1u);
}

TEST(DrdosSeries, MoreReflectorsSeeMoreAndThatIsNoRise) {
  const AttackDays days = attack_days(repeated({10}, 40) + repeated({40}, 10), kDay);
  std::map<std::int64_t, double> watch = watched(kDay, kDay + 50);
  for (std::int64_t day = kDay + 40; day < kDay + 50; ++day) watch[day] = 28;
  EXPECT_THAT(rises_of(days, watch, {}), IsEmpty());
  EXPECT_EQ(rises_of(days, watched(kDay, kDay + 50), {}).size(), 1u);
}

/// Attacks on victims, three a victim and day, as three reflectors see them.
class DrdosLake : public RowsLake {
 public:
  void attack(std::int64_t day, std::uint64_t victim, const char* country, std::uint32_t asn, std::int64_t second = 3600) {
    for (int sensor = 0; sensor < 3; ++sensor) {
      ids_.push_back(std::to_string(1'000'000 + ids_.size()));
      AttackRow row;
      row.definition = "per-sensor";
      row.kind = "single";
      row.first = row.last = (day * 86'400 + second + sensor) * 1'000'000;
      row.src = victim;
      row.ip_version = 4;
      row.prefix_length = 32;
      row.victims = 1;
      row.packets = 100;
      row.country = country_code(country[0], country[1]);
      row.asn = asn;
      row.protocol = 17;
      rows_[day].push_back(row);
    }
  }
  /// An attack as all reflectors together saw it.
  void merged(std::int64_t day, std::uint64_t victim, const char* country, std::uint32_t asn) {
    attack(day, victim, country, asn);
    rows_[day].back().definition = "amppot";
  }
  void write(std::int64_t from_day, std::int64_t to_day) {
    const Writer writer = take(lake().begin_write());
    std::vector<LakeFile> files;
    std::size_t next = 0;
    for (auto& [day, rows] : rows_) {
      for (AttackRow& row : rows) row.id = ids_[next++];
      files.push_back(write_rows(writer, Table::attacks, day, rows, {}));
    }
    for (std::int64_t day = from_day; day < to_day; ++day) {
      std::vector<SensorDayRow> days(3);
      for (std::uint16_t sensor = 0; sensor < 3; ++sensor) {
        days[sensor].day = day;
        days[sensor].sensor = sensor;
        days[sensor].kind = static_cast<std::uint8_t>(SensorKind::reflector);
      }
      files.push_back(write_rows(writer, Table::sensor_days, day, days, {"one", "two", "three"}));
    }
    commit(writer, files);
  }

 private:
  std::vector<std::string> ids_;
  std::map<std::int64_t, std::vector<AttackRow>> rows_;
};

TEST(DrdosRises, AttacksOfSeveralSensorsAreCountedTogetherToo) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 30; day < kDay; ++day) lake.attack(day, 0x01000000 + static_cast<std::uint64_t>(day), "US", 64'496);
  // Two at each sensor by itself and one as all saw it, of each of 25 victims.
  for (std::uint64_t i = 0; i < 25; ++i) lake.merged(kDay, 0x03000000 + i, "BR", 64'501);
  lake.write(kDay - 30, kDay + 1);
  const auto session = lake.session();
  const auto found = take(drdos_rises(*session, {}, kDay - 30, kDay + 1));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].observed, 50);
  EXPECT_EQ(found[0].merged_attacks, 25u);
  ASSERT_EQ(found[0].attacks.size(), 20u);
  auto listed = session->run("SELECT id FROM attacks WHERE definition = 'amppot' AND id IN ('" + found[0].attacks.front() + "', '" +
                             found[0].attacks.back() + "')");
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->rows.size(), 2u);
}

TEST(DrdosRises, ALakeWithoutAttacksHasNone) {
  DrdosLake lake;
  lake.write(kDay, kDay + 2);
  const auto session = lake.session();
  EXPECT_THAT(take(drdos_rises(*session, {}, kDay, kDay + 2)), IsEmpty());
}

TEST(DrdosRises, ACountryAndItsNetworkThatRiseTogetherAreOneToldByTheNetwork) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 30; day <= kDay; ++day) {
    for (std::uint64_t i = 0; i < 30; ++i) lake.attack(day, 0x01000000 + static_cast<std::uint64_t>(day) * 100 + i, "US", 64'496);
    if (day % 2 == 0) lake.attack(day, 0x02000000 + static_cast<std::uint64_t>(day), "BR", 64'500);
  }
  for (std::uint64_t i = 0; i < 40; ++i) lake.attack(kDay, 0x03000000 + i, "BR", 64'501, 40'000 + static_cast<std::int64_t>(i));
  lake.write(kDay - 30, kDay + 1);
  const auto session = lake.session();
  const auto found = take(drdos_rises(*session, {}, kDay - 30, kDay + 1));
  ASSERT_EQ(found.size(), 1u);
  const Incident& incident = found[0];
  EXPECT_EQ(incident.kind, IncidentKind::drdos);
  EXPECT_EQ(incident.cause, Cause::attacks_on_network);
  EXPECT_EQ(incident.confidence, Confidence::confirmed);
  EXPECT_EQ(incident.metric, Metric::attacks);
  EXPECT_EQ(incident.protocol, 17);
  EXPECT_EQ(incident.port, 0);
  EXPECT_EQ(incident.country, "BR");
  EXPECT_EQ(incident.onset_ms, (kDay * 86'400 + 40'000) * 1000);  // the first attack on the network, not on the country
  EXPECT_FALSE(incident.end_ms);
  EXPECT_EQ(incident.victims, 40u);
  EXPECT_EQ(incident.packets, 40u * 3 * 100);
  EXPECT_EQ(incident.attacks.size(), 20u);
  EXPECT_NEAR(incident.observed, 120 + (kDay % 2 == 0 ? 3 : 0), 0.1);
  EXPECT_LT(incident.expected, 2);
  EXPECT_EQ(incident.population, "country=BR and asn=64501");
  EXPECT_EQ(incident.query, "nightjar attacks --definition per-sensor --from 2017-11-23 --to 2017-11-24 --where 'country=BR'");
  ASSERT_EQ(incident.explanation.size(), 2u);
  const RisePart& country = incident.explanation[0];
  const RisePart& network = incident.explanation[1];
  EXPECT_EQ(country.attributes, (std::vector<AttributeValue>{{"country", "BR"}}));
  EXPECT_EQ(country.share_of_rise, 1);
  EXPECT_NEAR(country.usual_share, 1.0 / 61, 0.005);  // an attack in two days, beside thirty a day on the other country
  EXPECT_EQ(country.hosts, 40u + (kDay % 2 == 0 ? 1 : 0));
  EXPECT_EQ(network.attributes, (std::vector<AttributeValue>{{"country", "BR"}, {"asn", "64501"}}));
  EXPECT_GT(network.share_of_rise, 0.95);
  EXPECT_EQ(network.usual_share, 0);
  EXPECT_EQ(network.hosts, 40u);
  EXPECT_EQ(network.packets, 40u * 3 * 100);
  EXPECT_LT(incident.unexplained, 0.05);
}

TEST(DrdosRises, ACountryWhoseManyNetworksRiseIsToldByItselfAndByTheLargest) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 30; day <= kDay; ++day) {
    for (std::uint64_t i = 0; i < 9; ++i) lake.attack(day, 0x01000000 + static_cast<std::uint64_t>(day) * 100 + i, "US", 64'496);
    lake.attack(day, 0x02000000 + static_cast<std::uint64_t>(day), "BR", 64'500);
  }
  for (std::uint64_t i = 0; i < 50; ++i) lake.attack(kDay, 0x03000000 + i, "BR", i < 15 ? 64'501 : i < 24 ? 64'502 : 65'000 + i);
  lake.write(kDay - 30, kDay + 1);
  const auto session = lake.session();
  const auto found = take(drdos_rises(*session, {}, kDay - 30, kDay + 1));
  ASSERT_EQ(found.size(), 1u);
  const auto& parts = found[0].explanation;
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].attributes, (std::vector<AttributeValue>{{"country", "BR"}}));
  EXPECT_EQ(parts[0].share_of_rise, 1);
  EXPECT_NEAR(parts[0].usual_share, 0.1, 1e-9);
  EXPECT_EQ(parts[0].hosts, 51u);
  EXPECT_EQ(parts[0].packets, 51u * 300);
  EXPECT_EQ(parts[1].attributes[1].value, "64501");
  EXPECT_NEAR(parts[1].share_of_rise, 0.3, 1e-9);
  EXPECT_EQ(parts[1].hosts, 15u);
  EXPECT_EQ(parts[2].attributes[1].value, "64502");
  EXPECT_EQ(parts[2].hosts, 9u);
  EXPECT_EQ(parts[2].packets, 9u * 300);
  EXPECT_EQ(found[0].hosts, 51u);
  EXPECT_EQ(found[0].packets, 51u * 300);
}

// Fifty victims a day more or less hide either network, and both, from the country's own range.
TEST(DrdosRises, NetworksOfACountryThatRiseAtOneTimeAreARiseOfTheCountry) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 30; day < kDay + 6; ++day)
    for (std::uint64_t i = 0; i < (day % 2 == 0 ? 20 : 70); ++i)
      lake.attack(day, 0x01000000 + static_cast<std::uint64_t>(day) * 100 + i, "NL", static_cast<std::uint32_t>(64'600 + i));
  for (std::int64_t day = kDay; day < kDay + 3; ++day)
    for (std::uint64_t i = 0; i < 20; ++i) {
      if (day < kDay + 2) lake.attack(day, 0x03000000 + i, "NL", 64'501);
      if (day > kDay) lake.attack(day, 0x04000000 + i, "NL", 64'502);
    }
  lake.write(kDay - 30, kDay + 6);
  const auto session = lake.session();
  const auto found = take(drdos_rises(*session, {}, kDay - 30, kDay + 6));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].country, "NL");
  EXPECT_EQ(found[0].onset_ms / 86'400'000, kDay);
  EXPECT_EQ(found[0].population, "country=NL");
  std::vector<std::string> networks;
  for (const RisePart& part : found[0].explanation)
    if (part.attributes.size() == 2) networks.push_back(part.attributes[1].value);
  EXPECT_THAT(networks, ::testing::UnorderedElementsAre("64501", "64502"));
  // The first is over when the second is told anew.
  const auto later = take(drdos_rises(*session, {}, kDay + 3, kDay + 6));
  ASSERT_EQ(later.size(), 1u);
  EXPECT_EQ(later[0].id, found[0].id);
}

// Four victims a day where there was one in ten days: no single day is a rise.
TEST(DrdosRises, ARiseThatOnlyAWeekShowsHasItsHostsAndPackets) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 90; day < kDay; day += 10) lake.attack(day, 0x03000000 + static_cast<std::uint64_t>(day), "JP", 64'501);
  std::uint64_t next = 0x04000000;
  for (std::int64_t day = kDay; day < kDay + 6; ++day)
    for (int i = 0; i < (day == kDay + 2 ? 6 : 4); ++i) lake.attack(day, next++, "JP", 64'501);
  lake.write(kDay - 90, kDay + 7);
  const auto session = lake.session();
  const auto found = take(drdos_rises(*session, {}, kDay, kDay + 7));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].peak_ms, (kDay + 2) * 86'400'000);
  EXPECT_EQ(found[0].hosts, 6u);
  EXPECT_EQ(found[0].packets, 6u * 300);
  EXPECT_EQ(found[0].observed, 18);
  ASSERT_FALSE(found[0].explanation.empty());
  EXPECT_GE(found[0].explanation[0].hosts, 20u);
}

TEST(DrdosRises, DayByDayItIsTheSameIncident) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 30; day <= kDay + 3; ++day) lake.attack(day, 0x02000000 + static_cast<std::uint64_t>(day), "BR", 64'500);
  for (std::int64_t day = kDay; day < kDay + 2; ++day)
    for (std::uint64_t i = 0; i < 40; ++i) lake.attack(day, 0x03000000 + i, "BR", 64'501);
  lake.write(kDay - 30, kDay + 4);
  const auto session = lake.session();
  const auto all = take(drdos_rises(*session, {}, kDay - 30, kDay + 4));
  ASSERT_EQ(all.size(), 1u);
  ASSERT_TRUE(all[0].end_ms);
  EXPECT_EQ(*all[0].end_ms, (kDay + 2) * 86'400'000);
  std::vector<std::string> ids;
  for (std::int64_t day = kDay - 2; day < kDay + 4; ++day)
    for (const Incident& one : take(drdos_rises(*session, {}, day, day + 1))) ids.push_back(one.id);
  EXPECT_GE(ids.size(), 2u);
  for (const std::string& id : ids) EXPECT_EQ(id, all[0].id);
}

/// A year's part of ordinary attacks, and two days of many more.
class LongDrdosLake : public DrdosLake {
 public:
  LongDrdosLake() {
    for (std::int64_t day = kDay - 180; day < kDay + 4; ++day)
      for (std::uint64_t i = 0; i < 10; ++i) attack(day, 0x02000000 + static_cast<std::uint64_t>(day) * 16 + i, "BR", 64'500);
    for (std::int64_t day = kDay; day < kDay + 2; ++day)
      for (std::uint64_t i = 0; i < 60; ++i) attack(day, 0x03000000 + i, "BR", 64'501);
    write(kDay - 180, kDay + 4);
  }
  std::vector<Incident> judged(std::int64_t from_day, std::int64_t to_day, std::int64_t days_before) const {
    QueryOptions options;
    options.from_day = from_day - days_before;
    return take(drdos_rises(*session(options), {}, from_day, to_day, options.from_day));
  }
};

TEST(DrdosRises, InASessionOfTheDaysBeforeItIsTheSameIncident) {
  const LongDrdosLake lake;
  const auto all = take(drdos_rises(*lake.session(), {}, kDay - 180, kDay + 4));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].onset_ms, (kDay * 86'400 + 3600) * 1000);
  for (const std::int64_t from_day : {kDay - 30, kDay - 1, kDay, kDay + 1}) {
    const auto found = lake.judged(from_day, kDay + 4, 140);
    ASSERT_EQ(found.size(), 1u) << from_day - kDay;
    EXPECT_EQ(found[0].id, all[0].id);
    EXPECT_EQ(found[0].expected, all[0].expected);
  }
}

TEST(DrdosRises, DaysThatTheSessionDoesNotShowWereNotQuiet) {
  const LongDrdosLake lake;
  EXPECT_THAT(lake.judged(kDay - 50, kDay, 60), IsEmpty());
  EXPECT_EQ(lake.judged(kDay - 50, kDay + 4, 60).size(), 1u);
}

// One victim of thirty services a day, then 28 of one service: more victims, and fewer attacks.
TEST(DrdosRises, WhereVictimsRiseAndAttacksFallTheNetworkOfTheNewVictimsIsTheCause) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 12; day < kDay; ++day)
    for (std::int64_t service = 0; service < 30; ++service) lake.attack(day, 0x02000000, "BR", 64'500, service * 1000);
  for (std::uint64_t i = 0; i < 28; ++i) lake.attack(kDay, 0x03000000 + i, "BR", 64'501);
  lake.write(kDay - 12, kDay + 1);
  const auto session = lake.session();
  const auto found = take(drdos_rises(*session, {}, kDay - 12, kDay + 1));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_LT(found[0].observed, found[0].expected);
  EXPECT_EQ(found[0].population, "country=BR and asn=64501");
  ASSERT_EQ(found[0].explanation.size(), 2u);
  EXPECT_EQ(found[0].explanation[1].attributes[1].value, "64501");
}

TEST(DrdosRises, OneVictimOfManyReflectorsAndServicesIsNoRise) {
  DrdosLake lake;
  for (std::int64_t day = kDay - 30; day <= kDay; ++day) lake.attack(day, 0x02000000 + static_cast<std::uint64_t>(day), "BR", 64'500);
  for (std::int64_t i = 0; i < 20; ++i) lake.attack(kDay, 0x03000000, "DE", 64'501, i * 1000);
  lake.write(kDay - 30, kDay + 1);
  const auto session = lake.session();
  EXPECT_THAT(take(drdos_rises(*session, {}, kDay - 30, kDay + 1)), IsEmpty());
}

Incident drdos(const std::string& id, const std::string& country, std::int64_t onset_day, std::optional<std::int64_t> end_day) {
  Incident one;
  one.id = id;
  one.kind = IncidentKind::drdos;
  one.country = country;
  one.onset_ms = onset_day * 86'400'000;
  if (end_day) one.end_ms = *end_day * 86'400'000;
  return one;
}

TEST(DrdosRises, WhatWasPublishedStaysOneIncidentWhenAnotherNetworkComesToCarryIt) {
  const std::map<std::string, Incident> known = {{"open", drdos("open", "JP", 100, {})},
                                                 {"over", drdos("over", "BR", 100, 110)},
                                                 {"again", drdos("again", "US", 100, {})},
                                                 {"late", drdos("late", "KR", 150, {})}};
  std::vector<Incident> rises = {drdos("joined", "JP", 98, {}), drdos("other", "JP", 130, {}),  drdos("new", "BR", 111, {}),
                                 drdos("again", "US", 100, {}), drdos("second", "US", 140, {}), drdos("young", "KR", 151, {})};
  keep_known_drdos(known, 120LL * 86'400'000, rises);
  std::vector<std::string> ids;
  for (const Incident& one : rises) ids.push_back(one.id);
  EXPECT_THAT(ids, testing::ElementsAre("open", "other", "new", "again", "second", "young"));
  EXPECT_EQ(rises[0].onset_ms, 100LL * 86'400'000);
}

}  // namespace
}  // namespace nightjar
