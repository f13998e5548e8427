#include "budget/keyed_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nightjar::budget {
namespace {

constexpr Secret kSecret{1, 2};
struct Entry {
  int value = 0;
};
SourceKey key(std::uint64_t number) { return static_cast<SourceKey>(number); }
bool never(const Entry&) { return false; }
bool if_zero(const Entry& entry) { return entry.value == 0; }

TEST(KeyedTable, FindsWhatWasClaimed) {
  KeyedTable<Entry> table(64, kSecret);
  EXPECT_EQ(table.find(key(7)), nullptr);
  Entry* entry = table.claim(key(7), never);
  ASSERT_NE(entry, nullptr);
  entry->value = 42;
  EXPECT_EQ(table.find(key(7)), entry);
  EXPECT_EQ(table.claim(key(7), never), entry) << "claimed again it is the same";
  EXPECT_EQ(entry->value, 42);
}

TEST(KeyedTable, GivesNoPlaceAwayWhoseEntryMatters) {
  KeyedTable<Entry> table(64, kSecret);
  std::set<std::uint64_t> inside;
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    Entry* entry = table.claim(key(i), if_zero);
    if (entry == nullptr) continue;
    entry->value = static_cast<int>(i);
    inside.insert(i);
  }
  EXPECT_EQ(inside.size(), table.capacity()) << "with 10,000 keys every place is somebody's";
  for (const std::uint64_t i : inside) {
    const Entry* entry = table.find(key(i));
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->value, static_cast<int>(i));
  }
  EXPECT_EQ(table.claim(key(20'000), if_zero), nullptr);
  EXPECT_FALSE(table.has_place(key(20'000), if_zero));
  EXPECT_TRUE(table.has_place(key(*inside.begin()), if_zero));
}

TEST(KeyedTable, GivesAnIdlePlaceToANewKeyAsANewEntry) {
  KeyedTable<Entry> table(16, kSecret);
  for (std::uint64_t i = 1; i <= 10'000; ++i) {
    if (Entry* entry = table.claim(key(i), never)) entry->value = 5;
  }
  EXPECT_EQ(table.claim(key(20'000), never), nullptr);
  const auto fives = [](const Entry& entry) { return entry.value == 5; };
  EXPECT_TRUE(table.has_place(key(20'000), fives));
  EXPECT_EQ(table.find(key(20'000)), nullptr) << "to ask for a place takes none";
  Entry* entry = table.claim(key(20'000), fives);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->value, 0);
}

TEST(KeyedTable, IsMostlyFullBeforeAKeyStaysOut) {
  KeyedTable<Entry> table(1 << 14, kSecret);
  std::size_t inside = 0;
  for (std::uint64_t i = 1; table.claim(key(i), never) != nullptr; ++i) ++inside;
  EXPECT_GE(inside, table.capacity() * 6 / 10);
}

TEST(KeyedTable, TellsAllItsEntries) {
  KeyedTable<Entry> table(64, kSecret);
  table.claim(key(3), never)->value = 30;
  table.claim(key(4), never)->value = 40;
  int sum = 0;
  table.for_each([&](SourceKey which, const Entry& entry) { sum += static_cast<int>(which) + entry.value; });
  EXPECT_EQ(sum, 77);
}

}  // namespace
}  // namespace nightjar::budget
