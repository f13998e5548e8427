// Levels are of a darknet of 64 addresses; days are told by their number.
#include "judge/wave_level.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace nightjar {
namespace {

constexpr std::int64_t kFirst = 17'300;

class WaveLevel : public ::testing::Test {
 protected:
  /// So many hosts above a usual level of 10 a whole day, from the first day on.
  void excess(const std::vector<double>& hosts) {
    for (std::size_t i = 0; i < hosts.size(); ++i) {
      const auto day = kFirst + static_cast<std::int64_t>(i);
      WaveDay one;
      one.day = day;
      one.expected = 10;
      one.observed = 10 + hosts[i];
      wave_.days.push_back(one);
      exposures_[day] = {.address_days = 64, .coverage = 1, .trouble = false};
      if (one.excess() > wave_.peak_excess()) {
        wave_.peak = one.observed;
        wave_.expected = one.expected;
        wave_.peak_day = day;
      }
      wave_.last_day = day;
    }
    wave_.first_day = wave_.onset_day = kFirst;
  }
  /// Of the day only this share was watched, and only as much was seen.
  void watched(std::size_t day, double share) {
    WaveDay& one = wave_.days[day];
    one.observed *= share;
    one.expected *= share;
    exposures_[one.day] = {.address_days = 64 * share, .coverage = share, .trouble = false};
  }

  Wave wave_;
  std::map<std::int64_t, Exposure> exposures_;
};

TEST_F(WaveLevel, DataThatEndAtNoonMakeNoSteadyWaveFall) {
  // Half a day on each of the three last days: a day and a half was watched.
  excess(std::vector<double>(20, 100));
  for (const std::size_t day : {17, 18, 19}) watched(day, 0.5);
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, APartialDayDoesNotCountWhereWholeOnesTell) {
  // Hosts that stay are all seen in half a day: per day watched they would be twice as many.
  excess(std::vector<double>(20, 100));
  exposures_[kFirst + 19] = {.address_days = 32, .coverage = 0.5, .trouble = false};
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, HalfADayIsTooLittleToSayThatAWaveFalls) {
  // The two days before it could not be compared: they are not among the wave's.
  excess(std::vector<double>(20, 100));
  wave_.days.erase(wave_.days.begin() + 17, wave_.days.begin() + 19);
  wave_.days.back().observed = 15;
  exposures_[kFirst + 19] = {.address_days = 32, .coverage = 0.5, .trouble = false};
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, AYoungWaveThatKeepsItsLevelIsSteady) {
  excess({100, 99, 98, 99, 98});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, AYoungWaveFallsFromItsPeak) {
  excess({100, 90, 60, 50, 40});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::falling);
}

TEST_F(WaveLevel, AWaveThatHasJustPeakedRises) {
  excess({20, 40, 80});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::rising);
}

TEST_F(WaveLevel, RisesAndFallsAgainstTheWeekBefore) {
  std::vector<double> hosts(20, 100);
  hosts[17] = hosts[18] = hosts[19] = 150;
  excess(hosts);
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::rising);
  for (const std::size_t day : {17, 18, 19}) wave_.days[day].observed = 10 + 50;
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::falling);
}

TEST_F(WaveLevel, ALevelThatWasReachedAWeekAgoDoesNotRiseStill) {
  // Its beginning was not a whole day, and it was there at once.
  excess({400, 950, 961, 930, 940, 920, 897, 900, 897});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, AWeekThatOnlyFellFalls) {
  excess({1629, 1401, 1460, 1198, 921, 668, 538});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::falling);
}

TEST_F(WaveLevel, ADayBelowThePeakIsNoRise) {
  excess({900, 2125, 1924});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, APeakByChanceOnTheLastDayIsNoRise) {
  excess({100, 99, 104});
  EXPECT_EQ(trend_of(wave_, exposures_), Trend::steady);
}

TEST_F(WaveLevel, ACountIsScaledToTheWholeDay) {
  excess({100, 100});
  watched(1, 0.5);
  EXPECT_DOUBLE_EQ(of_a_whole_day(55, kFirst + 1, exposures_), 110);
  EXPECT_DOUBLE_EQ(of_a_whole_day(110, kFirst, exposures_), 110);
  EXPECT_DOUBLE_EQ(of_a_whole_day(7, kFirst + 2, exposures_), 7);
}

}  // namespace
}  // namespace nightjar
