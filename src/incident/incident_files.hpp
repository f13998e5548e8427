#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "incident/incident.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Files of `incidents` for these incidents, one a UTC day of onset, and what they replace: all files of the same rules (`rules`) whose
/// days lie in [from_day, to_day). `made_from`: what was judged. Where there are no incidents one file without rows at `from_day` keeps the
/// judgement. An incident may begin on another day: then the file of that day is written anew, and the others in it stay;
/// the session must see that day (an error).
Result<Change> write_incident_files(QuerySession& session, const Writer& writer, const std::vector<Incident>& incidents,
                                    const std::string& rules, const std::string& made_from, std::int64_t from_day, std::int64_t to_day);

/// What is asked of the table: all that hold.
struct IncidentQuestion {
  std::string rules = "default";
  std::optional<std::int64_t> from_ms, to_ms;  ///< those that overlap this time
  std::string kind, country;                   ///< empty: any
  std::optional<std::uint16_t> port;
  std::string id;  ///< or its first digits
};
/// By onset.
Result<std::vector<Incident>> read_incidents(QuerySession& session, const IncidentQuestion& question);

}  // namespace nightjar
