#include "judge/wave_incident.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "base/time.hpp"
#include "explain/explain.hpp"
#include "explain/onset.hpp"
#include "explain/population.hpp"
#include "exposure/usual.hpp"
#include "fingerprint/catalogue.hpp"
#include "incident/incident_id.hpp"
#include "judge/wave_baseline.hpp"
#include "judge/wave_level.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::size_t kMostDays = 120;
/// Days that explaining reads: around the onset, before it for hosts that come back, before the peak for ports asked besides.
constexpr std::int64_t kOnsetDays = 2, kDaysOfHosts = 28, kDaysOfPorts = 7;
constexpr std::int64_t kDaysShownBefore = 14, kDaysShownAfter = 7;
/// A rise is one country's where so much of it comes from there.
constexpr double kOneCountry = 0.8;
/// Packets that a host of a campaign sends to a port a day, at least: it looks for targets, and does not only pass by.
constexpr double kCampaignPackets = 3;

std::string letters(CountryCode code) {
  if (code == 0) return {};
  return {static_cast<char>(code & 0xff), static_cast<char>(code >> 8)};
}

std::string tool_name(Tool tool) {
  return tool < fingerprint_catalogue().size() ? std::string(fingerprint_catalogue()[tool].name) : std::string();
}

Rise rise_of(const Wave& wave, const PortPopulation& population, std::int64_t day) {
  Rise rise;
  rise.protocol = wave.protocol;
  rise.port = wave.port;
  rise.metric = wave.metric;
  for (const CountryCode country : population.countries) rise.countries.push_back(letters(country));
  for (const Tool tool : population.tools) rise.tools.push_back(tool_name(tool));
  rise.peak_day = day;
  rise.onset_day = wave.onset_day;
  rise.usual_days = wave.usual_days;
  return rise;
}

const WaveDay& day_of(const Wave& wave, std::int64_t day) {
  const auto found = std::find_if(wave.days.begin(), wave.days.end(), [day](const WaveDay& one) { return one.day == day; });
  return found == wave.days.end() ? wave.days.back() : *found;
}

const WaveDay& peak_day_of(const Wave& wave) { return day_of(wave, wave.peak_day); }

/// The wave by which a group is known: of those that were there on its first day the largest then. Later days do not change it.
const Wave& first_wave(const std::vector<const Wave*>& group) {
  const Wave* first = group.front();
  for (const Wave* wave : group) {
    if (wave->first_day == first->first_day && day_of(*wave, wave->first_day).excess() > day_of(*first, first->first_day).excess())
      first = wave;
  }
  return *first;
}

bool of_one_source(const Wave& wave, const WaveDay& day, const Rules& rules) {
  return wave.metric == Metric::packets && day.largest >= rules.source_share * day.packets;
}

double level_on(const std::map<std::int64_t, double>& levels, std::int64_t day) {
  const auto found = levels.find(day);
  return found == levels.end() ? 0 : found->second;
}

/// The usual level of the wave's peak day, by what these days had.
double usual_by(const WaveSources& from, const Wave& wave, const std::vector<std::int64_t>& days,
                const std::map<std::int64_t, double>& levels) {
  std::vector<DayLevel> usual;
  for (const std::int64_t day : days) {
    const auto exposure = from.exposures.find(day);
    if (exposure != from.exposures.end()) usual.push_back({day, level_on(levels, day), exposure->second.address_days});
  }
  const auto peak = from.exposures.find(wave.peak_day);
  return usual_of(usual, wave.peak_day, peak == from.exposures.end() ? 0 : peak->second.address_days).level;
}

/// Days that say with what the incident is compared: those without other waves, but where these had raised the level to that of a rise and
/// go on, the latest before the onset.
std::vector<std::int64_t> days_of_level(const WaveSources& from, const Wave& main, const std::map<std::int64_t, double>& levels) {
  std::vector<std::int64_t> undisturbed = undisturbed_days(main, from.waves, from.rules, from.exposures);
  std::vector<std::int64_t> between = days_between(main, from.waves, from.exposures);
  if (between.empty()) return undisturbed;
  const bool hosts = main.metric == Metric::hosts;
  const double before = usual_by(from, main, undisturbed, levels), since = usual_by(from, main, between, levels);
  const bool raised = since >= (hosts ? from.rules.host_ratio : from.rules.packet_ratio) * before &&
                      since - before >= (hosts ? from.rules.fewest_hosts : from.rules.fewest_packets);
  return raised ? between : undisturbed;
}

