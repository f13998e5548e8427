#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/query.hpp"

namespace nightjar {

inline constexpr std::int64_t kMinutesPerDay = 1440;

/// What `sensor_days` says of a sensor and a UTC day.
struct SensorDay {
  std::uint64_t addresses = 0;  ///< 0: unknown
  std::uint64_t packets = 0, kernel_drops = 0, clock_steps = 0;
};

/// A stretch of the clock of at most an hour in which a sensor got packets. Minutes since 1970.
struct ActiveStretch {
  std::int64_t first = 0, last = 0;  ///< minutes with the first and the last packet
  std::int64_t active = 0;           ///< minutes with any packet
};

/// A darknet, as far as it is read.
struct SensorRecord {
  std::string name;
  std::map<std::int64_t, SensorDay> days;  ///< all there are, by UTC day
  std::vector<ActiveStretch> stretches;    ///< ascending
  /// The end of what it got before the first minute that was read; none: it had not begun.
  std::optional<std::int64_t> earlier_end;
};

struct SensorRecords {
  std::vector<SensorRecord> darknets;  ///< by name
  std::int64_t begin = 0;              ///< the first minute that was read
  /// The minute in which the data of the lake end, those of sensors of other kinds included; at most the end of the span that was read.
  std::int64_t end = 0;
};

/// Reads all of `sensor_days`, and `minutes` of UTC days [from_day, to_day). Pauses of `shortest` minutes and longer can be told from the
/// stretches.
Result<SensorRecords> read_sensor_records(QuerySession& session, std::int64_t from_day, std::int64_t to_day, double shortest);

/// Of what the sensor got once in an hour of the UTC day from a source, of one port, class and kind of packet: the share that came twice
/// instead, in one second to one address. Nothing where there is too little to tell. Of a day that was delivered twice it is nearly all,
/// however the second delivery lost packets or moved them by less than a second; usually hardly any. `packets`: of the day, about; of many
/// every nth source is read.
Result<std::optional<double>> twin_share(QuerySession& session, const std::string& sensor, std::int64_t day, std::uint64_t packets);

}  // namespace nightjar
