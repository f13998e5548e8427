#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "exposure/exposure.hpp"
#include "incident/rules.hpp"
#include "judge/wave.hpp"

namespace nightjar {

/// UTC days with which the wave's whole port is compared, ascending: those of `wave.usual_days` on which no other wave raised the port, of
/// whatever population; where fewer than 7 are left, earlier watched days besides, at most 60 days before the onset. Where there are none
/// at all, `wave.usual_days`. A wave that stayed for `new_usual_days` and is not nearly over is usual by then: the last 7 days have its
/// level. `waves`: all, the wave may be among them. What became known after the wave's first day changes nothing.
std::vector<std::int64_t> undisturbed_days(const Wave& wave, const std::vector<Wave>& waves, const Rules& rules,
                                           const std::map<std::int64_t, Exposure>& exposures);

/// What the port had come to when the wave began: the last watched days before its onset, ascending, at most 3 and at most a week before
/// it, on each of which a wave of another incident that was known before the onset raised the port. The day on which such a wave began is
/// none: it was not there for all of it. Empty where the last watched day is none of these.
std::vector<std::int64_t> days_between(const Wave& wave, const std::vector<Wave>& waves, const std::map<std::int64_t, Exposure>& exposures);

}  // namespace nightjar
