#include "simulate/random.hpp"

#include <algorithm>
#include <cassert>

namespace nightjar::simulate {

std::uint64_t Random::poisson(double mean) {
  assert(mean >= 0);
  // Sums of Poisson numbers are Poisson numbers: pieces of at most 16 keep the product of units above the smallest double.
  constexpr double kPiece = 16;
  std::uint64_t count = 0;
  for (double rest = mean; rest > 0; rest -= kPiece) {
    const double enough = std::exp(-std::min(rest, kPiece));
    for (double product = unit(); product > enough; product *= unit()) ++count;
  }
  return count;
}

WeightedChoice::WeightedChoice(const std::vector<double>& weights) : slots_(weights.size()) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  assert(sum > 0);
  std::vector<double> share(weights.size());
  std::vector<std::uint32_t> poor, rich;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    share[i] = weights[i] * static_cast<double>(weights.size()) / sum;
    (share[i] < 1 ? poor : rich).push_back(i);
  }
  constexpr double kWhole = 4294967295.0;
  while (!poor.empty() && !rich.empty()) {
    const std::uint32_t giver = rich.back(), taker = poor.back();
    poor.pop_back();
    slots_[taker] = {static_cast<std::uint32_t>(share[taker] * kWhole), giver};
    share[giver] -= 1 - share[taker];
    if (share[giver] < 1) {
      rich.pop_back();
      poor.push_back(giver);
    }
  }
  for (const auto& rest : {poor, rich}) {
    for (const std::uint32_t i : rest) slots_[i] = {~0U, i};
  }
}

}  // namespace nightjar::simulate
