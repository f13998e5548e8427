#include "cli/incidents_page.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "base/text_columns.hpp"
#include "cli/incident_page.hpp"
#include "cli/output.hpp"
#include "incident/incident_times.hpp"
#include "incident/words_facts.hpp"

namespace nightjar::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kColumns = 80;
constexpr std::size_t kShortId = 8;

/// As many first digits of the ids as tell those of the list apart, 8 at least.
std::size_t id_digits(const std::vector<Incident>& incidents) {
  std::vector<std::string> ids;
  for (const Incident& incident : incidents) ids.push_back(incident.id);
  std::ranges::sort(ids);
  std::size_t digits = kShortId;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    const auto [a, b] = std::ranges::mismatch(ids[i - 1], ids[i]);
    digits = std::max(digits, static_cast<std::size_t>(a - ids[i - 1].begin()) + 1);
  }
  return digits;
}

std::string heading_lines(const IncidentHeading& heading, std::size_t count, bool ja) {
  std::string out = ja ? "事象\n" : "Incidents\n";
  if (heading.modelled) out += ja ? "模擬データ (modelled data)\n" : "modelled data\n";
  if (!heading.from.empty() || !heading.to.empty())
    out += (heading.from.empty() ? "" : "from " + heading.from) + (heading.from.empty() || heading.to.empty() ? "" : " ") +
           (heading.to.empty() ? "" : "to " + heading.to + " (not included)") + ", UTC\n";
  std::string filters;
  for (const std::string& filter : heading.filters) filters += (filters.empty() ? "" : ", ") + filter;
  if (!filters.empty()) out += wrapped("only " + escape_for_terminal(filters), 0, kColumns);
  if (count > 0)
    out +=
        (ja ? with_thousands(count) + "件、規則: " : with_thousands(count) + (count == 1 ? " incident, rules: " : " incidents, rules: ")) +
        escape_for_terminal(heading.rules) + "\n";
  return out;
}

Value optional_text(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value real(double number) { return std::isfinite(number) ? Value(number) : Value(); }

std::string protocol_text(std::uint8_t protocol) {
  std::string name = port_name(protocol, 0);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return name;
}

}  // namespace

std::string incident_list_page(const std::vector<Incident>& incidents, const IncidentHeading& heading, Language language) {
  const bool ja = language == Language::ja;
  std::string out = heading_lines(heading, incidents.size(), ja);
  if (!incidents.empty()) {
    const std::size_t digits = id_digits(incidents);
    std::vector<std::vector<Value>> rows;
    for (const Incident& incident : incidents) {
      constexpr std::size_t day = 10;
      const std::string port = port_name(incident);
      rows.push_back({format_milliseconds(incident.onset_ms).substr(0, day), std::string(name_of(incident.kind)),
                      port.empty() ? Value(incident.sensor.empty() ? std::string("-") : incident.sensor) : Value(port),
                      size_text(incident, language), incident.id.substr(0, digits)});
    }
    const std::string table = table_text({{ja ? "開始" : "onset", false, false, 0, 0},
                                          {ja ? "種類" : "kind", false, false, 0, 0},
                                          {ja ? "ポート" : "port", false, false, 0, 10},
                                          {ja ? "規模" : "size", false, false, 0, 30},
                                          {"id", false, false, 0, 0}},
                                         rows);
    // Two lines of header, then a line a row.
    std::size_t begin = 0;
    out += "\n";
    for (std::size_t line = 0; begin < table.size(); ++line) {
      const std::size_t end = table.find('\n', begin) + 1;
      out += table.substr(begin, end - begin);
      if (line >= 2) out += wrapped(escape_for_terminal(ja ? incidents[line - 2].cause_ja : incidents[line - 2].cause_en), 2, kColumns);
      begin = end;
    }
    out += "\n" + wrapped(ja ? "nightjar incidents ID で詳細を表示します。" : "nightjar incidents ID tells one in full.", 0, kColumns);
  }
  for (const std::string& remark : heading.remarks) out += wrapped(escape_for_terminal(remark), 0, kColumns);
  return out;
}

std::string incident_list_json(const std::vector<Incident>& incidents, const IncidentHeading& heading) {
  Json rows = Json::array();
  for (const Incident& incident : incidents) rows.push_back(Json::parse(incident_json(incident), nullptr, false));
  const auto optional = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
  const Json out = {{"rules", heading.rules},     {"from", optional(heading.from)}, {"to", optional(heading.to)},
                    {"version", heading.version}, {"modelled", heading.modelled},   {"total", incidents.size()},
                    {"remarks", heading.remarks}, {"rows", std::move(rows)}};
  return out.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> incident_columns(bool modelled) {
  std::vector<std::string> names = {"id",    "kind",   "protocol", "port",     "country",     "sensor",    "onset", "peak",
                                    "end",   "metric", "expected", "observed", "level_now",   "score",     "trend", "confidence",
                                    "cause", "title",  "hosts",    "packets",  "fingerprint", "population"};
  if (modelled) names.emplace_back("modelled");
  return names;
}

std::vector<Value> incident_values(const Incident& incident, bool modelled, Language language) {
  std::vector<Value> values = {incident.id,
                               std::string(name_of(incident.kind)),
                               optional_text(protocol_text(incident.protocol)),
                               incident.port == 0 ? Value() : Value(std::uint64_t{incident.port}),
                               optional_text(incident.country),
                               optional_text(incident.sensor),
                               format_milliseconds(incident.onset_ms),
                               format_milliseconds(incident.peak_ms),
                               incident.end_ms ? Value(format_milliseconds(*incident.end_ms)) : Value(),
                               std::string(name_of(incident.metric)),
                               real(incident.expected),
                               real(incident.observed),
                               real(incident.level_now),
                               real(incident.score),
                               std::string(name_of(incident.trend)),
                               std::string(name_of(incident.confidence)),
                               language == Language::ja ? incident.cause_ja : incident.cause_en,
                               title_of(incident, language),
                               incident.hosts,
                               incident.packets,
                               optional_text(incident.tool),
                               incident.population};
  if (modelled) values.emplace_back(true);
  return values;
}

}  // namespace nightjar::cli
