#pragma once
#include <cstdint>

#include "base/result.hpp"
#include "figure/shapes.hpp"

namespace nightjar {

/// Begins a figure of attacks: says in the answer by which definition they were judged and how far they can be believed. Returns the words
/// that its queries need. Errors: nobody judged by that definition; a sensor is asked for where the definition does not keep them apart.
Result<Words> begin_attacks(FigureRun& run);

/// Local days of the span in which a sensor watched; those of the span where none is known to have watched a whole day.
std::uint64_t days_watched(const Observation& observation);

}  // namespace nightjar
