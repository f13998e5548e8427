#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/file.hpp"
#include "base/time.hpp"
#include "simulate/scenario_parts.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::uint64_t kLargestFile = 4U << 20;
constexpr std::size_t kMostPopulations = 65'535;  ///< Event::population has 16 bits

/// The tables of all lists, as each part's reader wants them.
template <class Read>
void read_tables(ScenarioTable& root, std::string_view key, const Read& read) {
  for (const TomlNode* node : root.tables(key, key)) read(ScenarioTable(root.file(), *node, fmt::format("[[{}]]", key)));
}

void read_top(ScenarioTable& root, Scenario& scenario) {
  read_title(root, scenario.title, scenario.title_ja);
  scenario.sentence = root.needed_text("sentence", "sentence = \"what is modelled\"");
  // Before all times: they mean this zone.
  if (const TomlNode* zone = root.find("timezone")) {
    const auto offset = parse_utc_offset(text_of(root.file(), *zone, "timezone"));
    if (!offset) root.mistake(zone->line, "timezone: " + offset.error().sentence);
    scenario.utc_offset = root.file().utc_offset = offset ? *offset : 0;
  }
  scenario.from = root.needed_time("from");
  scenario.to = root.needed_time("to");
  check_span(root, "from", scenario.from, "to", scenario.to);
  scenario.reference_addresses = root.number("reference_addresses", scenario.reference_addresses, {1, 4294967296.0, false});
}

void read_incidents(ScenarioTable& root, Scenario& scenario) {
  read_tables(root, "incident", [&](ScenarioTable table) {
    const std::size_t line = table.line();
    Incident incident = read_incident(std::move(table));
    for (const Incident& other : scenario.incidents)
      if (other.id == incident.id) root.mistake(line, fmt::format("there is an incident {} already", in_quotes(incident.id)));
    scenario.incidents.push_back(std::move(incident));
  });
}

/// Tables of weights that no population names are looked at too: a name or a number that is wrong there is a mistake all the same.
void check_named_weights(ScenarioTable& root) {
  for (const std::string_view folder : {"origins", "ports"}) {
    const std::string example = fmt::format("[{}.NAME]", folder);
    for (const TomlEntry& entry : root.entries(folder, example)) {
      const TomlNode pretended{TomlNode::Kind::table, entry.line, {}, 0, {{std::string(folder), entry.line, entry.node}}, {}};
      ScenarioTable table(root.file(), pretended, fmt::format("[{}.{}]", folder, entry.key));
      if (entry.node.kind != TomlNode::Kind::table) {
        root.mistake(entry.line, fmt::format("{} must be a table of weights: {}", in_quotes(entry.key), example));
      } else if (folder == "origins") {
        read_origins(table, folder);
      } else {
        read_ports(table);
      }
    }
  }
}

Scenario scenario_of(ScenarioFile& file, const TomlNode& tree) {
  Scenario scenario;
  file.root = &tree;
  ScenarioTable root(file, tree, "the file");
  read_top(root, scenario);
  read_incidents(root, scenario);
  check_named_weights(root);
  if (const TomlNode* darknet = root.find("darknet")) read_darknet(ScenarioTable(file, *darknet, "[darknet]"), scenario);
  if (const TomlNode* pots = root.find("reflectors"))
    scenario.reflectors = read_reflectors(ScenarioTable(file, *pots, "[reflectors]"), scenario);
  if (const TomlNode* pot = root.find("honeypot")) scenario.honeypot = read_honeypot(ScenarioTable(file, *pot, "[honeypot]"), scenario);
  read_tables(root, "outage", [&](ScenarioTable table) { scenario.outages.push_back(read_outage(std::move(table), scenario)); });
  read_tables(root, "population", [&](ScenarioTable table) {
    if (scenario.populations.size() == kMostPopulations)
      return table.mistake(table.line(), fmt::format("more than {} populations", kMostPopulations));
    scenario.populations.push_back(read_population(std::move(table), scenario));
  });
  root.done();
  return scenario;
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, const std::string& name_for_errors) {
  const auto tree = parse_toml_tree(text, name_for_errors);
  if (!tree) return tree.error();
  ScenarioFile file;
  file.name = name_for_errors;
  Scenario scenario = scenario_of(file, *tree);
  if (file.first_mistake) return *file.first_mistake;
  const std::filesystem::path path(name_for_errors);
  scenario.name = (path.extension() == ".toml" ? path.stem() : path.filename()).string();
  return scenario;
}

Result<Scenario> read_scenario(const std::filesystem::path& path) {
  const auto text = read_file(path, kLargestFile);
  if (!text) return text.error();
  return parse_scenario(*text, path.string());
}

}  // namespace nightjar::simulate
