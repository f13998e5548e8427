#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Merit's definition of a scan event, scaled to the size of the sensor. Key: sensor, IPv4 source, protocol, port and class (scan, request
/// or echo). A pause above the timeout ends it.
struct ScanRule {
  std::uint64_t timeout_seconds = 624;        ///< for a telescope of ...
  std::uint64_t timeout_addresses = 475'136;  ///< ... so many addresses; longer for a smaller one
  std::uint64_t shortest_timeout = 3600;      ///< rows are hourly: at least 3600
  std::uint64_t destinations = 10;            ///< kept: at least so many; sensors of fewer addresses have no events
  double rate = 10;                           ///< kept: at least so many packets a second over the whole IPv4 space

  /// Seconds of silence that an event survives on a sensor of that size (not 0).
  std::uint64_t timeout(std::uint64_t addresses) const;
  /// "destinations=10 rate=10 timeout=624 addresses=475136 shortest=3600"
  std::string text() const;
};

struct ScansOptions {
  ScanRule rule;
  int threads = 0;                               ///< of the engine; 0: one a core
  std::uint64_t memory_bytes = 0;                ///< of the engine; 0: a quarter of the machine, at most 3 GB; what does not fit spills
  std::uint64_t rows_at_once = 16'000'000;       ///< days are judged together up to so many rows of flows
  std::function<void(std::int64_t day)> on_day;  ///< hears the first day of what is judged next
};

struct ScansMade {
  std::size_t days = 0;               ///< judged now
  std::uint64_t ended = 0, open = 0;  ///< rows written now: events that ended; what may go on (the largest part of it too small so far)
};

/// Makes the derived table `scans` (schema/derived_columns.cpp) for the days before `to_day`: those that were judged before, from the same
/// flows and by the same rule, are left as they are, and their open events are continued. Where nothing is judged yet, or an old day has
/// changed, all days are judged from the first of the lake on, since an event may have begun on any. The rows are the same however the days
/// came. Events by another rule are replaced. Memory is bounded, whatever the traffic.
/// Fails with "Conflict" in the sentence when another process judged at the same time.
Result<ScansMade> ensure_scans(Lake& lake, std::int64_t to_day, const ScansOptions& options = {});

/// The sentence about what cannot be judged: darknets whose size is unknown, or smaller than the destinations wanted; and the timeouts of
/// the others. One line a sensor, in order of their names.
Result<std::vector<std::string>> scan_timeouts(const Lake& lake, const ScanRule& rule = {});

}  // namespace nightjar
