#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "net/address.hpp"
#include "simulate/observatory_toml.hpp"
#include "simulate/truth.hpp"

namespace nightjar::simulate {
namespace {

using nlohmann::ordered_json;

/// Ports of fewer packets a day are summed up: of 65,535 ports most get one.
constexpr std::uint64_t kFewestPackets = 10;

std::string country_text(CountryCode country) {
  return country == 0 ? "" : std::string{static_cast<char>(country & 0xff), static_cast<char>(country >> 8)};
}

ordered_json count_json(const Count& count) { return {{"packets", count.packets}, {"hosts", count.hosts}}; }

ordered_json ports_json(const DayTotals& day) {
  std::vector<std::pair<std::uint32_t, Count>> ports(day.ports.begin(), day.ports.end());
  std::sort(ports.begin(), ports.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  ordered_json rows = ordered_json::array();
  std::uint64_t others = 0, packets = 0;
  for (const auto& [key, count] : ports) {
    if (count.packets < kFewestPackets) {
      ++others;
      packets += count.packets;
      continue;
    }
    rows.push_back({{"protocol", protocol_name(static_cast<std::uint8_t>(key >> 16))},
                    {"port", key & 0xffff},
                    {"packets", count.packets},
                    {"hosts", count.hosts}});
  }
  return {{"fewest_packets", kFewestPackets}, {"rows", std::move(rows)}, {"others", {{"ports", others}, {"packets", packets}}}};
}

ordered_json day_json(std::int64_t number, const DayTotals& day) {
  static constexpr std::array<const char*, 4> kProtocols = {"tcp", "udp", "icmp", "other"};
  ordered_json packets, hosts, classes, fingerprints = ordered_json::array(), countries = ordered_json::array();
  for (std::size_t i = 0; i < kProtocols.size(); ++i) {
    packets[kProtocols[i]] = day.protocols[i].packets;
    hosts[kProtocols[i]] = day.protocols[i].hosts;
  }
  packets["total"] = day.total.packets;
  hosts["total"] = day.total.hosts;
  for (std::size_t i = 1; i < day.classes.size(); ++i) classes[std::string(kClassNames[i])] = day.classes[i];
  for (const auto& [index, count] : day.fingerprints) {
    ordered_json row = {{"fingerprint", std::string(fingerprint_catalogue()[index].name)}};
    row.update(count_json(count));
    fingerprints.push_back(std::move(row));
  }
  for (const auto& [country, count] : day.countries) {
    ordered_json row = {{"country", country_text(country)}};
    row.update(count_json(count));
    countries.push_back(std::move(row));
  }
  return {{"day", format_day(number)},        {"packets", std::move(packets)},
          {"undecodable", day.undecodable},   {"wrong_checksums", day.wrong_checksums},
          {"hosts", std::move(hosts)},        {"classes", std::move(classes)},
          {"ports", ports_json(day)},         {"fingerprints", std::move(fingerprints)},
          {"countries", std::move(countries)}};
}

ordered_json days_json(const std::map<std::int64_t, DayTotals>& days) {
  ordered_json rows = ordered_json::array();
  for (const auto& [number, day] : days) rows.push_back(day_json(number, day));
  return rows;
}

/// What one pot saw of an attack; `counted` where it has enough requests to be one of the report's attacks.
ordered_json sighting_json(const DrdosSighting& sighting, bool counted) {
  return {{"pot", pot_name(sighting.pot)},           {"service", std::string(name_of(sighting.service))},
          {"start", format_time(sighting.first_ns)}, {"end", format_time(sighting.last_ns)},
          {"requests", sighting.requests},           {"counted", counted}};
}

ordered_json attack_json(const DrdosTraffic& requests, const DrdosAttack& attack) {
  const Prefix victim{{4, attack.victim, 0}, attack.prefix_length};
  ordered_json services = ordered_json::array(), pots = ordered_json::array(), sightings = ordered_json::array();
  for (const std::string_view service : attack.services) services.push_back(std::string(service));
  for (const std::uint8_t pot : attack.pots) pots.push_back(pot_name(pot));
  for (const DrdosSighting& sighting : requests.sightings(attack)) sightings.push_back(sighting_json(sighting, requests.counts(sighting)));
  return {{"victim", attack.prefix_length == 32 ? format(victim.first) : format(victim)},
          {"country", country_text(attack.country)},
          {"asn", attack.asn == 0 ? ordered_json() : ordered_json(attack.asn)},
          {"services", std::move(services)},
          {"pots", std::move(pots)},
          {"start", format_time(attack.first_ns)},
          {"end", format_time(attack.last_ns)},
          {"requests", attack.requests},
          {"counts_as", attack.counts_as},
          {"incident", attack.incident.empty() ? ordered_json() : ordered_json(attack.incident)},
          {"sightings", std::move(sightings)}};
}

ordered_json request_days_json(const std::vector<DrdosDay>& days) {
  ordered_json rows = ordered_json::array();
  for (const DrdosDay& day : days) {
    rows.push_back({{"day", format_day(day.day)},
                    {"pot", pot_name(day.pot)},
                    {"service", std::string(name_of(day.service))},
                    {"requests", day.attack_requests + day.probes + day.client_requests},
                    {"attack_requests", day.attack_requests},
                    {"probes", day.probes},
                    {"client_requests", day.client_requests},
                    {"answers", day.answers},
                    {"attacks", day.attacks}});
  }
  return rows;
}

}  // namespace

std::string Truth::json(const DrdosTraffic& requests, const std::vector<GeolocationSource>& geolocation) {
  end_day();
  wait();
  const Scenario& scenario = model_.scenario();
  ordered_json out = {{"scenario", scenario.name},
                      {"origin", "modelled"},
                      {"seed", run_.seed},
                      {"addresses", run_.addresses},
                      {"attack_scale", run_.attack_scale},
                      {"from", format_second(run_.from)},
                      {"to", format_second(run_.to)},
                      {"utc_offset_seconds", scenario.utc_offset},
                      {"only_sensor", run_.only.empty() ? ordered_json() : ordered_json(run_.only)},
                      {"lost_in_outages", lost_in_outages_}};
  out["geolocation"] = ordered_json::array();
  for (const GeolocationSource& source : geolocation) {
    out["geolocation"].push_back(
        {{"file", std::filesystem::path(source.path).filename().string()}, {"type", source.type}, {"built", source.built}});
  }
  out["incidents"] = ordered_json::array();
  const std::int64_t begin = std::max(model_.first_hour(), floor_div(run_.from, kSecondsPerHour));
  const std::int64_t end = std::min(model_.last_hour(), floor_div(run_.to + kSecondsPerHour - 1, kSecondsPerHour));
  for (std::size_t i = 0; i < incidents_.size(); ++i) {
    const Incident& incident = scenario.incidents[i];
    double hosts = 0;
    for (std::size_t p = 0; p < incident_of_.size(); ++p) {
      if (incident_of_[p] != i) continue;
      const ReadyPopulation& ready = model_.populations()[p];
      hosts += ready.population->fixed_hosts > 0 ? ready.population->fixed_hosts : ready.model.hosts_between(begin, end);
    }
    const Seen& seen = incidents_[i];
    out["incidents"].push_back({{"id", incident.id},
                                {"kind", incident.kind},
                                {"title", {{"en", incident.title}, {"ja", incident.title_ja}}},
                                {"protocol", protocol_name(incident.protocol)},
                                {"port", incident.port},
                                {"onset", format_second(incident.onset)},
                                {"peak", format_second(incident.peak)},
                                {"end", format_second(incident.end)},
                                {"because", incident.because},
                                {"related_ports", incident.related_ports},
                                {"payloads", incident.payloads},
                                {"hosts_true", static_cast<std::uint64_t>(hosts + 0.5)},
                                {"hosts_seen", seen.hosts.size()},
                                {"packets", seen.packets},
                                {"first", seen.packets > 0 ? ordered_json(format_time(seen.first_ns)) : ordered_json()},
                                {"last", seen.packets > 0 ? ordered_json(format_time(seen.last_ns)) : ordered_json()}});
  }
  out["attacks"] = ordered_json::array();
  for (const DrdosAttack& attack : requests.attacks()) {
    // An attack that began or ended outside the span is told as a whole: the captures hold a part of it.
    if (!run_.only.empty() &&
        std::none_of(attack.pots.begin(), attack.pots.end(), [&](std::uint8_t pot) { return pot_name(pot) == run_.only; }))
      continue;
    if (attack.last_ns < run_.from * kNanosPerSecond || attack.first_ns >= run_.to * kNanosPerSecond) continue;
    out["attacks"].push_back(attack_json(requests, attack));
  }
  out["honeypot"] = {{"undecodable", honeypot_undecodable_}, {"wrong_checksums", honeypot_wrong_checksums_}};
  out["visits"] = ordered_json::array();
  for (const auto& [conversation, visits] : visits_) {
    out["visits"].push_back({{"conversation", conversation.empty() ? ordered_json() : ordered_json(conversation)},
                             {"visits", visits.visits},
                             {"hosts", visits.hosts.size()},
                             {"connections", visits.connections},
                             {"broken_off", visits.broken_off},
                             {"logins", visits.logins},
                             {"logins_accepted", visits.accepted},
                             {"urls", visits.urls}});
  }
  out["request_days"] = {{"utc", request_days_json(request_days(requests, 0))},
                         {"local", request_days_json(request_days(requests, scenario.utc_offset))}};
  out["days"] = {{"utc", days_json(utc_days_)}, {"local", days_json(local_days_)}};
  return out.dump(1) + "\n";
}

}  // namespace nightjar::simulate
