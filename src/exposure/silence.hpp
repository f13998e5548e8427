#pragma once
#include <cstdint>
#include <vector>

#include "exposure/sensor_record.hpp"

namespace nightjar {

/// A time in which a sensor got nothing, although it should have. Minutes since 1970.
struct SilentSpan {
  std::int64_t from = 0, to = 0;  ///< `to` is the first minute that is not of it
  bool open = false;              ///< the data of the lake end before the sensor is heard again
  double score = 0;               ///< how far out of chance, in standard deviations
};

/// Pauses of at least `shortest` minutes that are no chance. A pause is judged by the share of minutes in which the sensor usually gets
/// anything, not by its packets: those come in bursts. The lower of that share over the days at its ends (without the pause) and of the
/// median day of the four weeks before is taken to the power of its minutes; below 1e-9 it is silence. What lies before the sensor's first
/// packet is none, nor what lies after the end of the lake's data. `records` says from when to when minutes were read.
std::vector<SilentSpan> silences_of(const SensorRecord& record, const SensorRecords& records, double shortest);

}  // namespace nightjar
