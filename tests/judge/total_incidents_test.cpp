#include "judge/total_incidents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
      lake_.flood({.id = "", .victim = 0xC6336401 + n, .from = kMidnight, .to = kMidnight + 60, .per_minute = packets});
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

}  // namespace
}  // namespace nightjar
