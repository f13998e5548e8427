// What makes a victim of denial of service out of backscatter: the definitions' edges, one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/backscatter_log.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class VictimRules : public ::testing::Test {
 protected:
  std::vector<std::string> found(const std::string& definition = "corsaro2") {
    VictimLake at;
    at.add_piece(log_);
    at.detect(definition);
    return at.attacks(definition);
  }
  /// So many packets in `span_ms`, the first and the last included.
  void spread(int count, std::int64_t span_ms, std::int64_t begin_ms = kMidnightMs) {
    for (int i = 0; i < count; ++i)
      log_.add({.time_ms = begin_ms + span_ms * i / (count - 1), .destination = static_cast<std::uint8_t>(i)});
  }

  BackscatterLog log_;
};

TEST_F(VictimRules, TwentyFivePacketsAreEnoughAndTwentyFourAreNot) {
  // Thirty in 60 seconds are more than 25 already, so the window is not asked for here.
  spread(24, 60 * kSecond);
  EXPECT_THAT(found("corsaro2 with peak 1"), IsEmpty());
  log_.add({.time_ms = kMidnightMs + 30 * kSecond});
  EXPECT_THAT(found("corsaro2 with peak 1"), ElementsAre("single 198.51.100.1/32 6 80 25 0 60000"));
}

TEST_F(VictimRules, SixtySecondsFromFirstToLastAreEnoughAndAMillisecondLessIsNot) {
  spread(40, 60 * kSecond - 1);
  EXPECT_THAT(found(), IsEmpty());
  log_.add({.time_ms = kMidnightMs + 60 * kSecond});
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 6 80 41 0 60000"));
}

