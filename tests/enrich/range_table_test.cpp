#include "enrich/range_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace nightjar {
namespace {

RangeTable<Key4> table_of(std::initializer_list<std::array<std::uint32_t, 3>> ranges) {
  RangeTable<Key4> table;
  for (const auto& [first, last, value] : ranges) EXPECT_TRUE(table.add({first}, {last}, value));
  table.finish();
  return table;
}

TEST(RangeTable, KnowsNothingWhenEmpty) {
  const auto table = table_of({});
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.find({0}), 0U);
  EXPECT_EQ(table.find(Key4::highest()), 0U);
}

TEST(RangeTable, IncludesBothEndsOfARange) {
  const auto table = table_of({{10, 20, 7}});
  EXPECT_EQ(table.find({9}), 0U);
  EXPECT_EQ(table.find({10}), 7U);
  EXPECT_EQ(table.find({20}), 7U);
  EXPECT_EQ(table.find({21}), 0U);
}

TEST(RangeTable, CoversTheWholeSpaceWithOneRange) {
  const auto table = table_of({{0, 0xffffffff, 7}});
  EXPECT_FALSE(table.empty());
  EXPECT_EQ(table.find({0}), 7U);
  EXPECT_EQ(table.find(Key4::highest()), 7U);
}

TEST(RangeTable, JoinsNeighboursOfOneValue) { EXPECT_EQ(table_of({{10, 20, 7}, {21, 30, 7}}).size(), table_of({{10, 30, 7}}).size()); }

TEST(RangeTable, LetsTheLaterOfTwoOverlappingRangesAnswer) {
  const auto table = table_of({{10, 20, 1}, {15, 30, 2}});
  EXPECT_EQ(table.find({14}), 1U);
  EXPECT_EQ(table.find({15}), 2U);
  EXPECT_EQ(table.find({30}), 2U);
  EXPECT_EQ(table.find({31}), 0U);
}

TEST(RangeTable, GoesOnWithTheOuterRangeBehindAnInnerOne) {
  const auto table = table_of({{10, 40, 1}, {15, 30, 2}, {20, 20, 3}});
  EXPECT_EQ(table.find({20}), 3U);
  EXPECT_EQ(table.find({21}), 2U);
  EXPECT_EQ(table.find({31}), 1U);
  EXPECT_EQ(table.find({41}), 0U);
}

TEST(RangeTable, RefusesRangesOutOfOrder) {
  RangeTable<Key4> table;
  EXPECT_TRUE(table.add({10}, {20}, 1));
  EXPECT_FALSE(table.add({9}, {9}, 2));
  table.finish();
  EXPECT_EQ(table.find({9}), 0U);
}

TEST(RangeTable, AnswersAsAnArrayWouldForRandomOverlappingRanges) {
  std::mt19937 random(20171123);
  for (int round = 0; round < 200; ++round) {
    constexpr std::uint32_t kSpace = 400;
    // Scaled so that ranges begin and end within and across the 65,536 buckets of the index.
    const std::uint32_t scale = round % 2 == 0 ? 1 : 30'000;
    std::vector<std::array<std::uint32_t, 3>> ranges;
    for (int i = 0; i < 40; ++i) {
      const std::uint32_t first = random() % kSpace;
      ranges.push_back({first, std::min<std::uint32_t>(kSpace - 1, first + random() % 50), static_cast<std::uint32_t>(random() % 5)});
    }
    std::stable_sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a[0] < b[0]; });
    std::vector<std::uint32_t> expected(kSpace + 1, 0);
    RangeTable<Key4> table;
    for (const auto& [first, last, value] : ranges) {
      std::fill(expected.begin() + first, expected.begin() + last + 1, value);
      ASSERT_TRUE(table.add({first * scale}, {last * scale + scale - 1}, value));
    }
    table.finish();
    for (std::uint32_t key = 0; key <= kSpace; ++key) {
      ASSERT_EQ(table.find({key * scale}), expected[key]) << "round " << round << " key " << key;
      ASSERT_EQ(table.find({key * scale + scale - 1}), expected[key]) << "round " << round << " key " << key;
    }
  }
}

TEST(RangeTable, TellsIpv6AddressesApartInEitherHalf) {
  RangeTable<Key6> table;
  EXPECT_TRUE(table.add({1, 5}, {1, ~0ULL}, 1));
  EXPECT_TRUE(table.add({2, 0}, {2, 9}, 2));
  EXPECT_TRUE(table.add({0x2001000000000000, 0}, {0x2001ffffffffffff, ~0ULL}, 3));
  EXPECT_TRUE(table.add({0xff00000000000000, 0}, Key6::highest(), 4));
  table.finish();
  EXPECT_EQ(table.find({1, 4}), 0U);
  EXPECT_EQ(table.find({1, 5}), 1U);
  EXPECT_EQ(table.find({2, 9}), 2U);
  EXPECT_EQ(table.find({2, 10}), 0U);
  EXPECT_EQ(table.find({0x2000ffffffffffff, ~0ULL}), 0U);
  EXPECT_EQ(table.find({0x2001234500000000, 1}), 3U);
  EXPECT_EQ(table.find({0x2002000000000000, 0}), 0U);
  EXPECT_EQ(table.find({0x3fffffffffffffff, ~0ULL}), 0U);
  EXPECT_EQ(table.find(Key6::highest()), 4U);
}

}  // namespace
}  // namespace nightjar