/// Hosts that the port usually had, or had come to when the wave began.
double usual_at_port(const WaveSources& from, const Wave& main) {
  const std::vector<std::int64_t> between = days_between(main, from.waves, from.exposures);
  if (between.empty()) return main.usual_at_port;
  return std::max(main.usual_at_port, usual_by(from, main, between, from.levels.of({main.protocol, main.port}, "", Metric::hosts)));
}

IncidentKind kind_of(const WaveSources& from, const std::vector<const Wave*>& group, const Wave& main) {
  const Rules& rules = from.rules;
  const WaveDay& peak = peak_day_of(main);
  if (main.metric == Metric::packets) return of_one_source(main, peak, rules) ? IncidentKind::heavy_source : IncidentKind::packet_spike;
  std::set<std::pair<int, int>> ports;
  for (const Wave* wave : group) ports.emplace(wave->protocol, wave->port);
  if (static_cast<double>(ports.size()) >= rules.campaign_ports && peak.hosts <= rules.campaign_hosts &&
      peak.packets >= kCampaignPackets * peak.hosts)
    return IncidentKind::scan_campaign;
  const bool is_new = usual_at_port(from, main) <= rules.new_port_hosts * main.peak_at_port;
  return is_new ? IncidentKind::new_port : IncidentKind::host_spike;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// The filter language's condition of the wave's packets.
std::string filter_of(const Wave& wave) {
  const std::string protocol = wave.protocol == 6    ? "tcp"
                               : wave.protocol == 17 ? "udp"
                               : wave.protocol == 1  ? "icmp"
                                                     : std::to_string(wave.protocol);
  std::string text = "protocol=" + protocol;
  if (wave.protocol == 6 || wave.protocol == 17) text += " and port=" + std::to_string(wave.port);
  text += " and class in (scan, request, echo)";
  std::vector<std::string> countries, tools;
  for (const CountryCode country : wave.population.countries) countries.push_back(country == 0 ? "unknown" : letters(country));
  for (const Tool tool : wave.population.tools) {
    if (tool < fingerprint_catalogue().size()) tools.push_back(tool_name(tool));
  }
  if (countries.size() == 1) text += " and country=" + countries.front();
  if (countries.size() > 1) text += " and country in (" + joined(countries) + ")";
  if (tools.size() == wave.population.tools.size() && tools.size() == 1) text += " and fingerprint=" + tools.front();
  return text;
}

void add_days(const WaveSources& from, const Wave& wave, const std::map<std::int64_t, double>& levels, Incident& incident) {
  std::vector<DayLevel> usual;
  for (const std::int64_t day : incident.basis.level_days) {
    const auto exposure = from.exposures.find(day);
    if (exposure != from.exposures.end()) usual.push_back({day, level_on(levels, day), exposure->second.address_days});
  }
  const std::int64_t last = std::min(from.judged_to_day - 1, wave.end_day ? *wave.end_day + kDaysShownAfter : from.judged_to_day - 1);
  std::int64_t first = wave.onset_day - kDaysShownBefore;
  first = std::max(first, std::min(wave.peak_day, last) - static_cast<std::int64_t>(kMostDays) + 10);
  for (auto exposure = from.exposures.lower_bound(first); exposure != from.exposures.end() && exposure->first <= last; ++exposure) {
    if (incident.days.size() == kMostDays) break;
    const Usual level = usual_of(usual, exposure->first, exposure->second.address_days);
    IncidentDay day;
    day.day = exposure->first;
    day.observed = level_on(levels, day.day);
    day.expected = level.level;
    day.upper =
        std::max(from.rules.host_ratio * level.level, level.level + from.rules.host_score * std::sqrt(level.dispersion * level.level + 1));
    day.trouble = exposure->second.trouble;
    incident.days.push_back(day);
  }
  const auto peak = from.exposures.find(wave.peak_day);
  incident.observed = level_on(levels, wave.peak_day);
  incident.expected = usual_of(usual, wave.peak_day, peak == from.exposures.end() ? 0 : peak->second.address_days).level;
  // What is usual at the port, and what the wave still adds: others may have risen there since.
  const WaveDay& latest = wave.days.back();
  const auto now = from.exposures.find(latest.day);
  const double usual_now = usual_of(usual, latest.day, now == from.exposures.end() ? 0 : now->second.address_days).level;
  // No more than there was: the usual level may have been that of a wave which is over since.
  const double level = std::min(usual_now + latest.excess(), level_on(levels, latest.day));
  incident.level_now = of_a_whole_day(level, latest.day, from.exposures);
}

/// Rows of port_days: of the port as a whole, or of one country there.
std::string level_rows(const Wave& wave, const std::string& country) {
  const std::string port = "protocol = " + std::to_string(wave.protocol) + " AND port = " + std::to_string(wave.port);
  return country.empty() ? port + " AND part = 'port'" : port + " AND part = 'cell' AND country = " + sql_literal(country);
}

/// Rows of port_days of the wave's own countries and tools.
std::string member_rows(const Wave& wave) {
  if (wave.population.everybody()) return level_rows(wave, "");
  const auto one_of = [](const char* column, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "" : ", ") + sql_literal(value);
    return values.empty() ? std::string() : std::string(" AND ") + column + " IN (" + list + ")";
  };
  std::vector<std::string> countries, tools;
  for (const CountryCode country : wave.population.countries) countries.push_back(letters(country));
  for (const Tool tool : wave.population.tools) tools.push_back(tool_name(tool));
  return "protocol = " + std::to_string(wave.protocol) + " AND port = " + std::to_string(wave.port) + " AND part = 'cell'" +
         one_of("country", countries) + one_of("tool", tools);
}

