#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "simulate/random.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// Divides `total` in proportion to `shares` (not negative, not all 0) by the largest remainder: every part is its exact share rounded
/// up or down, and the parts sum to `total`. Of equal remainders the earlier one wins.
std::vector<std::uint64_t> largest_remainder(std::span<const double> shares, std::uint64_t total);

/// `count` durations in nanoseconds, whole microseconds, ascending: of each step of the quantiles its quota, inside a step spread evenly
/// over the logarithm. The shortest is a second (the first quantile must be longer).
std::vector<std::int64_t> durations_by_quota(std::span<const DurationQuantile> quantiles, std::uint64_t count, Random& random);

}  // namespace nightjar::simulate
