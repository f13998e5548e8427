#include "budget/count_sketch.hpp"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace nightjar::budget {
namespace {

constexpr std::int64_t kMinute = 60'000'000'000, kHour = 60 * kMinute;
constexpr Secret kSecret{5, 6};
SourceKey key(std::uint64_t number) { return static_cast<SourceKey>(number); }

TEST(CountSketch, CountsASourceAmongFewExactly) {
  CountSketch sketch({.width = 1'024, .window_ns = kHour}, kSecret);
  for (unsigned i = 1; i <= 100; ++i) EXPECT_EQ(sketch.add(key(7), 0), i);
  EXPECT_EQ(sketch.count(key(7), 0), 100u);
  EXPECT_EQ(sketch.count(key(8), 0), 0u);
}

TEST(CountSketch, IsNeverBelowTheTruth) {
  CountSketch sketch({.width = 256, .window_ns = kHour}, kSecret);
  std::mt19937_64 random(1);
  std::unordered_map<std::uint64_t, unsigned> truth;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t source = random() % 5'000;
    const unsigned said = sketch.add(key(source + 1), i * kMinute / 1'000);
    ASSERT_GE(said, ++truth[source]);
  }
}

TEST(CountSketch, IsMostlyRightForAMillionSourcesInAnHour) {
  CountSketch sketch({.width = 1 << 18, .window_ns = kHour}, kSecret);
  unsigned suspected = 0;
  constexpr int kSources = 1'000'000;
  for (int i = 1; i <= kSources; ++i)
    suspected += sketch.add(key(static_cast<std::uint64_t>(i)), std::int64_t{i} * (kHour / kSources)) >= 6;
  EXPECT_LT(suspected, kSources / 20) << "sources seen once that look as if they were seen six times";
}

TEST(CountSketch, ForgetsNothingYoungerThanItsWindowAndAllThatIsMuchOlder) {
  for (const std::int64_t start : {std::int64_t{0}, 7 * kMinute, 29 * kMinute, 59 * kMinute}) {
    CountSketch sketch({.width = 64, .window_ns = kHour}, kSecret);
    sketch.add(key(7), start);
    EXPECT_EQ(sketch.count(key(7), start + kHour), 1u) << start;
    EXPECT_EQ(sketch.count(key(7), start + kHour + kHour / 2), 0u) << start;
  }
}

TEST(CountSketch, StandsStillForAClockThatGoesBackAndSurvivesAYearOfSilence) {
  CountSketch sketch({.width = 64, .window_ns = kHour}, kSecret);
  sketch.add(key(7), 10 * kHour);
  EXPECT_EQ(sketch.count(key(7), 0), 1u);
  EXPECT_EQ(sketch.count(key(7), 11 * kHour), 1u);
  EXPECT_EQ(sketch.add(key(7), 9'000 * kHour), 1u);
}

TEST(CountSketch, StopsAtItsHighestNumber) {
  CountSketch sketch({.width = 64, .window_ns = kHour}, kSecret);
  for (int i = 0; i < 1'000; ++i) sketch.add(key(7), 0);
  EXPECT_EQ(sketch.count(key(7), 0), 255u);
}

}  // namespace
}  // namespace nightjar::budget
