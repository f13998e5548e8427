#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.hpp"

namespace nightjar::bench {

/// splitmix64: the same numbers from the same seed on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15ULL); }
  /// 0 to bound - 1.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>((next() >> 32) * bound >> 32); }

 private:
  std::uint64_t state_;
};

/// Draws an index with a probability in proportion to its weight, in constant time (Walker's alias method).
class WeightedChoice {
 public:
  explicit WeightedChoice(const std::vector<double>& weights) : slots_(weights.size()) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    std::vector<double> share(weights.size());
    std::vector<std::uint32_t> poor, rich;
    for (std::uint32_t i = 0; i < weights.size(); ++i) {
      share[i] = weights[i] * static_cast<double>(weights.size()) / sum;
      (share[i] < 1 ? poor : rich).push_back(i);
    }
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

  std::uint32_t draw(Random& random) const {
    const std::uint64_t number = random.next();
    const auto index = static_cast<std::uint32_t>((number >> 32) * slots_.size() >> 32);
    return static_cast<std::uint32_t>(number) <= slots_[index].keep ? index : slots_[index].alias;
  }

 private:
  static constexpr double kWhole = 4294967295.0;
  struct Slot {
    std::uint32_t keep;   ///< of 2^32: how often the slot's own index is drawn
    std::uint32_t alias;  ///< drawn otherwise
  };
  std::vector<Slot> slots_;
};

}  // namespace nightjar::bench
