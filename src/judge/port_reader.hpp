#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "exposure/exposure.hpp"
#include "incident/rules.hpp"
#include "judge/judge.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Reads `port_days` of UTC days [history_day, to_day) day after day, by protocol and port: of ports only on which a rise is possible on a
/// day from `from_day` on, or of which `also` says so; `also` must name all ports with waves, and `exposures` be the judge's. What is left
/// out changes nothing: its rises are judged as Judge does, with a level that is never above the judge's. A day without rows comes as an
/// empty list.
Result<void> read_port_days(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                            std::int64_t history_day, std::int64_t from_day, std::int64_t to_day,
                            const std::vector<std::pair<std::uint8_t, std::uint16_t>>& also,
                            const std::function<void(std::int64_t day, const std::vector<PortDay>& rows)>& on_day);

}  // namespace nightjar
