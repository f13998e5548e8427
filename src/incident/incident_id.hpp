#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "incident/incident.hpp"

namespace nightjar {

/// The name of an incident, 16 hexadecimal digits: the same whenever an incident of this kind is found about the same (`key`: a network, a
/// sensor, what else tells it from others) from the same time on.
std::string incident_id(IncidentKind kind, std::string_view key, std::int64_t onset_ms);

}  // namespace nightjar
