#include "explain/onset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace nightjar {
namespace {

constexpr std::size_t kHours = 96;
/// What onset_ms gives for an hour in which nothing is usual.
constexpr double kNothingUsual = 0.02;

std::vector<double> level(double each, std::size_t hours = kHours) { return std::vector<double>(hours, each); }

/// `usual`, and from hour `start` on `height` more, reached evenly over `growth` hours.
std::vector<double> rising(std::vector<double> usual, std::size_t start, double height, double growth = 1) {
  for (std::size_t i = start; i < usual.size(); ++i) usual[i] += height * std::min(1.0, (static_cast<double>(i - start) + 0.5) / growth);
  return usual;
}

std::vector<double> step(std::size_t start, double height) {
  std::vector<double> counts(kHours, 0);
  std::fill(counts.begin() + static_cast<std::ptrdiff_t>(start), counts.end(), height);
  return counts;
}

/// Counts drawn around these.
std::vector<double> drawn(const std::vector<double>& means, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> counts;
  for (const double mean : means) counts.push_back(mean <= 0 ? 0 : static_cast<double>(std::poisson_distribution<int>(mean)(random)));
  return counts;
}

double apart(std::size_t a, std::size_t b) { return std::abs(static_cast<double>(a) - static_cast<double>(b)); }

TEST(RiseBegins, AJumpBeginsInItsHour) {
  for (const std::size_t start : {1U, 13U, 48U, 90U}) {
    std::vector<double> counts = level(10);
    for (std::size_t i = start; i < kHours; ++i) counts[i] = 40;
    EXPECT_EQ(rise_begins(counts, level(10)), start);
  }
}

TEST(RiseBegins, WhereNothingIsUsualAJumpBeginsWithTheFirstOfIt) {
  EXPECT_EQ(rise_begins(step(50, 8), level(kNothingUsual)), 50U);
  EXPECT_EQ(rise_begins(step(50, 1), level(kNothingUsual)), 50U);
}

TEST(RiseBegins, ALineThatRisesBeginsWhereItLeavesTheUsual) {
  for (const double growth : {2.0, 6.0, 12.0, 24.0, 48.0})
    EXPECT_EQ(rise_begins(rising(level(20), 30, 200, growth), level(20)), 30U) << "over " << growth << " hours";
}

TEST(RiseBegins, ALineOfAnotherLengthIsFoundToAFewHours) {
  for (const double growth : {4.0, 9.0, 18.0, 30.0, 42.0})
    EXPECT_LE(apart(rise_begins(rising(level(20), 30, 200, growth), level(20)), 30), 3) << "over " << growth << " hours";
}

TEST(RiseBegins, WithoutAUsualLevelALineIsFoundToo) {
  for (const double growth : {6.0, 24.0, 48.0})
    EXPECT_LE(apart(rise_begins(rising(level(0), 30, 100, growth), level(kNothingUsual)), 30), 1) << "over " << growth << " hours";
}

TEST(RiseBegins, AStrayPacketLongBeforeIsNotTheBeginning) {
  std::vector<double> counts = step(50, 10);
  counts[5] = 1;
  counts[31] = 1;
  EXPECT_EQ(rise_begins(counts, level(kNothingUsual)), 50U);
}

TEST(RiseBegins, ARhythmOfTheDayIsNoRise) {
  std::vector<double> usual(kHours);
  for (std::size_t i = 0; i < kHours; ++i) usual[i] = 30 + 25 * std::sin(static_cast<double>(i) * 3.14159265358979 / 12);
  std::vector<double> counts = usual;
  for (std::size_t i = 58; i < kHours; ++i) counts[i] += 40;
  EXPECT_EQ(rise_begins(counts, usual), 58U);
}

TEST(RiseBegins, DrawnCountsAreOffByHoursNotDays) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    EXPECT_LE(apart(rise_begins(drawn(rising(level(5), 40, 30), seed), level(5)), 40), 1) << "seed " << seed;
    EXPECT_LE(apart(rise_begins(drawn(rising(level(5), 40, 60, 24), seed), level(5)), 40), 8) << "seed " << seed;
    EXPECT_LE(apart(rise_begins(drawn(rising(level(0), 40, 3), seed), level(kNothingUsual)), 40), 2) << "seed " << seed;
  }
}

TEST(RiseBegins, ACountThatOnlyFallsHasNoBeginningAndTheFirstHourIsSaid) {
  EXPECT_EQ(rise_begins(level(5), level(5)), 0U);
  EXPECT_EQ(rise_begins(level(1), level(5)), 0U);
  EXPECT_EQ(rise_begins({}, {}), 0U);
}

TEST(RiseBegins, ARiseInTheLastHourIsSeen) { EXPECT_EQ(rise_begins(step(kHours - 1, 50), level(kNothingUsual)), kHours - 1); }

}  // namespace
}  // namespace nightjar
