#include "judge/total_incidents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "exposure/darknet_lake.hpp"

namespace nightjar {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMidnight = kDay * kMinutesOfDay;

/// A darknet with ten packets a minute for ten days before kDay and on it, and answers of victims without a row in attacks.
class Totals : public ::testing::Test {
 protected:
  Totals() { lake_.hum_days(kDay - 10, kDay + 1, 10); }
  /// `victims` servers answer `packets` a minute each during an hour of kDay.
  void answers(std::uint64_t victims, std::uint64_t packets) {
    for (std::uint64_t n = 0; n < victims; ++n)
      lake_.flood({.id = "", .victim = 0xC6336401 + n, .from = kMidnight + 300, .to = kMidnight + 360, .per_minute = packets});
  }
  std::vector<Incident> told(double scans = 0) {
    if (scans > 0) lake_.add(kMidnight + 30, 6, 1, static_cast<std::uint64_t>(scans));
    lake_.write();
    const auto snapshot = take(lake_.lake().snapshot());
    const auto session = lake_.session();
    const auto health = take(sensor_health(*session, {}, kDay - 10, kDay + 1));
    const auto totals = take(total_rises(*session, {}, health.days, kDay - 10, kDay + 1));
    const DaySessions days(snapshot, 1);
    std::vector<Incident> incidents;
    take(add_unexplained_totals({*session, days, health.days, kDay + 1}, totals, incidents));
    return incidents;
  }
  DarknetLake lake_;
};

TEST_F(Totals, AQuietDarknetHasNone) { EXPECT_THAT(told(), IsEmpty()); }

TEST_F(Totals, ARiseOfFewVictimsAnswersIsBackscatter) {
  answers(4, 100);
  const auto incidents = told();
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].kind, IncidentKind::packet_spike);
  EXPECT_EQ(incidents[0].protocol, 6);
  EXPECT_EQ(incidents[0].cause, Cause::dos_backscatter);
  EXPECT_EQ(incidents[0].confidence, Confidence::probable);
  EXPECT_EQ(incidents[0].victims, 4U);
  EXPECT_EQ(incidents[0].onset_ms, (kMidnight + 300) * 60'000);  // the hour, not the day
}

TEST_F(Totals, OfManyAnswersItIsOnlyPossible) {
  answers(400, 1);
  const auto incidents = told();
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].cause, Cause::dos_backscatter);
  EXPECT_EQ(incidents[0].confidence, Confidence::possible);
  EXPECT_EQ(incidents[0].victims, 400U);
}

TEST_F(Totals, WhereScansCarryMostOfTheRiseItIsNone) {
  answers(4, 40);
  const auto incidents = told(20'000);
  ASSERT_THAT(incidents, SizeIs(1));
  EXPECT_EQ(incidents[0].cause, Cause::unknown);
  EXPECT_EQ(incidents[0].victims, 0U);
}

/// A darknet of 180 days; on four days from kDay on it gets 1.8 times as much TCP.
class LongTotals : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    lake_ = std::make_unique<DarknetLake>();
    for (std::int64_t minute = (kDay - 170) * kMinutesOfDay; minute < (kDay + 10) * kMinutesOfDay; minute += 20) {
      const bool risen = minute >= kMidnight && minute < kMidnight + 4 * kMinutesOfDay;
      lake_->add(minute, 6, 1, risen ? 331 : 180);
      lake_->add(minute, 17, 3, 20);
    }
    lake_->write();
  }
  static void TearDownTestSuite() { lake_.reset(); }
  /// As the program judges it: `from_day` is the first that is told anew.
  static std::vector<Incident> told(std::int64_t from_day, const std::vector<Incident>& earlier = {}) {
    constexpr std::int64_t to_day = kDay + 10;
    QueryOptions seen;
    seen.from_day = from_day - 140;
    seen.to_day = to_day;
    const auto session = lake_->session(seen);
    const auto health = take(sensor_health(*session, {}, seen.from_day + 28, to_day));
    const auto totals = take(total_rises(*session, {}, health.days, from_day - kDaysOfTotalsBefore, to_day, seen.from_day));
    const DaySessions days(take(lake_->lake().snapshot()), 1);
    std::vector<Incident> incidents;
    take(add_unexplained_totals({*session, days, health.days, to_day, from_day, &earlier}, totals, incidents));
    return incidents;
  }
  static std::unique_ptr<DarknetLake> lake_;
};
std::unique_ptr<DarknetLake> LongTotals::lake_;

TEST_F(LongTotals, ARiseOfSeveralDaysIsOneIncidentWhereverTheBorderLies) {
  const auto all = told(kDay - 170);
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].onset_ms, kDay * 86'400'000);
  EXPECT_EQ(all[0].end_ms, (kDay + 4) * 86'400'000);
  EXPECT_EQ(all[0].level_now, 72 * 180);  // not that of the peak
  for (const std::int64_t from_day : {kDay - 5, kDay, kDay + 1, kDay + 2, kDay + 3}) {
    const auto found = told(from_day);
    ASSERT_THAT(found, SizeIs(1)) << from_day - kDay;
    EXPECT_EQ(found[0].id, all[0].id);
    EXPECT_EQ(found[0].onset_ms, all[0].onset_ms);
    EXPECT_EQ(found[0].expected, all[0].expected);
  }
  EXPECT_THAT(told(kDay + 4), IsEmpty());
}

TEST_F(LongTotals, DaysThatAnEarlierIncidentAccountsForAreNotOfIt) {
  Incident flood;
  flood.kind = IncidentKind::dos_victim;
  flood.protocol = 6;
  flood.onset_ms = kDay * 86'400'000;
  flood.end_ms = (kDay + 2) * 86'400'000;
  for (const std::int64_t day : {kDay, kDay + 1}) flood.days.push_back({day, 331 * 72, 180 * 72, 0, false});
  const auto found = told(kDay + 3, {flood});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].onset_ms, (kDay + 2) * 86'400'000);
}

TEST_F(LongTotals, WhatATotalWasToldOfBeforeIsNotAccountedForByItself) {
  const auto before = told(kDay);
  ASSERT_THAT(before, SizeIs(1));
  EXPECT_THAT(told(kDay + 2, before), SizeIs(1));
}

}  // namespace
}  // namespace nightjar
