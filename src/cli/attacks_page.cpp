#include "cli/attacks_page.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/output.hpp"
#include "detect/victim_definition.hpp"
#include "figure/figure.hpp"
#include "figure/values.hpp"
#include "payload/request_kinds.hpp"
#include "schema/services.hpp"

namespace nightjar::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* fraction = std::get_if<double>(&value)) return *fraction;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  return nullptr;
}

Json json_of(const AttackEntry& entry) {
  const auto names = attack_columns(false);
  const auto values = attack_values(entry, false);
  Json object = Json::object();
  for (std::size_t i = 0; i < names.size(); ++i) object[names[i]] = json_of(values[i]);
  return object;
}

std::string dump(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

/// "2017-11-23T05:00:00.123000Z" → "2017-11-23 05:00:00"
std::string short_time(std::string text) {
  constexpr std::size_t to_seconds = 19, between = 10;
  if (text.size() < to_seconds) return text;
  text.resize(to_seconds);
  text[between] = ' ';
  return text;
}

std::string sensors_text(const AttackEntry& entry) {
  return entry.sensor.empty() ? std::to_string(entry.sensors) + " sensors" : entry.sensor;
}

/// "80", or how many there are.
std::string ports_text(const AttackEntry& entry) {
  return entry.ports == 1 ? std::to_string(entry.port) : with_thousands(entry.ports) + " ports";
}

Value rate_of(const std::optional<double>& rate) { return rate ? Value(std::round(*rate)) : Value(); }

std::string table_of_victims(const std::vector<AttackEntry>& entries) {
  const std::vector<OutputColumn> columns = {
      {"id", false, false, 0, 0},       {"first (UTC)", false, false, 0, 0}, {"lasted", false, false, 0, 0},
      {"victim", false, false, 0, 0},   {"protocol", false, false, 0, 0},    {"port", false, false, 0, 0},
      {"country", false, false, 0, 0},  {"asn", true, false, 0, 0},          {"sensor", false, false, 0, 20},
      {"packets", true, true, 0, 0},    {"a minute", true, true, 0, 0},      {"dark addresses", true, true, 0, 0},
      {"mismatches", true, true, 0, 0}, {"packets/s", true, true, 0, 0},     {"at its peak", true, true, 0, 0},
      {"kind", false, false, 0, 0}};
  std::vector<std::vector<Value>> rows;
  for (const AttackEntry& entry : entries)
    rows.push_back({entry.id, short_time(entry.first), human_duration(entry.seconds), entry.victim, entry.protocol, ports_text(entry),
                    entry.country.empty() ? std::string("unknown") : entry.country, entry.asn, entry.sensor, entry.packets,
                    entry.peak_per_minute, entry.destinations, entry.mismatches, rate_of(entry.rate), rate_of(entry.peak_rate),
                    entry.level == 2 ? entry.kind + " of " + with_thousands(entry.victims) : entry.kind});
  return table_text(columns, rows);
}

std::string table_of(const std::vector<AttackEntry>& entries) {
  // All of one definition.
  if (!entries.empty() && entries.front().is_backscatter()) return table_of_victims(entries);
  const std::vector<OutputColumn> columns = {{"id", false, false, 0, 0},       {"first (UTC)", false, false, 0, 0},
                                             {"lasted", false, false, 0, 0},   {"victim", false, false, 0, 0},
                                             {"country", false, false, 0, 0},  {"asn", true, false, 0, 0},
                                             {"service", false, false, 0, 24}, {"sensors", false, false, 0, 20},
                                             {"requests", true, true, 0, 0},   {"kind", false, false, 0, 0}};
  std::vector<std::vector<Value>> rows;
  for (const AttackEntry& entry : entries)
    rows.push_back({entry.id, short_time(entry.first), human_duration(entry.seconds), entry.victim,
                    entry.country.empty() ? std::string("unknown") : entry.country, entry.asn, entry.service, sensors_text(entry),
                    entry.packets, entry.level == 2 ? entry.kind + ", together" : entry.kind});
  return table_text(columns, rows);
}

std::string heading_of(const AttackHeading& heading, const std::string& parameters) {
  std::string out = names_victims(heading.definition) ? "denial of service, seen as backscatter\n" : "DRDoS attacks\n";
  if (heading.modelled) out += "modelled data\n";
  out += "definition: " + escape_for_terminal(heading.definition) + " (" + escape_for_terminal(parameters) + ")\n";
  if (!heading.from.empty() || !heading.to.empty())
    out += "began " + (heading.from.empty() ? std::string() : "from " + heading.from) +
           (heading.from.empty() || heading.to.empty() ? "" : " ") + (heading.to.empty() ? std::string() : "before " + heading.to) +
           ", UTC\n";
  if (!heading.filter.empty()) out += "filter: " + escape_for_terminal(heading.filter) + "\n";
  return out + "\n";
}

/// How strong the attack was, where that can be said.
std::string extrapolation_of(const AttackEntry& attack) {
  if (!attack.rate)
    return std::string("how strong the attack was cannot be said: ") +
           (attack.ip_version == 4 ? "it is not known how many addresses the sensor observed\n" : "IPv6 is too large for that\n");
  const auto number = [](double rate) { return with_thousands(static_cast<std::uint64_t>(std::llround(rate))); };
  return "extrapolated to all addresses: " + number(*attack.rate) + " packets a second, " + number(*attack.peak_rate) +
         " at its peak, if the forged sources were random\n";
}

std::string kinds_of(const AttackShare& share) {
  const auto service = std::ranges::find(kServiceNames, std::string_view(share.service));
  if (service == kServiceNames.end()) return {};
  return kinds_text(static_cast<Service>(service - kServiceNames.begin()), static_cast<std::uint32_t>(share.kinds));
}

/// Packets over the time of an attack, in at most sixty steps.
std::string curve_of(const AttackFound& found) {
  constexpr std::size_t steps = 60;
  constexpr std::array<const char*, 9> bars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::vector<std::pair<std::int64_t, std::uint64_t>> minutes;
  for (const AttackMinute& minute : found.minutes)
    if (const auto second = second_of_text(minute.minute)) minutes.emplace_back(*second / 60, minute.packets);
  if (minutes.empty()) return {};
  const std::int64_t first = minutes.front().first, span = minutes.back().first - first + 1;
  const auto width = static_cast<std::int64_t>(std::min<std::int64_t>(span, steps));
  std::vector<std::uint64_t> sums(static_cast<std::size_t>(width));
  for (const auto& [minute, packets] : minutes) sums[static_cast<std::size_t>((minute - first) * width / span)] += packets;
  const std::uint64_t most = *std::max_element(sums.begin(), sums.end());
  std::string line;
  for (const std::uint64_t sum : sums) line += bars[sum == 0 || most == 0 ? 0 : 1 + (sum - 1) * 8 / most];
  return std::string(found.attack.is_backscatter() ? "packets" : "requests") + " over time, " +
         human_duration(static_cast<double>(span) * 60 / static_cast<double>(width)) + " a step:\n" + line + "\n";
}

/// What came from which port of the victim.
std::string shares_of_victim(const AttackFound& found) {
  std::vector<std::vector<Value>> rows;
  for (const AttackShare& share : found.shares)
    rows.push_back({share.sensor, share.port, share.packets, short_time(share.first), short_time(share.last)});
  if (rows.empty()) return {};
  return table_text({{"sensor", false, false, 0, 0},
                     {"port", true, false, 0, 0},
                     {"packets", true, true, 0, 0},
                     {"first (UTC)", false, false, 0, 0},
                     {"last (UTC)", false, false, 0, 0}},
                    rows) +
         "\n";
}

}  // namespace

