#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

namespace nightjar {
namespace {

TEST(Mix64, IsTheFinaliserOfSplitmix64) {
  // The published first output of splitmix64 for the seed 1234567 (its state after one step is the argument here).
  EXPECT_EQ(mix64(1234567 + 0x9e3779b97f4a7c15ull), 6457827717110365317ull);
}

TEST(Mix64, GivesNeighboursDifferentValues) {
  std::unordered_set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 100'000; ++i) seen.insert(mix64(i));
  EXPECT_EQ(seen.size(), 100'000u);
}

}  // namespace
}  // namespace nightjar