TEST_F(VictimRules, FiftyNineSecondsAreNotEnoughHoweverManyPackets) {
  spread(100'000, 59 * kSecond);
  EXPECT_THAT(found(), IsEmpty());
  spread(100'000, 59 * kSecond, kMidnightMs + kHour + 30 * kSecond);
  EXPECT_THAT(found(), IsEmpty()) << "in two minutes of the clock neither";
}

TEST_F(VictimRules, ThirtyPacketsInAWindowAreEnoughAndTwentyNineAreNot) {
  log_.add({.time_ms = kMidnightMs}, 29, kSecond);
  log_.add({.time_ms = kMidnightMs + 3 * kMinute}, 29, kSecond);
  EXPECT_THAT(found(), IsEmpty());
  log_.add({.time_ms = kMidnightMs + 3 * kMinute});
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 6 80 59 0 208000"));
}

TEST_F(VictimRules, TheWindowSlidesByTenSecondsOverMinutesAndHours) {
  // 15 packets in the last 20 seconds of an hour and 15 in the first 40 of the next one: no minute of the clock has 30.
  log_.add({.time_ms = kMidnightMs + kHour - 5 * kMinute});
  log_.add({.time_ms = kMidnightMs + kHour - 20 * kSecond}, 15, kSecond);
  log_.add({.time_ms = kMidnightMs + kHour + 40 * kSecond - 1}, 15, -kSecond);
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 6 80 31 3300000 3639999"));
}

TEST_F(VictimRules, TheWindowIsNoLongerThanSixtySeconds) {
  // A window from 20 s before the hour ends 40 s after it: what comes then lies in a later one.
  log_.add({.time_ms = kMidnightMs + kHour - 5 * kMinute});
  log_.add({.time_ms = kMidnightMs + kHour - 20 * kSecond}, 15, 100);
  log_.add({.time_ms = kMidnightMs + kHour + 40 * kSecond}, 15, 100);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(VictimRules, TheWindowSlidesOverMidnight) {
  log_.add({.time_ms = kMidnightMs - 2 * kMinute});
  log_.add({.time_ms = kMidnightMs - 10 * kSecond}, 15, 100);
  log_.add({.time_ms = kMidnightMs + 49 * kSecond}, 15, 10);
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 6 80 31 -120000 49140"));
}

TEST_F(VictimRules, Corsaro2GoesOnAfter300SecondsOfSilenceAndEndsAfterMore) {
  for (const std::int64_t silence : {299 * kSecond, 300 * kSecond, 300 * kSecond + 1, 301 * kSecond}) {
    log_ = {};
    spread(61, kMinute);
    spread(61, kMinute, kMidnightMs + kMinute + silence);
    EXPECT_THAT(found(), SizeIs(silence <= 300 * kSecond ? 1 : 2)) << silence;
  }
}

TEST_F(VictimRules, Corsaro3EndsAfterOneMinuteOfTheClockWithoutAPacket) {
  // Two minutes less a second may lie between two packets without a silent minute of the clock, and 61 seconds may hold one.
  spread(61, kMinute - 1, kMidnightMs);
  log_.add({.time_ms = kMidnightMs + kMinute});
  spread(61, kMinute, kMidnightMs + 3 * kMinute - 1);
  EXPECT_THAT(found("corsaro3"), ElementsAre("single 198.51.100.1/32 6 80 123 0 239999"));
  log_ = {};
  spread(62, kMinute + 59 * kSecond);
  spread(61, kMinute, kMidnightMs + 3 * kMinute);
  EXPECT_THAT(found("corsaro3"), ElementsAre("single 198.51.100.1/32 6 80 62 0 119000", "single 198.51.100.1/32 6 80 61 180000 240000"));
}

TEST_F(VictimRules, ASilentTimeOf299SecondsIsOneAttackOverDays) {
  for (int i = 0; i < 3 * 24 * 12; ++i) log_.add({.time_ms = kMidnightMs + i * 299 * kSecond});
  log_.add({.time_ms = kMidnightMs + kWholeDay}, 40, kSecond);
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 6 80 904 0 " + std::to_string(863 * 299 * kSecond)));
}

TEST_F(VictimRules, PortsOfOneVictimAreOneAttackAndProtocolsAndSensorsAreNot) {
  for (std::uint16_t port = 1; port <= 40; ++port) log_.add({.time_ms = kMidnightMs + port * 2 * kSecond, .port = port});
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 6 0 40 2000 80000"));
  log_ = {};
  for (int i = 0; i < 20; ++i) {
    log_.add({.time_ms = kMidnightMs + i * 4 * kSecond, .protocol = 6});
    log_.add({.time_ms = kMidnightMs + i * 4 * kSecond, .protocol = 17});
    log_.add({.time_ms = kMidnightMs + i * 4 * kSecond, .sensor = 1});
  }
  EXPECT_THAT(found(), IsEmpty()) << "20 packets each";
}

TEST_F(VictimRules, UdpAndIcmpCountToo) {
  log_.add({.time_ms = kMidnightMs, .port = 53, .protocol = 17}, 70, kSecond);
  log_.add({.time_ms = kMidnightMs, .victim = 0xC6336402, .port = 0, .protocol = 1}, 70, kSecond);
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.1/32 17 53 70 0 69000", "single 198.51.100.2/32 1 0 70 0 69000"));
}

TEST_F(VictimRules, AnAttackSaysAllThatIsKnownOfIt) {
  VictimLake at;
  at.add_sensor(0, 64);
  log_.add({.time_ms = kMidnightMs, .port = 123, .protocol = 17}, 120, kSecond);
  log_.add({.time_ms = kMidnightMs + 30 * kSecond, .port = 123, .protocol = 17, .mismatch = true});
  at.add_piece(log_);
  at.detect();
  EXPECT_THAT(at.ask("SELECT level, sensor, sensors, victims, service, ports, bytes_in, bytes_out, peak_per_minute, destinations, "
                     "mismatches, country, asn, parent FROM attacks"),
              ElementsAre("1 dark-1 1 1 ntp 1 5324 0 61 64 1 DE 24940 "));
}

TEST_F(VictimRules, AnIPv6VictimIsOne) {
  log_.add({.time_ms = kMidnightMs, .victim = 0x20010db800000001}, 70, kSecond);
  EXPECT_THAT(found(), ElementsAre("single 2001:db8:0:1::/128 6 80 70 0 69000"));
}

TEST_F(VictimRules, OnlyDarknetsAreJudged) {
  VictimLake at({"dark-1", "pot", "new"});
  at.add_sensor(0, 256);
  at.add_sensor(1, 4, SensorKind::honeypot);
  for (std::uint16_t sensor = 0; sensor < 3; ++sensor) log_.add({.time_ms = kMidnightMs, .sensor = sensor}, 70, kSecond);
  at.add_piece(log_);
  at.detect();
  EXPECT_THAT(at.ask("SELECT sensor FROM attacks ORDER BY sensor"), ElementsAre("dark-1", "new"));
}

TEST_F(VictimRules, DestinationsAreExactUpTo64AndEstimatedAbove) {
  for (const auto& [addresses, expected] : std::vector<std::pair<std::uint64_t, std::string>>{{64, "32"}, {1000, "44"}, {0, "44"}}) {
    VictimLake at;
    if (addresses != 0) at.add_sensor(0, addresses);
    BackscatterLog log;
    for (int i = 0; i < 70; ++i) log.add({.time_ms = kMidnightMs + i * kSecond, .destination = static_cast<std::uint8_t>(i % 32)});
    at.add_piece(log);
    at.detect();
    // -64 ln(1 - 32/64) = 44.4
    EXPECT_THAT(at.ask("SELECT destinations FROM attacks"), ElementsAre(expected)) << addresses;
  }
}

}  // namespace
}  // namespace nightjar
