#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "explain/explain.hpp"
#include "exposure/exposure.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Where a rise begins in counts per hour: the beginning `t0` of the line that explains them best (Poisson), level `usual` before it, from
/// there on rising evenly over some hours and then staying. `usual[i]` > 0. Both lists are as long. Returns an index.
std::size_t rise_begins(const std::vector<double>& counts, const std::vector<double>& usual);

/// When a rise began, in milliseconds since 1970: the start of the hour; of one source its first packet. Reads `flows` hour by hour up to
/// the day that is explained, which should be the first out of the usual range. `one_source`: one source carries it.
Result<std::int64_t> onset_ms(QuerySession& session, const Rise& rise, bool one_source, const std::map<std::int64_t, Exposure>& exposures);

/// The start of the hour of the explained day in which most was counted.
Result<std::int64_t> peak_ms(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures);

}  // namespace nightjar
