#pragma once
#include <string_view>

#include "incident/incident.hpp"

// What a cause is judged by (docs/definitions.md, "Cause"); judge_cause itself is in relations.hpp.
namespace nightjar {

/// Infected devices scan with it.
bool is_tool_of_devices(std::string_view tool);

/// Of a payload of the incident the CVE is known.
bool has_exploit(const Incident& incident);

/// Whether honeypots got at the incident's own port what loads a program or bears the tag of an exploit, with or without a CVE. False
/// where passwords are asked for: there a program is loaded after a login.
bool spreads_itself(const Incident& incident);

}  // namespace nightjar
