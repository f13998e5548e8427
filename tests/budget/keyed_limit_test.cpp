#include "budget/keyed_limit.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace nightjar::budget {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond;
constexpr Secret kSecret{3, 4};
SourceKey key(std::uint64_t number) { return static_cast<SourceKey>(number); }

bool take(KeyedLimit& limit, SourceKey source, std::int64_t now) { return limit.allows(source, now) && limit.spend(source, now); }

// Rule 18 of the safety rules: at most 10 SYN-ACKs to an address in a minute.
TEST(KeyedLimit, IsKeptInEveryMinuteForEachSource) {
  KeyedLimit limit({.limit = 10, .window_ns = kMinute, .most_sources = 1'000}, kSecret);
  std::deque<std::int64_t> sent;
  for (std::int64_t now = 0; now < 10 * kMinute; now += 700'000'000) {
    while (!sent.empty() && sent.front() <= now - kMinute) sent.pop_front();
    if (!take(limit, key(1), now)) continue;
    sent.push_back(now);
    ASSERT_LE(sent.size(), 10u);
  }
  EXPECT_TRUE(take(limit, key(2), 10 * kMinute)) << "another source has its own";
}

TEST(KeyedLimit, AllowsNewSourcesNothingWhereItsPlacesAreTaken) {
  KeyedLimit limit({.limit = 2, .window_ns = kMinute, .most_sources = 16}, kSecret);
  unsigned allowed = 0;
  for (std::uint64_t i = 1; i <= 100'000; ++i) allowed += take(limit, key(i), kSecond) ? 1 : 0;
  EXPECT_EQ(allowed, 16u) << "one for each place";
  EXPECT_FALSE(limit.spend(key(200'000), kSecond));
  EXPECT_FALSE(limit.allows(key(200'000), kMinute / 2));
  EXPECT_TRUE(limit.allows(key(200'000), 3 * kMinute)) << "the others' minute is over";
}

TEST(KeyedLimit, AsksWithoutTakingAPlace) {
  KeyedLimit limit({.limit = 2, .window_ns = kMinute, .most_sources = 16}, kSecret);
  for (std::uint64_t i = 1; i <= 1'000; ++i) EXPECT_TRUE(limit.allows(key(i), kSecond));
}

TEST(KeyedLimit, IsNotRefilledByAClockThatGoesBack) {
  KeyedLimit limit({.limit = 1, .window_ns = kMinute, .most_sources = 16}, kSecret);
  EXPECT_TRUE(take(limit, key(1), 10 * kMinute));
  EXPECT_FALSE(take(limit, key(1), 0));
  EXPECT_FALSE(take(limit, key(1), 10 * kMinute + kMinute / 2));
  EXPECT_TRUE(take(limit, key(1), 12 * kMinute));
}

}  // namespace
}  // namespace nightjar::budget
