#pragma once
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "exposure/sensor_record.hpp"
#include "exposure/silence.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"

namespace nightjar {

/// A stretch of UTC days on which a sensor had one trouble that its ledger tells.
struct SensorTrouble {
  Cause cause = Cause::sensor_drops;
  std::int64_t from_day = 0, to_day = 0;  ///< `to_day` not included
  /// Of drops: minutes' worth of packets that were lost on the worst day. Of clocks: steps on the worst day. Of sizes: addresses after and
  /// before. Of a day delivered twice: its packets, and what is usual.
  double observed = 0, expected = 0;
  double score = 0;
  std::uint64_t packets = 0;  ///< dropped, or stepped, or of the days delivered twice
};

/// Drops of the kernel, clock steps, changes of size and days delivered twice that touch UTC days [from_day, to_day), by their beginning.
/// Days in a row with one trouble are one. A change of size spoils no day: what was watched is divided by.
Result<std::vector<SensorTrouble>> troubles_of(QuerySession& session, const SensorRecord& record, const Rules& rules, std::int64_t from_day,
                                               std::int64_t to_day);

/// The incident of kind `sensor`. `to_day`: the end of what was judged. Words are not set.
Incident incident_of(const SensorRecord& record, const SensorTrouble& trouble, std::int64_t to_day);
Incident incident_of(const SensorRecord& record, const SilentSpan& silence, std::int64_t to_day);

}  // namespace nightjar
