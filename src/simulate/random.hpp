#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/hash.hpp"

namespace nightjar::simulate {

/// splitmix64: the same numbers from the same seed on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// A stream of its own for each list of numbers, e.g. {seed, population, day}.
  Random(std::initializer_list<std::uint64_t> name) : state_(0x6e696768746a6172ULL) {
    for (const std::uint64_t part : name) state_ = mix64(state_ ^ mix64(part + 0x9e3779b97f4a7c15ULL));
  }

  std::uint64_t next() { return mix64(state_ += 0x9e3779b97f4a7c15ULL); }
  /// 0 to bound - 1.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>((next() >> 32) * bound >> 32); }
  /// Above 0, at most 1.
  double unit() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
  /// Mean 1.
  double exponential() { return -std::log(unit()); }
  /// A Poisson number; `mean` not negative.
  std::uint64_t poisson(double mean);

 private:
  std::uint64_t state_;
};

/// Draws an index with a probability in proportion to its weight, in constant time (Walker's alias method).
class WeightedChoice {
 public:
  /// At least one weight above 0, none negative.
  explicit WeightedChoice(const std::vector<double>& weights);
  std::uint32_t draw(Random& random) const { return at(random.next()); }
  /// The index that a random number decides.
  std::uint32_t at(std::uint64_t number) const {
    const auto index = static_cast<std::uint32_t>((number >> 32) * slots_.size() >> 32);
    return static_cast<std::uint32_t>(number) <= slots_[index].keep ? index : slots_[index].alias;
  }

 private:
  struct Slot {
    std::uint32_t keep;   ///< of 2^32: how often the slot's own index is drawn
    std::uint32_t alias;  ///< drawn otherwise
  };
  std::vector<Slot> slots_;
};

}  // namespace nightjar::simulate
