#pragma once
#include <cstdint>
#include <string>

#include "incident/incident.hpp"
#include "incident/words.hpp"

namespace nightjar::cli {

/// One incident in full, for a terminal of 80 columns: title, story, key facts, what carries the rise, related ports, payloads, days,
/// evidence, queries. Outside texts come out escaped, addresses of malware defanged.
std::string incident_page(const Incident& incident, Language language);

/// "24 k hosts, 5.2 x usual"; of answers to an attack their own packets and what the whole protocol rose to, "18 k packets, TCP 1.3 x
/// usual"; of a sensor how long it lasted.
std::string size_text(const Incident& incident, Language language);
/// "17 attacks", 「17件」: a level of the metric with its unit.
std::string level_text(const Incident& incident, double level, Language language);

}  // namespace nightjar::cli
