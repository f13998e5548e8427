#pragma once
#include <cstddef>
#include <cstdint>

namespace nightjar {

/// Days before a judged one that are looked through for usual days: enough for `baseline_days` beside a wave of `new_usual_days`.
inline constexpr std::int64_t kHistoryDays = 60;
/// A rise that was there before it left the usual range is looked for on so many days before.
inline constexpr std::int64_t kMostDaysBefore = 4;
/// A rise is told of at most so many countries by name.
inline constexpr std::size_t kMostCountries = 6;
/// One tool carries a rise: so much of it.
inline constexpr double kToolCarries = 0.7;

}  // namespace nightjar
