#include <fmt/format.h>

#include <algorithm>

#include "net/address.hpp"
#include "simulate/conversation.hpp"
#include "simulate/scenario_parts.hpp"
#include "simulate/tool.hpp"

namespace nightjar::simulate {
namespace {

constexpr double kHighestRate = 1e8;    ///< probes a second: more than a link of 40 Gbit/s carries
constexpr double kShortestStay = 0.01;  ///< days: a quarter of an hour
constexpr std::uint32_t kMostFixed = 100'000;
constexpr std::string_view kRatesExample = "rates = 20, or [[160, 0.1], [20, 0.9]] for a tenth of the hosts with 160 probes a second";

void read_tool(ScenarioTable& table, Population& population) {
  population.tool = table.needed_text("tool", "tool = \"mirai\"");
  const TomlNode* where = table.find("tool");
  if (where == nullptr) return;
  const Tool* tool = find_tool(population.tool);
  if (tool == nullptr) {
    std::vector<std::string_view> names;
    for (const Tool& each : tools()) names.push_back(each.name);
    return table.mistake(where->line, unknown("tool", population.tool, names));
  }
  const auto fits = [&](const PortWeight& port) {
    const bool protocol_fits = std::find(tool->protocols.begin(), tool->protocols.end(), port.protocol) != tool->protocols.end();
    return protocol_fits && (tool->port == 0 || tool->port == port.port);
  };
  if (std::all_of(population.ports.begin(), population.ports.end(), fits)) return;
  std::vector<std::string> possible;
  for (const std::uint8_t protocol : tool->protocols) {
    const std::string name = protocol_name(protocol);
    const bool has_ports = protocol == 6 || protocol == 17;
    possible.push_back(!has_ports ? name : tool->port != 0 ? fmt::format("{}/{}", tool->port, name) : "PORT/" + name);
  }
  table.mistake(where->line,
                fmt::format("the tool {} sends only to {}; the ports of the population are others", tool->name, fmt::join(possible, ", ")));
}

void read_conversation(ScenarioTable& table, Population& population) {
  population.conversation = table.text("conversation");
  const TomlNode* where = table.find("conversation");
  if (where == nullptr || find_conversation(population.conversation) != nullptr) return;
  std::vector<std::string_view> names;
  for (const Conversation& each : conversations()) names.push_back(each.name);
  table.mistake(where->line, unknown("conversation", population.conversation, names));
}

std::vector<RateWeight> read_rates(ScenarioTable& table) {
  std::vector<RateWeight> rates;
  const Limits limits{0, kHighestRate, true};
  const TomlNode* node = table.need("rates", kRatesExample);
  if (node == nullptr) return rates;
  if (node->kind == TomlNode::Kind::number) {
    rates.push_back({number_of(table.file(), *node, "rates", limits), 1});
    return rates;
  }
  each_pair(table.file(), *node, "rates", kRatesExample, [&](const TomlNode& rate, const TomlNode& weight) {
    rates.push_back({number_of(table.file(), rate, "each of rates, probes a second,", limits),
                     number_of(table.file(), weight, "the weight in rates", kPositive)});
  });
  return rates;
}

/// How many hosts there are and how long they stay: three ways that exclude each other.
void read_size(ScenarioTable& table, Population& population) {
  const TomlNode* hosts = table.find("hosts");
  const TomlNode* packets = table.find("packets_a_day");
  const TomlNode* fixed = table.find("fixed_hosts");
  population.hosts = table.curve("hosts");
  population.packets_a_day = table.curve("packets_a_day");
  population.fixed_hosts = table.count("fixed_hosts", 0, kMostFixed);
  if (hosts != nullptr && packets != nullptr)
    table.mistake(std::max(hosts->line, packets->line),
                  "a population has hosts or packets_a_day, not both: the one follows from the other and the rates");
  if (fixed == nullptr) {
    if (hosts == nullptr && packets == nullptr)
      table.mistake(table.line(), "a population needs hosts (alive in the world) or packets_a_day (in a darknet of reference_addresses)");
    population.rates = read_rates(table);
    population.life_hours = table.number("life_hours", population.life_hours, kPositive);
    population.address_days = table.number("address_days", 0, kNotNegative);
    if (population.address_days > 0 && population.address_days < kShortestStay)
      table.mistake(table.find("address_days")->line, fmt::format("address_days must be 0, for never, or at least {}", kShortestStay));
    return;
  }
  if (fixed->kind == TomlNode::Kind::number && population.fixed_hosts == 0)
    table.mistake(fixed->line, "fixed_hosts must be at least 1; leave the line out for hosts that come and go");
  if (packets == nullptr) table.mistake(fixed->line, "fixed_hosts needs packets_a_day, which the hosts share");
  for (const std::string_view key : {"rates", "life_hours", "address_days"}) {
    const TomlNode* other = table.find(key);
    if (other != nullptr)
      table.mistake(other->line,
                    fmt::format("{} does not go with fixed_hosts: these stay from the start to the end and share packets_a_day", key));
  }
}

}  // namespace

Population read_population(ScenarioTable table, const Scenario& scenario) {
  Population population;
  population.name = table.needed_text("name", "name = \"mirai\"");
  const auto& others = scenario.populations;
  if (std::any_of(others.begin(), others.end(), [&](const Population& other) { return other.name == population.name; }))
    table.mistake(table.line(), fmt::format("there is a population {} already", in_quotes(population.name)));
  population.sentence = table.text("sentence");
  population.incident = table.text("incident");
  check_incident(table, table.find("incident"), population.incident, scenario);
  population.ports = read_ports(table);
  population.origins = read_origins(table, "origins");
  read_tool(table, population);
  read_conversation(table, population);
  population.conversation_share = table.number("conversation_share", 1, {0, 1, false});
  if (const TomlNode* share = table.find("conversation_share"); share != nullptr && population.conversation.empty())
    table.mistake(share->line, "conversation_share needs a conversation");
  read_size(table, population);
  population.rhythm = table.number("rhythm", 0, {0, 0.9, false});
  population.peak_hour = table.number("peak_hour", population.peak_hour, {0, 24, false});
  table.done();
  return population;
}

}  // namespace nightjar::simulate
