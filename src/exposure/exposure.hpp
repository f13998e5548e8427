#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "exposure/unwatched.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// How much the darknets watched on a UTC day, all of them together.
struct Exposure {
  /// Addresses x share of the day in which their sensor was seen to receive; where sizes are unknown a sensor counts as one address.
  /// Levels of two days compare as levels per exposure.
  double address_days = 0;
  double coverage = 0;  ///< 0 to 1: of the address days that the sensors of the day would have had without silence
  /// The day cannot be compared: too little coverage, a clock that ran wrong, drops, or packets that were delivered twice.
  bool trouble = false;
  friend bool operator==(const Exposure&, const Exposure&) = default;
};

/// Exposures by UTC day, of days with any darknet, and the incidents of kind `sensor` that lie behind what is missing: silence of at least
/// `silence_minutes`, drops of the kernel, clock steps, changes of size, a day delivered twice, a sensor that stopped sending.
struct SensorHealth {
  std::map<std::int64_t, Exposure> days;
  std::vector<Incident> incidents;       ///< by onset; ids set, words not
  std::vector<UnwatchedTime> unwatched;  ///< as far as silences are known
};

/// UTC days that a session for `sensor_health` must see: [from_day - 28, to_day), and of each darknet the last day with packets before.
/// Asks `sensor_days`, which every session sees whole.
Result<std::vector<std::int64_t>> days_of_sensor_health(QuerySession& session, std::int64_t from_day, std::int64_t to_day);

/// Reads `sensor_days` and `minutes` of UTC days [from_day, to_day), and of the 28 days before, by which silences are judged: the session
/// must see the days of `days_of_sensor_health`. Judged from another day on the same silences have the same ids. The score of one that
/// began before from_day is by what is known of the days before it: where minutes are not read, their packets.
Result<SensorHealth> sensor_health(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day);

}  // namespace nightjar