void add_ports(const std::vector<const Wave*>& group, const Wave& main, Incident& incident) {
  for (const Wave* wave : group) {
    if (wave->protocol == main.protocol && wave->port == main.port) continue;
    const bool known = std::any_of(incident.related_ports.begin(), incident.related_ports.end(),
                                   [&](const RelatedPort& port) { return port.protocol == wave->protocol && port.port == wave->port; });
    if (known) continue;
    RelatedPort port;
    port.protocol = wave->protocol;
    port.port = wave->port;
    const WaveDay& peak = peak_day_of(*wave);
    port.hosts = static_cast<std::uint64_t>(peak.hosts);
    port.packets = static_cast<std::uint64_t>(peak.packets);
    port.table = "port_days";
    port.rows = member_rows(*wave) + " AND day = " + sql_literal(format_day(peak.day));
    incident.related_ports.push_back(port);
  }
}

std::uint16_t port_of(const Wave& wave) { return wave.protocol == 6 || wave.protocol == 17 ? wave.port : 0; }

void add_range(std::vector<std::int64_t>& days, std::int64_t from, std::int64_t to) {
  for (std::int64_t day = from; day < to; ++day) days.push_back(day);
}

/// When the group began. Asked about its first wave as that was on its first day, so that it stays what it is when others join later.
Result<std::int64_t> begin_of(const WaveSources& from, const std::vector<const Wave*>& group) {
  const Wave& first = first_wave(group);
  Rise rise = rise_of(first, first.born, first.first_day);
  rise.darknets = from.darknets;
  std::vector<std::int64_t> days = rise.usual_days;
  add_range(days, rise.onset_day - kOnsetDays, first.first_day + 1);
  auto session = from.days.open(std::move(days));
  if (!session) return session.error();
  return onset_ms(**session, rise, of_one_source(first, day_of(first, first.first_day), from.rules), from.exposures);
}

/// Sets what depends on the peak's day alone: times, explanation, who they are.
Result<void> explain(const WaveSources& from, const std::vector<const Wave*>& group, const Wave& main, Incident& incident) {
  auto begin = begin_of(from, group);
  if (!begin) return begin.error();
  incident.onset_ms = *begin;
  Rise rise = rise_of(main, main.population, main.peak_day);
  rise.darknets = from.darknets;
  rise.usual_days = undisturbed_days(main, from.waves, from.rules, from.exposures);
  // What came before it stirred is no more usual than what came after.
  rise.onset_day = std::min(rise.onset_day, floor_div(*begin, kMsPerDay));
  std::erase_if(rise.usual_days, [&](std::int64_t day) { return day >= rise.onset_day; });
  std::vector<std::int64_t> days = rise.usual_days;
  add_range(days, rise.onset_day - kDaysOfHosts, rise.onset_day);
  add_range(days, std::max(rise.onset_day, rise.peak_day - kDaysOfPorts), rise.peak_day + 2);
  auto session = from.days.open(std::move(days));
  if (!session) return session.error();
  auto peak = peak_ms(**session, rise, from.exposures);
  if (!peak) return peak.error();
  incident.peak_ms = *peak;
  auto explained = explain_rise(**session, rise, from.exposures);
  if (!explained) return explained.error();
  if (main.population.countries.size() == 1) incident.country = letters(main.population.countries.front());
  incident.explanation = std::move(explained->parts);
  for (const RisePart& part : incident.explanation) {
    for (const AttributeValue& value : part.attributes) {
      if (value.attribute == "country" && part.share_of_rise >= kOneCountry) incident.country = value.value;
    }
  }
  incident.unexplained = explained->unexplained;
  incident.tool = explained->tool;
  incident.hosts = explained->hosts;
  incident.packets = explained->packets;
  incident.effective_sources = explained->effective_sources;
  incident.returning_hosts = explained->returning_hosts;
  incident.bots = explained->bots;
  incident.related_ports = std::move(explained->co_scanned);
  incident.basis = std::move(explained->basis);
  return {};
}

}  // namespace

