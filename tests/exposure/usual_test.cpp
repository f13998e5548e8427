#include "exposure/usual.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace nightjar {
namespace {

constexpr std::int64_t kToday = 20'000;

/// `n` days before today with these counts, the last of them yesterday; counts are repeated.
std::vector<DayLevel> days(std::size_t n, const std::vector<double>& counts, double exposure = 1) {
  std::vector<DayLevel> list;
  for (std::size_t i = 0; i < n; ++i) list.push_back({kToday - static_cast<std::int64_t>(n - i), counts[i % counts.size()], exposure});
  return list;
}

/// The chance of a normal deviate above z.
double tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

TEST(Usual, WithoutDaysNothingIsKnownAndNothingIsARise) {
  const Usual usual = usual_of({}, kToday, 1);
  EXPECT_EQ(usual.days, 0u);
  EXPECT_EQ(score_of(1e9, usual), 0);
}

TEST(Usual, TheLevelIsTheMedianSoThatASpikeInThePastDoesNotHideTheNext) {
  const Usual usual = usual_of(days(28, {100, 100, 100, 100, 100, 100, 5000}), kToday + 1, 1);
  EXPECT_DOUBLE_EQ(usual.level, 100);
  EXPECT_GT(score_of(300, usual), 7);
}

TEST(Usual, ACountOnOneDayInFiveIsALevelOfSomewhatLess) {
  const Usual usual = usual_of(days(25, {0, 0, 1, 0, 0}), kToday, 1);
  EXPECT_GT(usual.level, 0);
  EXPECT_LE(usual.level, 0.2);
}

TEST(Usual, LevelsFollowWhatWasWatched) {
  EXPECT_DOUBLE_EQ(usual_of(days(28, {640}, 64), kToday, 64).level, 640);
  EXPECT_DOUBLE_EQ(usual_of(days(28, {640}, 64), kToday, 56).level, 560);
  EXPECT_DOUBLE_EQ(usual_of(days(28, {640}, 64), kToday, 16).level, 160);
}

TEST(Usual, DaysWithoutExposureAndTheJudgedDayItselfDoNotCount) {
  std::vector<DayLevel> list = days(10, {50});
  list.push_back({kToday, 5000, 1});
  list.push_back({kToday - 20, 0, 0});
  const Usual usual = usual_of(list, kToday, 1);
  EXPECT_EQ(usual.days, 10u);
  EXPECT_DOUBLE_EQ(usual.level, 50);
}

// P(X >= 8 | 0.1) = 0.1^8 e^-0.1 / 8! (1 + 0.1/9 + ...) = 1e-8 x 0.90484 / 40320 x 1.0112 = 2.27e-13, which is 7.24 standard deviations.
TEST(Usual, EightWhereATenthIsExpectedIsAsRareAsPoissonSays) {
  const double score = score_of(8, {0.1, 1, 1'000'000});
  EXPECT_NEAR(std::log10(tail(score)), std::log10(2.27e-13), 0.6);
}

// P(X >= 3 | 1) = 1 - e^-1 (1 + 1 + 1/2) = 0.0803.
TEST(Usual, ThreeWhereOneIsExpectedIsNoRise) { EXPECT_LT(score_of(3, {1, 1, 1'000'000}), 2); }

// P(X >= 20 | 5) = e^-5 5^20 / 20! (1 + 5/21 + 25/(21 x 22) + ...) = 3.5e-7.
TEST(Usual, TwentyWhereFiveAreExpectedIsFiveDeviations) {
  const double first = std::exp(-5.0) * std::pow(5.0, 20) / std::tgamma(21.0);
  const double chance = first * (1 + 5.0 / 21 + 25.0 / (21 * 22) + 125.0 / (21 * 22 * 23));
  const double score = score_of(20, {5, 1, 1'000'000});
  EXPECT_NEAR(std::log10(tail(score)), std::log10(chance), 0.6);
}

TEST(Usual, LargeCountsAreJudgedInStandardDeviations) {
  // 10,000 with a variance of 4 x 10,000: 200 are one deviation.
  EXPECT_NEAR(score_of(11'000, {10'000, 4, 1'000'000}), 5, 0.2);
}

