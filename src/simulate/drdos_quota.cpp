#include "simulate/drdos_quota.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace nightjar::simulate {

std::vector<std::uint64_t> largest_remainder(std::span<const double> shares, std::uint64_t total) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  assert(sum > 0);
  std::vector<std::uint64_t> parts(shares.size());
  std::vector<double> remainders(shares.size());
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    double exact = shares[i] / sum * static_cast<double>(total);
    // What is whole but for the last bits of a double is whole.
    if (std::abs(exact - std::round(exact)) < 1e-6) exact = std::round(exact);
    parts[i] = static_cast<std::uint64_t>(exact);
    remainders[i] = exact - std::floor(exact);
    given += parts[i];
  }
  std::vector<std::size_t> order(shares.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return remainders[a] > remainders[b]; });
  for (std::size_t i = 0; given < total; ++i, ++given) ++parts[order[i % order.size()]];
  return parts;
}

std::vector<std::int64_t> durations_by_quota(std::span<const DurationQuantile> quantiles, std::uint64_t count, Random& random) {
  std::vector<double> shares;
  double before = 0;
  for (const DurationQuantile& quantile : quantiles) {
    shares.push_back(quantile.share - before);
    before = quantile.share;
  }
  const std::vector<std::uint64_t> quotas = largest_remainder(shares, count);
  std::vector<std::int64_t> durations;
  durations.reserve(count);
  double low = 1;
  for (std::size_t step = 0; step < quantiles.size(); ++step) {
    const double high = quantiles[step].seconds;
    assert(high > low);
    for (std::uint64_t i = 0; i < quotas[step]; ++i) {
      const double place = (static_cast<double>(i) + random.unit()) / static_cast<double>(quotas[step]);
      // Never at `low` itself: that belongs to the step before.
      const auto shortest = static_cast<std::int64_t>(low * 1e6) + (step > 0), longest = static_cast<std::int64_t>(high * 1e6);
      const auto microseconds = static_cast<std::int64_t>(low * std::pow(high / low, place) * 1e6);
      durations.push_back(std::clamp(microseconds, shortest, longest) * 1000);
    }
    low = high;
  }
  return durations;
}

}  // namespace nightjar::simulate
