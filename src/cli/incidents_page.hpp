#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "incident/incident.hpp"
#include "incident/words.hpp"
#include "store/query.hpp"

namespace nightjar::cli {

/// What stands above the list.
struct IncidentHeading {
  std::string rules, from, to;       ///< from, to: as given, empty: open
  std::vector<std::string> filters;  ///< "kind drdos", "country JP"
  std::uint64_t version = 0;         ///< of the lake
  bool modelled = false;
  std::vector<std::string> remarks;
};

/// The list for a terminal of 80 columns: day of the onset, kind, port, size, the id's first digits; the cause below.
std::string incident_list_page(const std::vector<Incident>& incidents, const IncidentHeading& heading, Language language);

/// {rules, from, to, version, modelled, remarks, rows: [...]}; the rows of one incident are a list of one.
std::string incident_list_json(const std::vector<Incident>& incidents, const IncidentHeading& heading);

std::vector<std::string> incident_columns(bool modelled);
std::vector<Value> incident_values(const Incident& incident, bool modelled, Language language);

}  // namespace nightjar::cli
