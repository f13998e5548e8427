#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "explain/lake_darknets.hpp"
#include "explain/port_levels.hpp"
#include "exposure/day_sessions.hpp"
#include "exposure/exposure.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "judge/wave.hpp"

namespace nightjar {

/// What describing waves needs.
struct WaveSources {
  const DaySessions& days;
  const std::vector<Wave>& waves;  ///< all that were found, so that other waves' days are not taken for usual ones
  const PortLevels& levels;        ///< of the waves' ports
  const Rules& rules;
  const std::map<std::int64_t, Exposure>& exposures;
  std::int64_t judged_to_day = 0;                ///< the end of what was judged, not included
  std::shared_ptr<const LakeDarknets> darknets;  ///< of the lake; null: read for each rise
};

/// The wave that a group is named after: the one with most hosts above the usual, or packets where no hosts rose.
const Wave& main_wave(const std::vector<const Wave*>& group);

/// The incident that waves of one group are: its kind, times, size, explanation, days and ports. Levels are those of its port, from its
/// country where one carries it. Payloads, droppers, cause and words are not set. `group` is not empty. `known`: by id what was told of
/// incidents before; where the peak is the same, its explanation still holds and is taken over, payloads and all.
Result<Incident> incident_of_waves(const WaveSources& from, const std::vector<const Wave*>& group,
                                   const std::map<std::string, Incident>& known);

/// The name of the incident that a group is: known on its first day.
std::string id_of(const std::vector<const Wave*>& group);

}  // namespace nightjar
