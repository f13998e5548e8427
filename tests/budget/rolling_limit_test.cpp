#include "budget/rolling_limit.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace nightjar::budget {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

/// Takes one wherever it is allowed.
bool take(RollingLimit& limit, std::int64_t now) {
  if (!limit.allows(1, now)) return false;
  limit.spend(1, now);
  return true;
}

TEST(RollingLimit, IsKeptInEverySecondWhereverItBegins) {
  RollingLimit limit(100, kSecond);
  std::deque<std::int64_t> sent;  // in the second that ends now
  std::size_t total = 0;
  // Somebody asks every 0.37 ms for ten seconds; from 4.9 to 5.3 s nobody does, so that a bucket would be full.
  for (std::int64_t now = 0; now < 10 * kSecond; now += 370'000) {
    if (now > 49 * kSecond / 10 && now < 53 * kSecond / 10) continue;
    while (!sent.empty() && sent.front() <= now - kSecond) sent.pop_front();
    if (!take(limit, now)) continue;
    sent.push_back(now);
    ++total;
    ASSERT_LE(sent.size(), 100u) << "at " << now;
  }
  EXPECT_GE(total, 800u) << "it is no stricter than its slots make it";
}

TEST(RollingLimit, DoesNotDoubleAtTheBorderOfASecond) {
  RollingLimit limit(3, kSecond);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(take(limit, kSecond - 1));
  EXPECT_FALSE(take(limit, kSecond));
  EXPECT_FALSE(take(limit, 2 * kSecond - 2));
  EXPECT_TRUE(take(limit, 2 * kSecond + kSecond / 10));
}

TEST(RollingLimit, AllowsAnAmountOnlyWhereAllOfItFits) {
  RollingLimit limit(8'000, kSecond);
  EXPECT_TRUE(limit.allows(8'000, 0));
  EXPECT_FALSE(limit.allows(8'001, 0));
  limit.spend(7'000, 0);
  EXPECT_TRUE(limit.allows(1'000, 0));
  EXPECT_FALSE(limit.allows(1'001, 0));
}

TEST(RollingLimit, IsNotRefilledByAClockThatGoesBack) {
  RollingLimit limit(1, kSecond);
  EXPECT_TRUE(take(limit, 5 * kSecond));
  EXPECT_FALSE(take(limit, 1 * kSecond));
  EXPECT_FALSE(take(limit, -3 * kSecond));
  EXPECT_TRUE(take(limit, 7 * kSecond));
}

TEST(RollingLimit, OfNothingAllowsNothing) {
  RollingLimit limit(0, kSecond);
  EXPECT_FALSE(limit.allows(1, 0));
}

}  // namespace
}  // namespace nightjar::budget
