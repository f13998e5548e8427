#include "simulate/drdos_quota.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nightjar::simulate {
namespace {

using testing::ElementsAre;
constexpr std::int64_t kSecond = 1'000'000'000;

std::vector<std::uint64_t> divide(std::vector<double> shares, std::uint64_t total) { return largest_remainder(shares, total); }

// The textbook example of the method: 100,100 votes for ten seats, a quota of 10,010.
TEST(LargestRemainder, DividesSeatsAsTheTextbookDoes) {
  EXPECT_THAT(divide({47'000, 16'000, 15'900, 12'000, 6'100, 3'100}, 10), ElementsAre(5, 2, 1, 1, 1, 0));
}

TEST(LargestRemainder, OfEqualRemaindersTheEarlierWins) { EXPECT_THAT(divide({1, 1, 1}, 5), ElementsAre(2, 2, 1)); }

TEST(LargestRemainder, WholeSharesStayWhole) {
  EXPECT_THAT(divide({5'260'000, 2'550'000, 120'000, 70'000}, 8'000), ElementsAre(5'260, 2'550, 120, 70));
  EXPECT_THAT(divide({0.1, 0.2, 0.7}, 10), ElementsAre(1, 2, 7));
}

TEST(LargestRemainder, NothingIsDividedIntoNothing) { EXPECT_THAT(divide({3, 0}, 0), ElementsAre(0, 0)); }

TEST(DurationsByQuota, EachStepHasItsShareAndNothingLiesOutside) {
  const std::vector<DurationQuantile> quantiles = {{60, 0.3}, {600, 0.8}, {3600, 0.985}, {86'400, 1}};
  Random random(1);
  const std::vector<std::int64_t> durations = durations_by_quota(quantiles, 1000, random);
  ASSERT_EQ(durations.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(durations.begin(), durations.end()));
  const auto up_to = [&](std::int64_t seconds) {
    return std::count_if(durations.begin(), durations.end(), [&](std::int64_t duration) { return duration <= seconds * kSecond; });
  };
  EXPECT_EQ(up_to(60), 300);
  EXPECT_EQ(up_to(600), 800);
  EXPECT_EQ(up_to(3600), 985);
  EXPECT_EQ(up_to(86'400), 1000);
  EXPECT_GE(durations.front(), kSecond);
  for (const std::int64_t duration : durations) EXPECT_EQ(duration % 1000, 0);
}

}  // namespace
}  // namespace nightjar::simulate
