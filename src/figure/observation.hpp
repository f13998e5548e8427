#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "figure/figure.hpp"
#include "figure/filter.hpp"
#include "figure/time_zone.hpp"
#include "store/query.hpp"

namespace nightjar {

/// A span of UTC hours, the end not included.
struct HourSpan {
  std::int64_t from = 0, to = 0;
};

/// What a figure reads: whose packets, and when.
struct Observation {
  std::vector<std::string> sensors;                ///< read, in order of their names
  bool every_sensor = false;                       ///< no other sensor has rows: no condition is needed
  bool named = false;                              ///< whoever asks named them
  bool every_darknet = false;                      ///< these are all sensors of kind darknet: the empty name of `counts`
  std::map<std::string, std::uint64_t> addresses;  ///< largest known size of each sensor; 0 = unknown
  TimeZone zone;
  bool nothing = false;              ///< no day to read
  std::int64_t from_day = 0;         ///< local days
  std::int64_t to_day = 0;           ///< not included
  HourSpan hours;                    ///< the same as UTC hours
  HourSpan data;                     ///< from the first UTC day of which the lake has a file to the end of the last one
  std::set<std::int64_t> utc_days;   ///< UTC days in which one of the sensors was there
  std::vector<std::string> remarks;  ///< what was noticed on the way

  /// Whether a sensor was there on all UTC days that a local day overlaps: only then no packets are zero packets.
  bool observed(std::int64_t local_day) const;
};

/// Chooses sensors and span. Errors: unknown sensors (of the request and of the filter), kinds and zones, spans that run backwards.
Result<Observation> observe(QuerySession& session, const FigureRequest& request, const FilterExpression& filter);

}  // namespace nightjar
