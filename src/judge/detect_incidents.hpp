#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct DetectIncidentsOptions {
  Rules rules;
  std::optional<std::int64_t> from_day, to_day;                   ///< UTC days since 1970 that are judged, `to_day` not included; none: all
  int threads = 0;                                                ///< of the engine; 0: one a core
  std::function<std::string_view(std::uint32_t asn)> name_of_as;  ///< may say nothing, may be absent
  std::function<void(std::string_view step)> on_step;             ///< hears what begins
};

struct DetectedIncidents {
  bool no_flows = false;      ///< the lake has none: nothing was written
  bool no_days = false;       ///< it has none in the span; from_day and to_day are those that it has: nothing was written
  bool up_to_date = false;    ///< judged before by the same rules from the same data: nothing was written
  std::size_t incidents = 0;  ///< found or told anew
  std::size_t days = 0;       ///< judged
  std::int64_t from_day = 0, to_day = 0;
};

/// Judges UTC days of a lake: finds incidents, explains them, and writes table `incidents`; those of other rules stay beside. `attacks` of
/// definitions corsaro2 and per-sensor must be there. Days are judged in order, from what is known up to each; a lake that was judged up to
/// a day by the same rules goes on from there, and what comes out is what judging all of it anew would give: `from_day` then only says from
/// where on days are judged again at least. Without such a judgement before it, `from_day` is where incidents begin, and nothing later goes
/// on from there. What was judged further than `to_day` is forgotten.
Result<DetectedIncidents> detect_incidents(Lake& lake, const DetectIncidentsOptions& options);

}  // namespace nightjar
