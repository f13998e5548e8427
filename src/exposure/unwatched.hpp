#pragma once
#include <cstdint>
#include <vector>

#include "exposure/sensor_record.hpp"
#include "exposure/silence.hpp"
#include "incident/incident.hpp"

namespace nightjar {

/// A stretch in which no darknet that had begun received anything. Milliseconds since 1970.
struct UnwatchedTime {
  std::int64_t from_ms = 0, to_ms = 0;  ///< `to_ms` is the first minute in which one received again
  friend bool operator==(const UnwatchedTime&, const UnwatchedTime&) = default;
};

/// Silences of darknets, of all of them in the order of `records`.
std::vector<UnwatchedTime> unwatched_times(const SensorRecords& records, const std::vector<std::vector<SilentSpan>>& silences);

/// Says of an incident seen by darknets that it may have begun earlier, where its onset lies in such a stretch, or behind one in the same
/// hour (minute, if it is told exactly).
void tell_unwatched(Incident& incident, const std::vector<UnwatchedTime>& times);

}  // namespace nightjar
