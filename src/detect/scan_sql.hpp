#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "detect/scan_events.hpp"

namespace nightjar {

/// What one pass over the flows judges. Days are days since 1970.
struct ScanSpan {
  std::int64_t from_day = 0;  ///< days [from_day, to_day) are new
  std::int64_t to_day = 0;
  std::optional<std::int64_t> judged_to;  ///< the end of what was judged before, at most from_day; table `scans` has what was open then
  std::int64_t read_from_hour = 0;        ///< since 1970: of before only what may belong to open events, from here on
};

/// SELECT of all events that ended in the span and are kept, and of those that are open at its end and either kept or older than their
/// timeout; with the columns of table `scans` (DuckDB's own SQL).
///
/// Not all that is open needs to be carried from pass to pass: what began no longer than a timeout before the end is found again in the
/// flows of that time. So a pass reads the days before for as long as the longest timeout.
std::string scans_sql(const ScanRule& rule, const ScanSpan& span);

/// SELECT day, sensor, addresses, timeout of all darknets that are large enough (DuckDB's own SQL).
std::string scan_sizes_sql(const ScanRule& rule);

}  // namespace nightjar
