#pragma once
#include <cstdint>
#include <map>

#include "exposure/exposure.hpp"
#include "incident/incident.hpp"
#include "judge/wave.hpp"

namespace nightjar {

/// What was counted on a day as if all of it had been watched: per Exposure::coverage. Of a day that nobody watched the count itself.
double of_a_whole_day(double count, std::int64_t day, const std::map<std::int64_t, Exposure>& exposures);

/// What the wave has done lately: what its last three days have above the usual, as whole days, against the seven days before them without
/// the day of the onset; of a younger wave against its peak, and a peak on the last day against the days before it. Days of which a tenth
/// was not watched count only where the three have no other, and together they must make a day: else nothing can be said, and it is steady.
Trend trend_of(const Wave& wave, const std::map<std::int64_t, Exposure>& exposures);

}  // namespace nightjar
