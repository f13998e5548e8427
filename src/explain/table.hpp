#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "explain/attributes.hpp"
#include "explain/population.hpp"

namespace nightjar {

/// A value of an attribute, as a table numbers it (from 1; 0 is none).
struct Trait {
  Attribute attribute = Attribute::country;
  std::uint32_t code = 0;
  friend bool operator==(const Trait&, const Trait&) = default;
};
using Traits = std::vector<Trait>;  ///< all of them

/// How much has some traits, of the rise's metric.
struct Level {
  double now = 0;         ///< in the population, on the peak day
  double usual = 0;       ///< in the population, as usual
  double usual_port = 0;  ///< in the whole port, as usual
  double rise() const { return now - usual; }
};

/// Rows of a rise held in memory to try explanations on. Where there are more than `most_rows` it holds a sample (Thinning), of packets
/// with the loudest sources whole. So levels are exact for small darknets and close to exact for large ones, in bounded memory; the same
/// lake gives the same sample.
class RiseTable {
 public:
  static Result<RiseTable> read(QuerySession& session, const Population& population, Metric metric, std::size_t most_rows = 100'000);

  Level level(const Traits& traits) const;
  /// The level of every value of an attribute, by its code, of rows that have `traits`.
  std::vector<Level> levels(Attribute attribute, const Traits& traits = {}) const;
  /// What code_of() gives for the value.
  std::uint64_t value_of(const Trait& trait) const { return values_[static_cast<std::size_t>(trait.attribute)][trait.code]; }

 private:
  struct Row {
    std::uint64_t src = 0;
    std::int32_t day = 0;         ///< 0: the peak day, else number of the usual day
    double member = 0, port = 0;  ///< for how many rows of the population, and of the whole port, it stands
    double packets = 0;
    std::array<std::uint32_t, kAttributes> codes{};
  };
  static bool has(const Row& row, const Traits& traits);
  template <class SumOf>
  void each(const Traits& traits, SumOf sum_of) const;

  std::vector<Row> rows_;  ///< by day and source
  std::array<std::vector<std::uint64_t>, kAttributes> values_;
  bool hosts_ = true;
  double usual_factor_ = 0;
};

}  // namespace nightjar
