#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "simulate/scenario_table.hpp"

namespace nightjar::simulate {

/// The parts of a scenario file, each read from its table; mistakes go to the file. Incidents come first: others name them.
Incident read_incident(ScenarioTable table);
Population read_population(ScenarioTable table, const Scenario& scenario);
void read_darknet(ScenarioTable table, Scenario& scenario);
Outage read_outage(ScenarioTable table, const Scenario& scenario);
Reflectors read_reflectors(ScenarioTable table, const Scenario& scenario);
Honeypot read_honeypot(ScenarioTable table, const Scenario& scenario);

/// "CN", "AR/22927" or "bogon"; weight 1.
std::optional<OriginWeight> parse_origin(std::string_view text);
/// "23/tcp", "any/udp", or a protocol without ports: "icmp"; weight 1.
std::optional<PortWeight> parse_port(std::string_view text);

/// `origins = "NAME"` of a table [origins.NAME], or weights in place; at most 255.
std::vector<OriginWeight> read_origins(ScenarioTable& table, std::string_view key);
/// `ports = "NAME"` of a table [ports.NAME], or weights in place.
std::vector<PortWeight> read_ports(ScenarioTable& table);

/// The key `title`, in both languages.
void read_title(ScenarioTable& table, std::string& english, std::string& japanese);
/// A mistake unless the id is empty or that of an incident.
void check_incident(const ScenarioTable& table, const TomlNode* where, const std::string& id, const Scenario& scenario);
/// "onset", "end" and the like: a mistake unless the times ascend.
void check_span(const ScenarioTable& table, std::string_view from_name, std::int64_t from, std::string_view to_name, std::int64_t to);

}  // namespace nightjar::simulate
