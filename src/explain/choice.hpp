#pragma once
#include <vector>

#include "explain/table.hpp"

namespace nightjar {

/// The parts that explain a rise.
struct Choice {
  std::vector<Traits> parts;  ///< at most 5
  Trait country, tool;        ///< the values that carry at least 0.5 (country) and 0.7 (tool) of it; code 0: none
};

/// Chooses (docs/definitions.md, "How a rise is explained"): what one value of each of several attributes carries alone or together, then
/// the values that share it. Nothing where the population did not rise.
Choice choose_parts(const RiseTable& table, const Rise& rise);

}  // namespace nightjar
