#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "incident/explain.hpp"
#include "incident/exposure.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Where a rise begins in counts per hour: the beginning `t0` of the line that explains them best (Poisson), level `usual` before it, from
/// there on rising evenly over some hours and then staying. `usual[i]` > 0. Both lists are as long. Returns an index.
std::size_t rise_begins(const std::vector<double>& counts, const std::vector<double>& usual);

/// The times of a rise.
struct RiseTimes {
  std::int64_t onset_ms = 0;  ///< start of the hour in which it begins; of one source its first packet
  std::int64_t peak_ms = 0;   ///< start of the hour of the peak day in which most was counted
};

/// Reads `flows` hour by hour around the onset. `first_day`: on which the rise left the usual range. `one_source`: one source carries it.
Result<RiseTimes> times_of(QuerySession& session, const Rise& rise, std::int64_t first_day, bool one_source,
                           const std::map<std::int64_t, Exposure>& exposures);

}  // namespace nightjar
