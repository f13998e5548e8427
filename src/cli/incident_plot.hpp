#pragma once
#include <string>
#include <vector>

#include "incident/incident.hpp"
#include "incident/words.hpp"

namespace nightjar::cli {

/// The days of an incident as bars of characters, at most 80 columns wide: within the usual range light, above it full, the usual level
/// and its upper end as marks; days of trouble are marked, not drawn. More than 70 days are put together. Empty where there are no days.
std::string incident_plot(const Incident& incident, Language language);

}  // namespace nightjar::cli
