#include "exposure/exposure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exposure/darknet_lake.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kFirst = kDay - 6;  ///< of the data of most tests, which end with kDay
constexpr std::int64_t kMidnightMinute = kDay * kMinutesOfDay;

/// "cause sensor onset end", minutes counted from the midnight of kDay on; "-" for one that goes on.
std::vector<std::string> lines(const SensorHealth& health) {
  std::vector<std::string> all;
  const auto minute = [](std::int64_t ms) { return std::to_string(ms / 60'000 - kMidnightMinute); };
  for (const Incident& incident : health.incidents) {
    EXPECT_EQ(incident.kind, IncidentKind::sensor);
    EXPECT_EQ(incident.id.size(), 16u);
    all.push_back(std::string(name_of(incident.cause)) + " " + incident.sensor + " " + minute(incident.onset_ms) + " " +
                  (incident.end_ms ? minute(*incident.end_ms) : "-"));
  }
  return all;
}

class SensorHealthTest : public ::testing::Test {
 protected:
  SensorHealth judge(std::int64_t from = kFirst, std::int64_t to = kDay + 1, const Rules& rules = {}) {
    const auto session = lake_.session();
    return take(sensor_health(*session, rules, from, to));
  }
  DarknetLake lake_{Names{"north", "south", "pot"}};
};

TEST_F(SensorHealthTest, QuietDaysAreWholeAndNothingIsSaid) {
  lake_.hum_days(kFirst, kDay + 1, 2);
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(lines(health), IsEmpty());
  EXPECT_EQ(health.days.size(), 7u);
  for (const auto& [day, exposure] : health.days) EXPECT_EQ(exposure, (Exposure{64, 1, false})) << day;
}

TEST_F(SensorHealthTest, ALakeOfAHoneypotHasNoDarknetDays) {
  lake_.kind(0, SensorKind::honeypot);
  lake_.hum_days(kFirst, kDay + 1, 2);
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(health.days, IsEmpty());
  EXPECT_THAT(health.incidents, IsEmpty());
}

TEST_F(SensorHealthTest, EightHoursWithoutPacketsAreOneSilenceAcrossMidnight) {
  lake_.hum_days(kFirst, kDay + 1, 5);
  lake_.hush(kMidnightMinute - 360, kMidnightMinute + 120);
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(lines(health), ElementsAre("sensor-silent north -360 120"));
  EXPECT_EQ(health.incidents[0].observed, 480);
  EXPECT_EQ(health.incidents[0].expected, 0);
  EXPECT_EQ(health.incidents[0].metric, Metric::minutes);
  EXPECT_EQ(health.incidents[0].confidence, Confidence::confirmed);
  EXPECT_DOUBLE_EQ(health.days.at(kDay - 1).address_days, 64 * 0.75);
  EXPECT_DOUBLE_EQ(health.days.at(kDay).coverage, 1 - 2 / 24.0);
  EXPECT_FALSE(health.days.at(kDay - 1).trouble);
}

TEST_F(SensorHealthTest, ASilenceOfMoreThanHalfADayIsTrouble) {
  lake_.hum_days(kFirst, kDay + 1, 5);
  lake_.hush(kMidnightMinute - 1000, kMidnightMinute - 200);
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_TRUE(health.days.at(kDay - 1).trouble);
  EXPECT_FALSE(health.days.at(kDay).trouble);
}

TEST_F(SensorHealthTest, SixtyMinutesAreSilenceAndFiftyNineAreNot) {
  lake_.hum_days(kFirst, kDay + 1, 30);
  lake_.hush(kMidnightMinute + 100, kMidnightMinute + 160);
  lake_.hush(kMidnightMinute + 400, kMidnightMinute + 459);
  lake_.write();
  EXPECT_THAT(lines(judge()), ElementsAre("sensor-silent north 100 160"));
}

TEST_F(SensorHealthTest, AShorterLimitFindsPausesWithinAnHour) {
  lake_.hum_days(kFirst, kDay + 1, 30);
  lake_.hush(kMidnightMinute + 125, kMidnightMinute + 135);
  lake_.write();
  Rules rules;
  rules.silence_minutes = 10;
  EXPECT_THAT(lines(judge(kFirst, kDay + 1, rules)), ElementsAre("sensor-silent north 125 135"));
}

TEST_F(SensorHealthTest, AnHourWithoutPacketsIsChanceForASensorThatGetsFiveAnHour) {
  lake_.hum_days(kFirst, kDay + 1, 5.0 / 60);
  lake_.hush(kMidnightMinute + 100, kMidnightMinute + 200);
  lake_.write();
  EXPECT_THAT(lines(judge()), IsEmpty());
}

// Five an hour for eight hours: e^-40.
TEST_F(SensorHealthTest, EightHoursAreNoChanceForItEither) {
  lake_.hum_days(kFirst, kDay + 1, 5.0 / 60);
  lake_.hush(kMidnightMinute + 100, kMidnightMinute + 580);
  lake_.write();
  ASSERT_EQ(judge().incidents.size(), 1u);
  EXPECT_GE(judge().incidents[0].observed, 480);
}

TEST_F(SensorHealthTest, PacketsInBurstsAreNoReasonToExpectThemEachMinute) {
  // A thousand packets a day, all in the first minute of each third hour.
  for (std::int64_t minute = kFirst * kMinutesOfDay; minute < (kDay + 1) * kMinutesOfDay; minute += 180) lake_.add(minute, 6, 1, 125);
  lake_.write();
  EXPECT_THAT(lines(judge()), IsEmpty());
}

TEST_F(SensorHealthTest, DataThatBeginAndEndWithinADayCoverLessButAreNoSilence) {
  lake_.hum(kFirst * kMinutesOfDay + 900, kMidnightMinute + 360, 5);
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(lines(health), IsEmpty());
  EXPECT_NEAR(health.days.at(kFirst).coverage, 540.0 / 1440, 0.002);
  EXPECT_TRUE(health.days.at(kFirst).trouble);
  EXPECT_NEAR(health.days.at(kDay).coverage, 0.25, 0.002);
}

TEST_F(SensorHealthTest, ASensorThatStopsWhileAnotherGoesOnIsSilentToTheEnd) {
  lake_.hum_days(kFirst, kDay + 1, 5, 0);
  lake_.hum(kFirst * kMinutesOfDay, kMidnightMinute - 2880 + 600, 5, 1);
  lake_.write();
  const SensorHealth health = judge();
  ASSERT_EQ(health.incidents.size(), 1u);
  EXPECT_EQ(health.incidents[0].sensor, "south");
  EXPECT_FALSE(health.incidents[0].end_ms);
  EXPECT_NEAR(health.incidents[0].observed, 2880 - 600 + 1440, 5);
  EXPECT_NEAR(health.days.at(kDay - 1).coverage, 0.5, 0.001);
  EXPECT_NEAR(health.days.at(kDay - 1).address_days, 64, 0.001);
}

TEST_F(SensorHealthTest, ADarknetThatStopsWhileAHoneypotGoesOnIsSilentToo) {
  lake_.kind(2, SensorKind::honeypot);
  lake_.hum_days(kFirst, kDay, 5, 0);
  lake_.hum_days(kFirst, kDay + 1, 5, 2);
  lake_.write();
  const SensorHealth health = judge();
  ASSERT_EQ(health.incidents.size(), 1u);
  EXPECT_EQ(health.incidents[0].sensor, "north");
  EXPECT_TRUE(health.days.at(kDay).trouble);
  EXPECT_EQ(health.days.at(kDay).address_days, 0);
}

TEST_F(SensorHealthTest, ASensorThatWasTakenAwayLongAgoIsNotMissedForever) {
  lake_.hum_days(kFirst - 20, kDay + 1, 5, 0);
  lake_.hum_days(kFirst - 20, kFirst - 15, 5, 1);
  lake_.addresses(kFirst - 20, kDay + 1, 1024, 1);
  lake_.write();
  const SensorHealth health = judge(kFirst - 20, kDay + 1);
  EXPECT_TRUE(health.days.at(kFirst - 14).trouble);
  EXPECT_EQ(health.days.at(kDay), (Exposure{64, 1, false}));
}

TEST_F(SensorHealthTest, AMissingWeekIsOneSilenceAndItsDaysHaveNoExposure) {
  lake_.hum_days(kDay - 20, kDay - 9, 5);
  lake_.hum_days(kDay - 2, kDay + 1, 5);
  lake_.write();
  const SensorHealth health = judge(kDay - 20, kDay + 1);
  ASSERT_EQ(health.incidents.size(), 1u);
  EXPECT_NEAR(health.incidents[0].observed, 7 * 1440, 5);
  for (std::int64_t day = kDay - 9; day < kDay - 2; ++day) {
    if (!health.days.contains(day)) continue;
    EXPECT_EQ(health.days.at(day).address_days, 0);
    EXPECT_TRUE(health.days.at(day).trouble);
  }
  EXPECT_DOUBLE_EQ(health.days.at(kDay).coverage, 1);
}

TEST_F(SensorHealthTest, ASilenceThatBeganLongBeforeTheJudgedDaysIsTheSameIncident) {
  lake_.hum_days(kDay - 50, kDay - 40, 5);
  lake_.hum(kMidnightMinute + 60, kMidnightMinute + kMinutesOfDay, 5);
  lake_.write();
  const SensorHealth all = judge(kDay - 50, kDay + 1), one = judge(kDay, kDay + 1);
  ASSERT_EQ(all.incidents.size(), 1u);
  ASSERT_EQ(one.incidents.size(), 1u);
  EXPECT_EQ(one.incidents[0].id, all.incidents[0].id);
  EXPECT_EQ(one.incidents[0].end_ms, all.incidents[0].end_ms);
}

TEST_F(SensorHealthTest, DayByDayItFindsTheSame) {
  lake_.hum_days(kFirst, kDay + 1, 5);
  lake_.hush(kMidnightMinute - 2000, kMidnightMinute - 1300);
  lake_.addresses(kDay, kDay + 1, 32);
  lake_.ledger(kDay - 3).kernel_drops = 10'000;
  lake_.write();
  const SensorHealth all = judge();
  std::map<std::string, std::string> ids;
  std::map<std::int64_t, Exposure> days;
  for (std::int64_t day = kFirst; day <= kDay; ++day) {
    const SensorHealth one = judge(day, day + 1);
    for (const Incident& incident : one.incidents) ids[incident.id] = name_of(incident.cause);
    days.insert(one.days.begin(), one.days.end());
  }
  EXPECT_EQ(days, all.days);
  ASSERT_EQ(all.incidents.size(), 3u);
  EXPECT_EQ(ids.size(), 3u);
  for (const Incident& incident : all.incidents) EXPECT_TRUE(ids.contains(incident.id)) << name_of(incident.cause);
}

TEST_F(SensorHealthTest, DropsAboveAHundredthSpoilTheDay) {
  lake_.hum_days(kFirst, kDay + 1, 10);  // 14,400 a day
  lake_.ledger(kDay - 2).kernel_drops = 100;
  lake_.ledger(kDay - 1).kernel_drops = 300;
  lake_.ledger(kDay).kernel_drops = 400;
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(lines(health), ElementsAre("sensor-drops north -1440 -"));
  EXPECT_EQ(health.incidents[0].packets, 700u);
  EXPECT_FALSE(health.days.at(kDay - 2).trouble);
  EXPECT_TRUE(health.days.at(kDay - 1).trouble);
  EXPECT_TRUE(health.days.at(kDay).trouble);
}

TEST_F(SensorHealthTest, AClockThatSteppedSpoilsTheDay) {
  lake_.hum_days(kFirst, kDay + 1, 10);
  lake_.ledger(kDay - 1).clock_steps = 1;
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(lines(health), ElementsAre("sensor-clock north -1440 0"));
  EXPECT_TRUE(health.days.at(kDay - 1).trouble);
}

TEST_F(SensorHealthTest, AChangeOfSizeIsSaidAndDividedByButSpoilsNothing) {
  lake_.hum_days(kFirst, kDay + 1, 10);
  lake_.addresses(kDay - 2, kDay + 1, 56);
  lake_.write();
  const SensorHealth health = judge();
  EXPECT_THAT(lines(health), ElementsAre("sensor-size north -2880 -2880"));
  EXPECT_EQ(health.incidents[0].expected, 64);
  EXPECT_EQ(health.incidents[0].observed, 56);
  EXPECT_EQ(health.days.at(kDay - 3), (Exposure{64, 1, false}));
  EXPECT_EQ(health.days.at(kDay - 2), (Exposure{56, 1, false}));
}

TEST_F(SensorHealthTest, AFewAddressesMoreOrLessAreNoIncident) {
  lake_.hum_days(kFirst, kDay + 1, 10);
  lake_.addresses(kDay - 2, kDay + 1, 62);  // 3 %
  lake_.write();
  EXPECT_THAT(lines(judge()), IsEmpty());
}

TEST_F(SensorHealthTest, ASensorOfUnknownSizeCountsAsOneAddress) {
  lake_.hum_days(kFirst, kDay + 1, 10);
  lake_.addresses(kFirst, kDay + 1, 0);
  lake_.write();
  EXPECT_EQ(judge().days.at(kDay), (Exposure{1, 1, false}));
}

constexpr std::int64_t kMsPerMinute = 60'000;

TEST_F(SensorHealthTest, WhileTheOnlyDarknetIsSilentNobodyWatches) {
  lake_.hum_days(kFirst, kDay + 1, 5);
  lake_.hush(kMidnightMinute - 360, kMidnightMinute + 120);
  lake_.write();
  EXPECT_THAT(judge().unwatched,
              ElementsAre(UnwatchedTime{(kMidnightMinute - 360) * kMsPerMinute, (kMidnightMinute + 120) * kMsPerMinute}));
}

TEST_F(SensorHealthTest, WhileOneOfTwoDarknetsIsSilentTheOtherWatches) {
  lake_.hum_days(kFirst, kDay + 1, 5, 0);
  lake_.hum_days(kFirst, kDay + 1, 5, 1);
  lake_.hush(kMidnightMinute - 360, kMidnightMinute + 120, 0);
  lake_.hush(kMidnightMinute + 60, kMidnightMinute + 300, 1);
  lake_.write();
  EXPECT_THAT(judge().unwatched, ElementsAre(UnwatchedTime{(kMidnightMinute + 60) * kMsPerMinute, (kMidnightMinute + 120) * kMsPerMinute}));
}

TEST_F(SensorHealthTest, ADarknetThatHasNotBegunDoesNotWatch) {
  lake_.hum_days(kFirst, kDay + 1, 5, 0);
  lake_.hum_days(kDay, kDay + 1, 5, 1);
  lake_.hush(kMidnightMinute - 720, kMidnightMinute - 360, 0);
  lake_.write();
  EXPECT_THAT(judge().unwatched,
              ElementsAre(UnwatchedTime{(kMidnightMinute - 720) * kMsPerMinute, (kMidnightMinute - 360) * kMsPerMinute}));
}

TEST(Unwatched, IsToldOfWhatBeginsThenOrInTheSameHour) {
  constexpr std::int64_t from = kMidnightMinute * kMsPerMinute, to = from + 120 * kMsPerMinute;
  const auto told = [&](std::int64_t onset, IncidentKind kind = IncidentKind::host_spike) {
    Incident incident;
    incident.kind = kind;
    incident.onset_ms = onset;
    tell_unwatched(incident, {{from, to}});
    EXPECT_TRUE(incident.unwatched_to_ms == 0 || (incident.unwatched_from_ms == from && incident.unwatched_to_ms == to));
    return incident.unwatched_to_ms != 0;
  };
  EXPECT_FALSE(told(from - 1));
  EXPECT_TRUE(told(from));
  EXPECT_TRUE(told(to));
  EXPECT_TRUE(told(to + 59'999)) << "an exact onset in the minute after";
  EXPECT_FALSE(told(to + 50 * kMsPerMinute)) << "the darknet had watched for 50 minutes without it";
  const std::int64_t between = to - 30 * kMsPerMinute;
  Incident hourly;
  hourly.onset_ms = to;
  tell_unwatched(hourly, {{from, between}});
  EXPECT_NE(hourly.unwatched_to_ms, 0) << "told by the hour, it may have begun before the hour's end";
  EXPECT_FALSE(told(to + 60 * kMsPerMinute));
  EXPECT_TRUE(told(to, IncidentKind::dos_victim));
  EXPECT_FALSE(told(to, IncidentKind::sensor));
  EXPECT_FALSE(told(to, IncidentKind::new_payload));
}

/// 2,000 packets a day, and on the day before kDay what is said.
class DeliveredTwice : public SensorHealthTest {
 protected:
  DeliveredTwice() {
    lake_.knock(kFirst, kBefore, {.sources = 2'000});
    lake_.knock(kDay, kDay + 1, {.sources = 2'000});
  }
  /// Of 2,000 sources so many came twice.
  void twice(std::uint64_t sources) {
    lake_.knock(kBefore, kDay, {.sources = sources, .packets = 2});
    lake_.knock(kBefore, kDay, {.sources = 2'000 - sources, .first_source = 0x64500000});
  }
  void expect_trouble(double packets) {
    lake_.write();
    const SensorHealth health = judge();
    ASSERT_THAT(lines(health), ElementsAre("sensor-repeated north -1440 0"));
    EXPECT_EQ(health.incidents[0].observed, packets);
    EXPECT_EQ(health.incidents[0].expected, 2'000);
    EXPECT_TRUE(health.days.at(kBefore).trouble);
    EXPECT_FALSE(health.days.at(kDay).trouble);
  }
  void expect_none() {
    lake_.write();
    EXPECT_THAT(lines(judge()), IsEmpty());
  }
  static constexpr std::int64_t kBefore = kDay - 1;
};

TEST_F(DeliveredTwice, ADayIsTrouble) {
  twice(2'000);
  expect_trouble(4'000);
}

TEST_F(DeliveredTwice, ADayWithoutEveryFiftiethPacketTheSecondTimeIsTrouble) {
  twice(1'960);
  expect_trouble(3'960);
}

TEST_F(DeliveredTwice, HalfADayIsTrouble) {
  twice(1'000);
  expect_trouble(3'000);
}

TEST_F(DeliveredTwice, InTwoBatchesItIsTheSame) {
  lake_.knock(kBefore, kDay, {.sources = 2'000});
  lake_.knock(kBefore, kDay, {.sources = 1'960, .other_file = true});
  expect_trouble(3'960);
}

TEST_F(DeliveredTwice, ADayWithTwiceAsMuchTrafficIsNoSuchDay) {
  lake_.knock(kBefore, kDay, {.sources = 4'000});
  expect_none();
}

TEST_F(DeliveredTwice, NorIsOneWithAWaveWhoseHostsAskAgainAfterASecond) {
  lake_.knock(kBefore, kDay, {.sources = 2'000});
  lake_.knock(kBefore, kDay, {.sources = 20'000, .first_source = 0x64500000, .packets = 2, .after = 1});
  expect_none();
}

TEST_F(DeliveredTwice, ASwitchThatMirrorsEveryPacketTwiceHasNoSuchDays) {
  lake_.knock(kFirst, kDay + 1, {.sources = 2'000, .packets = 2, .sensor = 1});
  lake_.knock(kBefore, kDay, {.sources = 2'000});
  lake_.knock(kBefore, kDay, {.sources = 2'000, .first_source = 0x64500000, .packets = 2, .sensor = 1});
  lake_.write();
  EXPECT_THAT(lines(judge()), IsEmpty()) << "its first day is like those after it";
}

}  // namespace
}  // namespace nightjar
