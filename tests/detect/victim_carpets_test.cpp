// Many addresses of one prefix under attack at the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/backscatter_log.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::uint64_t kPrefix = 0xC6336400;  // 198.51.100.0

class Carpet : public ::testing::Test {
 protected:
  /// One packet each of so many addresses in turn, a packet each `step_ms`, for `seconds`.
  void carpet(std::uint64_t addresses, std::int64_t step_ms, std::int64_t seconds, std::int64_t begin_ms = kMidnightMs,
              std::uint64_t prefix = kPrefix) {
    std::uint64_t packet = 0;
    for (std::int64_t at = 0; at <= seconds * kSecond; at += step_ms, ++packet)
      log_.add({.time_ms = begin_ms + at,
                .victim = prefix + packet % addresses * (prefix >> 32 == 0 ? 1 : 0x100),
                .destination = static_cast<std::uint8_t>(packet % 61)});
  }
  std::vector<std::string> found(const std::string& definition = "corsaro2") {
    VictimLake at;
    at.add_piece(log_);
    at.detect(definition);
    return at.attacks(definition);
  }
  BackscatterLog log_;
};

TEST_F(Carpet, IsFoundWhereNoAddressIsAttackedByItself) {
  carpet(250, kSecond, 3600);
  EXPECT_THAT(found(), ElementsAre("carpet 198.51.100.0/24 6 80 3601 0 3600000"));
  EXPECT_THAT(found("corsaro3"), ElementsAre("carpet 198.51.100.0/24 6 80 3601 0 3600000"));
}

TEST_F(Carpet, SaysHowManyAddressesAndHowMuch) {
  carpet(250, kSecond, 3600);
  VictimLake at;
  at.add_piece(log_);
  const DetectedVictims done = at.detect();
  EXPECT_EQ(done.attacks, 0U);
  EXPECT_EQ(done.carpets, 1U);
  EXPECT_EQ(done.lone_carpets, 1U);
  EXPECT_THAT(at.ask("SELECT level, parent, victims, sensor, peak_per_minute, ports, bytes_in, country, asn FROM attacks"),
              ElementsAre("2  250 dark-1 60 1 " + std::to_string(3601 * kAnswerBytes) + " DE 24940"));
}

TEST_F(Carpet, NeedsTenAddressesAtATimeOfWhichNoneCountsForMoreThanATenth) {
  // Sixty packets a minute of nine addresses; of ten of them six each, of which three count: thirty.
  carpet(9, kSecond, 70);
  EXPECT_THAT(found(), IsEmpty());
  log_ = {};
  carpet(10, kSecond, 70);
  EXPECT_THAT(found(), ElementsAre("carpet 198.51.100.0/24 6 80 71 0 70000"));
}

TEST_F(Carpet, IsNotMadeOfOneVictimAndItsNeighboursNoise) {
  log_.add({.time_ms = kMidnightMs, .victim = kPrefix + 200}, 4000, 100);
  for (std::uint64_t i = 0; i < 20; ++i)
    log_.add({.time_ms = kMidnightMs + static_cast<std::int64_t>(i) * 7 * kSecond, .victim = kPrefix + i});
  EXPECT_THAT(found(), ElementsAre("single 198.51.100.200/32 6 80 4000 0 399900"));
}

TEST_F(Carpet, LastsAsLongAsManyAddressesAnswerAtATimeAndNotAsLongAsThePrefixIsHeard) {
  // A busy prefix: an answer every four minutes all day. The carpet is the half hour in it.
  for (int i = 0; i < 360; ++i) log_.add({.time_ms = kMidnightMs + i * 4 * kMinute, .victim = kPrefix + static_cast<std::uint64_t>(i % 7)});
  carpet(100, kSecond, 1799, kMidnightMs + 6 * kHour + kMinute);
  const auto attacks = found();
  ASSERT_THAT(attacks, SizeIs(1));
  EXPECT_EQ(attacks[0], "carpet 198.51.100.0/24 6 80 1807 21660000 23459000") << "and seven answers of the noise within it";
}

TEST_F(Carpet, IsThePartsParentAndTheyCount) {
  carpet(100, kSecond, 3600);
  log_.add({.time_ms = kMidnightMs + 1800 * kSecond, .victim = kPrefix + 5}, 300, 500);
  VictimLake at;
  at.add_piece(log_);
  const DetectedVictims done = at.detect();
  EXPECT_EQ(done.attacks, 1U);
  EXPECT_EQ(done.lone_carpets, 0U);
  EXPECT_THAT(at.ask("SELECT count(*) FROM attacks AS part JOIN attacks AS whole ON part.parent = whole.id WHERE part.level = 1 AND "
                     "whole.kind = 'carpet'"),
              ElementsAre("1"));
}

TEST_F(Carpet, OfTwoPrefixesAreTwoAndOfTwoSensorsToo) {
  carpet(100, kSecond, 600);
  carpet(100, kSecond, 600, kMidnightMs, kPrefix + 0x100);
  EXPECT_THAT(found(), SizeIs(2));
}

TEST_F(Carpet, OverAnIPv6NetworkIsOne) {
  carpet(50, kSecond, 600, kMidnightMs, 0x20010db800010000);
  EXPECT_THAT(found(), ElementsAre("carpet 2001:db8:1::/48 6 80 601 0 600000"));
}

TEST_F(Carpet, GoesOnAfterASilenceOf300SecondsAndEndsAfterMore) {
  for (const std::int64_t silence : {300, 301}) {
    log_ = {};
    carpet(100, kSecond, 119);
    carpet(100, kSecond, 120, kMidnightMs + (119 + silence) * kSecond);
    EXPECT_THAT(found(), SizeIs(silence <= 300 ? 1 : 2)) << silence;
  }
}

TEST_F(Carpet, ItsPartsKnowItWhicheverDayWasJudgedFirst) {
  // The carpet begins before midnight, a part of it after midnight.
  carpet(100, kSecond, 4 * 3600, kMidnightMs + 22 * kHour);
  log_.add({.time_ms = kMidnightMs + 25 * kHour, .victim = kPrefix + 5}, 300, 500);
  std::vector<std::string> whole;
  for (const bool second_first : {false, true}) {
    VictimLake at;
    at.add_piece(log_);
    DetectVictimsOptions first, second;
    first.to_day = second.from_day = kDay + 1;
    at.detect("corsaro2", second_first ? second : first);
    at.detect("corsaro2", second_first ? first : second);
    if (whole.empty()) whole = at.everything();
    EXPECT_EQ(at.everything(), whole);
    EXPECT_THAT(at.ask("SELECT count(*) FROM attacks WHERE parent IN (SELECT id FROM attacks WHERE kind = 'carpet')"), ElementsAre("1"));
  }
}

}  // namespace
}  // namespace nightjar