std::vector<std::string> attack_columns(bool modelled) {
  std::vector<std::string> names = {"id",   "first",  "last",    "duration", "victim",   "victims",   "country", "asn",   "service",
                                    "port", "sensor", "sensors", "packets",  "bytes_in", "bytes_out", "kind",    "level", "parent"};
  for (const char* name : {"protocol", "ports", "peak_per_minute", "destinations", "mismatches", "attack_rate", "attack_peak_rate"})
    names.emplace_back(name);
  if (modelled) names.emplace_back("modelled");
  return names;
}

std::vector<Value> attack_values(const AttackEntry& entry, bool modelled) {
  std::vector<Value> values = {entry.id,
                               entry.first,
                               entry.last,
                               entry.seconds,
                               entry.victim,
                               entry.victims,
                               entry.country.empty() ? std::string("unknown") : entry.country,
                               entry.asn,
                               entry.service,
                               entry.port,
                               entry.sensor,
                               entry.sensors,
                               entry.packets,
                               entry.bytes_in,
                               entry.bytes_out,
                               entry.kind,
                               entry.level,
                               entry.parent};
  values.emplace_back(entry.protocol);
  for (const std::uint64_t number : {entry.ports, entry.peak_per_minute, entry.destinations, entry.mismatches})
    values.push_back(entry.is_backscatter() ? Value(number) : Value());
  for (const auto& rate : {entry.rate, entry.peak_rate}) values.push_back(rate ? Value(*rate) : Value());
  if (modelled) values.emplace_back(true);
  return values;
}

