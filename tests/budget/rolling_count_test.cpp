#include "budget/rolling_count.hpp"

#include <gtest/gtest.h>

namespace nightjar::budget {
namespace {

TEST(RollingCount, HoldsTheWindowAndTheSlotThatHasOnlyBegun) {
  RollingCount<std::uint32_t, 6> count;
  count.add(1, 5);
  EXPECT_EQ(count.at_most(1), 5u);
  EXPECT_EQ(count.at_most(7), 5u) << "what came at the end of slot 1 is less than six slots ago at the start of slot 7";
  EXPECT_EQ(count.at_most(8), 0u);
}

TEST(RollingCount, BelievesNothingOlderThanTheWindow) {
  RollingCount<std::uint32_t, 6> count;
  count.add(1, 5);
  EXPECT_EQ(count.at_least(6), 5u);
  EXPECT_EQ(count.at_least(7), 0u) << "what came at the start of slot 1 is more than six slots ago at the end of slot 7";
}

TEST(RollingCount, AddsUpWhatCameInSeveralSlots) {
  RollingCount<std::uint32_t, 6> count;
  for (std::uint32_t slot = 1; slot <= 20; ++slot) count.add(slot, 1);
  EXPECT_EQ(count.at_most(20), 7u);
  EXPECT_EQ(count.at_least(20), 6u);
  EXPECT_EQ(count.at_most(23), 4u) << "of slots 17 to 20";
}

TEST(RollingCount, TakesATimeBeforeForTheLatest) {
  RollingCount<std::uint32_t, 6> count;
  count.add(10, 1);
  count.add(3, 1);
  EXPECT_EQ(count.at_most(3), 2u);
  EXPECT_EQ(count.at_most(16), 2u);
  EXPECT_EQ(count.at_most(17), 0u);
}

TEST(RollingCount, StopsAtTheHighestNumberOfASlot) {
  RollingCount<std::uint8_t, 6> count;
  count.add(1, 250);
  count.add(1, 250);
  EXPECT_EQ(count.at_most(1), 255u);
}

TEST(RollingCount, ForgetsAllAfterALongSilence) {
  RollingCount<std::uint32_t, 6> count;
  count.add(1, 5);
  count.add(4'000'000'000, 1);
  EXPECT_EQ(count.at_most(4'000'000'000), 1u);
}

}  // namespace
}  // namespace nightjar::budget
