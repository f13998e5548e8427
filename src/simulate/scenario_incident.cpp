#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "simulate/conversation.hpp"
#include "simulate/scenario_parts.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::array<std::string_view, 11> kKinds = {"host-spike", "packet-spike",   "new-port",    "heavy-source", "scan-campaign",
                                                     "dos-victim", "carpet-bombing", "new-payload", "drdos",        "sensor",
                                                     "none"};

void check_because(const ScenarioTable& table, const TomlNode& node, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
    table.mistake(node.line, fmt::format("because: {} must name an attribute and its value: \"country=AR\"", in_quotes(text)));
}

/// The port that an incident is about, or only its protocol.
void read_port(ScenarioTable& table, Incident& incident) {
  const TomlNode* node = table.find("port");
  if (node == nullptr) return;
  const auto port = parse_port(node->kind == TomlNode::Kind::text ? node->text : "");
  if (!port)
    return table.mistake(node->line, "port is written \"23/tcp\" or \"53/udp\", or \"icmp\"; \"any/tcp\" where it is about no single port");
  incident.protocol = port->protocol;
  incident.port = port->port;
}

}  // namespace

Incident read_incident(ScenarioTable table) {
  Incident incident;
  incident.id = table.needed_text("id", "id = \"mirai-ar\"");
  read_title(table, incident.title, incident.title_ja);
  incident.kind = table.needed_text("kind", "kind = \"host-spike\"");
  const TomlNode* kind = table.find("kind");
  if (kind != nullptr && std::find(kKinds.begin(), kKinds.end(), incident.kind) == kKinds.end())
    table.mistake(kind->line, unknown("kind", incident.kind, {kKinds.begin(), kKinds.end()}));
  read_port(table, incident);
  incident.onset = table.needed_time("onset");
  incident.peak = table.time("peak", incident.onset);
  incident.end = table.needed_time("end");
  check_span(table, "onset", incident.onset, "end", incident.end);
  if (incident.peak < incident.onset || incident.peak > incident.end)
    table.mistake(table.line(), fmt::format("the incident's peak {} is not between its onset and its end", format_second(incident.peak)));
  incident.because = table.texts("because");
  if (const TomlNode* because = table.find("because"))
    for (std::size_t i = 0; i < because->items.size(); ++i) check_because(table, because->items[i], incident.because[i]);
  if (const TomlNode* ports = table.find("related_ports")) {
    if (ports->kind != TomlNode::Kind::list) table.mistake(ports->line, "related_ports must be a list of TCP ports: [80, 8080]");
    for (const TomlNode& port : ports->items) {
      const bool is_port = port.kind == TomlNode::Kind::number && port.number >= 1 && port.number <= 65535 &&
                           port.number == static_cast<double>(static_cast<std::uint16_t>(port.number));
      if (is_port) {
        incident.related_ports.push_back(static_cast<std::uint16_t>(port.number));
      } else {
        table.mistake(port.line, "related_ports must be a list of TCP ports: [80, 8080]");
      }
    }
  }
  incident.payloads = table.texts("payloads");
  const TomlNode* payloads = table.find("payloads");
  for (std::size_t i = 0; i < incident.payloads.size(); ++i) {
    if (find_conversation(incident.payloads[i]) != nullptr) continue;
    std::vector<std::string_view> names;
    for (const Conversation& each : conversations()) names.push_back(each.name);
    table.mistake(payloads->items[i].line, unknown("conversation", incident.payloads[i], names));
  }
  table.done();
  return incident;
}

void read_title(ScenarioTable& table, std::string& english, std::string& japanese) {
  const TomlNode* node = table.need("title", "title = { en = \"...\", ja = \"...\" }");
  if (node == nullptr) return;
  ScenarioTable title(table.file(), *node, "title");
  english = title.needed_text("en", "en = \"...\"");
  japanese = title.needed_text("ja", "ja = \"...\"");
  title.done();
}

void check_incident(const ScenarioTable& table, const TomlNode* where, const std::string& id, const Scenario& scenario) {
  if (where == nullptr || where->kind != TomlNode::Kind::text) return;
  std::vector<std::string_view> ids;
  for (const Incident& incident : scenario.incidents) ids.push_back(incident.id);
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) table.mistake(where->line, unknown("incident", id, ids));
}

void check_span(const ScenarioTable& table, std::string_view from_name, std::int64_t from, std::string_view to_name, std::int64_t to) {
  if (from < to) return;
  table.mistake(table.line(),
                fmt::format("{} ({}) must be later than {} ({})", to_name, format_second(to), from_name, format_second(from)));
}

}  // namespace nightjar::simulate