std::string attack_list_json(const AttackList& list, const AttackHeading& heading) {
  Json rows = Json::array();
  for (const AttackEntry& entry : list.rows) rows.push_back(json_of(entry));
  return dump({{"definition", heading.definition},
               {"parameters", Json::parse(parameters_json(list.parameters))},
               {"from", heading.from.empty() ? Json(nullptr) : Json(heading.from)},
               {"to", heading.to.empty() ? Json(nullptr) : Json(heading.to)},
               {"filter", heading.filter},
               {"version", heading.version},
               {"modelled", heading.modelled},
               {"total", list.total},
               {"attacks", list.attacks},
               {"carpets", list.carpets},
               {"remarks", list.remarks},
               {"rows", std::move(rows)}});
}

std::string attack_list_page(const AttackList& list, const AttackHeading& heading) {
  std::string out = heading_of(heading, list.parameters);
  out += list.rows.empty() ? "no attacks\n" : table_of(list.rows);
  out += "\n" + with_thousands(list.rows.size()) + " of " + with_thousands(list.total) + " shown; " + with_thousands(list.attacks) +
         (list.attacks == 1 ? " attack counts" : " attacks count") + " by this definition\n";
  if (list.carpets > 0)
    out += with_thousands(list.carpets) + (list.carpets == 1 ? " carpet over a prefix counts" : " carpets over a prefix count") +
           " as no attack: only addresses that were " + (names_victims(heading.definition) ? "attacked hard" : "asked for often") +
           " enough do\n";
  for (const std::string& remark : list.remarks) out += escape_for_terminal(remark) + "\n";
  return out;
}

std::string attack_json(const AttackFound& found, const AttackHeading& heading) {
  Json out = json_of(found.attack);
  out["definition"] = found.definition;
  out["parameters"] = Json::parse(parameters_json(found.parameters));
  out["version"] = heading.version;
  out["modelled"] = heading.modelled;
  out["parts"] = Json::array();
  for (const AttackEntry& part : found.parts) out["parts"].push_back(json_of(part));
  out["seen_by"] = Json::array();
  for (const AttackShare& share : found.shares)
    out["seen_by"].push_back({{"sensor", share.sensor},
                              {"service", share.service},
                              {"port", share.port},
                              {"first", share.first},
                              {"last", share.last},
                              {"packets", share.packets},
                              {"bytes_in", share.bytes_in},
                              {"bytes_out", share.bytes_out},
                              {"request_bytes", share.request_bytes},
                              {"reply_bytes", share.reply_bytes},
                              {"kinds", kinds_of(share)},
                              {"query", share.query}});
  out["minutes"] = Json::array();
  for (const AttackMinute& minute : found.minutes) out["minutes"].push_back({{"minute", minute.minute}, {"packets", minute.packets}});
  return dump(out);
}

std::string attack_page(const AttackFound& found, const AttackHeading& heading) {
  AttackHeading above = heading;
  above.definition = found.definition;
  std::string out = heading_of(above, found.parameters) + table_of({found.attack}) + "\n";
  const AttackEntry& attack = found.attack;
  out += "from " + attack.first + " to " + attack.last + "; " + with_thousands(attack.bytes_in);
  if (attack.is_backscatter())
    out += " bytes of answers to " + with_thousands(attack.destinations) + " dark addresses\n" + extrapolation_of(attack);
  else
    out += " bytes asked, " + with_thousands(attack.bytes_out) + " bytes sent back\n";
  if (attack.victims > 1) out += with_thousands(attack.victims) + " addresses were attacked\n";
  if (!attack.parent.empty()) out += "part of the attack " + attack.parent + "\n";
  out += "\n";
  if (!found.parts.empty()) out += "parts:\n" + table_of(found.parts) + "\n";
  if (attack.is_backscatter()) return out + shares_of_victim(found) + curve_of(found);
  std::vector<std::vector<Value>> rows;
  for (const AttackShare& share : found.shares) {
    Value gain;
    if (share.request_bytes != 0) gain.emplace<double>(static_cast<double>(share.reply_bytes) / static_cast<double>(share.request_bytes));
    rows.push_back({share.sensor, share.service, share.port, share.packets, gain, kinds_of(share), share.query});
  }
  if (!rows.empty())
    out += table_text({{"sensor", false, false, 0, 0},
                       {"service", false, false, 0, 0},
                       {"port", true, false, 0, 0},
                       {"requests", true, true, 0, 0},
                       {"amplification", true, false, 1, 0},
                       {"kinds", false, false, 0, 40},
                       {"query", false, false, 0, 40}},
                      rows) +
           "\n";
  return out + curve_of(found);
}

}  // namespace nightjar::cli