const Wave& main_wave(const std::vector<const Wave*>& group) {
  const auto size = [](const Wave* wave) {
    return std::tuple(wave->metric == Metric::hosts, wave->peak_excess(), peak_day_of(*wave).packets, -static_cast<int>(wave->port));
  };
  // Of a campaign's ports the hosts are the same: packets tell which it is about.
  const Wave* best = group.front();
  for (const Wave* wave : group) {
    const bool alike = wave->metric == best->metric && wave->peak_excess() >= 0.9 * best->peak_excess() &&
                       wave->peak_excess() <= 1.1 * best->peak_excess();
    if (alike ? peak_day_of(*wave).packets > peak_day_of(*best).packets : size(wave) > size(best)) best = wave;
  }
  return *best;
}

std::string id_of(const std::vector<const Wave*>& group) {
  const Wave& first = first_wave(group);
  std::string key = std::to_string(first.protocol) + "/" + std::to_string(first.port) + "/" + std::string(name_of(first.metric));
  for (const Tool tool : first.born.tools) key += "/" + tool_name(tool);
  for (const CountryCode country : first.born.countries) key += "/" + letters(country);
  return incident_id(IncidentKind::host_spike, key, first.first_day * kMsPerDay);
}

Result<Incident> incident_of_waves(const WaveSources& from, const std::vector<const Wave*>& group,
                                   const std::map<std::string, Incident>& known) {
  const Wave& main = main_wave(group);
  Incident incident;
  incident.id = id_of(group);
  const std::string population = filter_of(main);
  const auto told = known.find(incident.id);
  // The day after the peak is part of what explains it: who comes back.
  const bool holds = told != known.end() && told->second.population == population &&
                     floor_div(told->second.peak_ms, kMsPerDay) == main.peak_day && told->second.port == port_of(main) &&
                     told->second.judged_to_ms >= (main.peak_day + 2) * kMsPerDay;
  if (holds) {
    incident = told->second;
    // Until when it went on was not known yet: looked up anew.
    incident.evidence.clear();
  } else {
    incident.population = population;
    if (auto explained = explain(from, group, main, incident); !explained) return explained.error();
  }
  incident.kind = kind_of(from, group, main);
  incident.protocol = main.protocol;
  incident.port = port_of(main);
  incident.end_ms.reset();
  if (main.end_day) incident.end_ms = *main.end_day * kMsPerDay;
  incident.metric = main.metric;
  incident.score = main.score;
  incident.trend = trend_of(main, from.exposures);
  incident.since_new_usual = !main.end_day && main.last_day >= main.first_day + static_cast<std::int64_t>(from.rules.new_usual_days);
  incident.days.clear();
  const auto levels = from.levels.of({main.protocol, main.port}, incident.country, main.metric);
  incident.basis.level_days = days_of_level(from, main, levels);
  add_days(from, main, levels, incident);
  incident.basis.level_table = "port_days";
  incident.basis.level = level_rows(main, incident.country);
  incident.basis.members_of_level = member_rows(main);
  incident.total_packets = 0;
  for (const WaveDay& day : main.days)
    if (!main.end_day || day.day < *main.end_day) incident.total_packets += static_cast<std::uint64_t>(day.packets);
  std::erase_if(incident.related_ports, [](const RelatedPort& port) { return port.relation == Relation::dropper; });
  add_ports(group, main, incident);
  incident.surges_ms.clear();
  for (const std::int64_t day : main.surge_days) incident.surges_ms.push_back(day * kMsPerDay);
  incident.query = "nightjar figure " + std::string(main.metric == Metric::hosts ? "hosts-per-day" : "packets-per-day") + " --where '" +
                   incident.population + "'";
  return incident;
}

}  // namespace nightjar