TEST(Usual, BelowTheLevelTheScoreIsNegative) { EXPECT_LT(score_of(50, usual_of(days(28, {100}), kToday, 1)), 0); }

TEST(Usual, AtTheLevelTheScoreIsNotAboveZero) { EXPECT_LE(score_of(100, usual_of(days(28, {100}), kToday, 1)), 0); }

TEST(Usual, FewDaysOfHistoryAreWider) {
  double before = 0;
  for (const std::size_t n : {1u, 2u, 4u, 7u, 14u, 28u}) {
    const double score = score_of(8, usual_of(days(n, {0}), kToday, 1));
    EXPECT_GT(score, before) << n;
    before = score;
  }
  EXPECT_LT(score_of(8, usual_of(days(1, {0}), kToday, 1)), 5.5);
  EXPECT_GT(score_of(8, usual_of(days(28, {0}), kToday, 1)), 7.5);
  EXPECT_LT(score_of(300, usual_of(days(2, {100}), kToday, 1)), score_of(300, usual_of(days(28, {100}), kToday, 1)));
}

TEST(Usual, ATenthMoreIsNeverARiseHoweverLargeTheCount) {
  EXPECT_LT(score_of(1.1e9, usual_of(days(28, {1e9}), kToday, 1)), 1.1);
  EXPECT_GT(score_of(2e9, usual_of(days(28, {1e9}), kToday, 1)), 7);
}

TEST(Usual, WhatScattersWidelyMayScatterOn) {
  const std::vector<DayLevel> quiet = days(28, {1000, 1010, 990}), wild = days(28, {400, 1000, 1900, 600, 1300});
  EXPECT_GT(score_of(2500, usual_of(quiet, kToday, 1)), 7);
  EXPECT_LT(score_of(2500, usual_of(wild, kToday, 1)), 4);
}

TEST(Usual, AWeeklyRhythmIsNoRiseOnceItIsKnown) {
  // Four weeks in which the sixth and seventh day have 1.6 times as much; judged is such a day.
  const std::vector<DayLevel> rhythm = days(28, {1000, 1000, 1000, 1000, 1000, 1600, 1600});
  const std::int64_t weekend = kToday + 5, weekday = kToday + 1;
  EXPECT_LT(score_of(1600, usual_of(rhythm, weekend, 1)), 0.5);
  EXPECT_DOUBLE_EQ(usual_of(rhythm, weekend, 1).level, 1600);
  EXPECT_DOUBLE_EQ(usual_of(rhythm, weekday, 1).level, 1000);
  EXPECT_GT(score_of(2200, usual_of(rhythm, weekday, 1)), 7);
}

TEST(Usual, AQuietWeekdayDoesNotLowerTheLevel) {
  const std::vector<DayLevel> rhythm = days(28, {1000, 1000, 1000, 1000, 1000, 1000, 300});
  EXPECT_DOUBLE_EQ(usual_of(rhythm, kToday + 6, 1).level, 1000);
}

TEST(Usual, PacketsThatComeInBurstsAreJudgedByBursts) {
  const std::vector<DayLevel> list = days(28, {20});
  EXPECT_GT(score_of(80, usual_of(list, kToday, 1)), 7);
  EXPECT_LT(score_of(80, usual_of(list, kToday, 1, 20)), 3);
}

TEST(Usual, CountsOfASmallSensorProveLittleForALargeOne) {
  // One count on every other day at 16 addresses says little of what 4,096 get.
  const Usual usual = usual_of(days(28, {0, 1}, 16), kToday, 4096);
  EXPECT_LT(score_of(400, usual), 3);
  EXPECT_GT(score_of(400, usual_of(days(28, {128}, 4096), kToday, 4096)), 7);
}

}  // namespace
}  // namespace nightjar
