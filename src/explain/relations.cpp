#include "explain/relations.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/time.hpp"
#include "explain/cause.hpp"
#include "explain/honeypot_evidence.hpp"
#include "explain/population.hpp"
#include "figure/filter.hpp"
#include "figure/filter_sql.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::uint8_t kTcp = 6;
/// Payloads count for an incident from so long before its onset to so long after its peak,
/// of a long one no longer than this.
constexpr std::int64_t kBefore = kMsPerDay, kAfter = 3 * kMsPerDay, kLookedAt = 21 * kMsPerDay;
/// A new payload and a rise on its port belong together where their onsets lie no further apart.
constexpr std::int64_t kTogether = 5 * kMsPerDay;
constexpr std::size_t kMostPayloads = 5;
/// Sources of a dropper: one, or a few.
constexpr double kFewSources = 5;

bool is_traffic(const Incident& incident) {
  switch (incident.kind) {
    case IncidentKind::host_spike:
    case IncidentKind::packet_spike:
    case IncidentKind::new_port:
    case IncidentKind::heavy_source:
    case IncidentKind::scan_campaign: return true;
    default: return false;
  }
}

bool goes_on_at(const Incident& incident, std::int64_t at_ms) {
  return incident.onset_ms - kTogether <= at_ms && (!incident.end_ms || *incident.end_ms >= at_ms) &&
         incident.peak_ms + 4 * kTogether >= at_ms;
}

/// Hosts of the incident on its peak's day that ask another port too.
Result<std::uint64_t> hosts_asking(const DaySessions& days, const Incident& incident, std::uint8_t protocol, std::uint16_t port) {
  const auto parsed = parse_filter(incident.population);
  const auto* filter = std::get_if<FilterExpression>(&parsed);
  if (filter == nullptr) return std::uint64_t{0};
  auto condition = filter_sql(*filter, Table::flows);
  if (!condition) return condition.error();
  const std::int64_t day = floor_div(incident.peak_ms, kMsPerDay);
  const std::string on_day = within_days(day, day + 1);
  auto session = days.open({day});
  if (!session) return session.error();
  auto answer = (*session)->run("SELECT count(DISTINCT src) AS n FROM flows WHERE protocol = " + std::to_string(protocol) +
                                " AND port = " + std::to_string(port) + " AND class IN (1, 3) AND " + on_day +
                                " AND src IN (SELECT src FROM flows WHERE " + *condition + " AND " + on_day + ")");
  if (!answer) return answer.error();
  return answer->rows.empty() ? 0 : whole(answer->rows.front()[0]);
}

/// Where an incident's hosts and packets were counted.
void count_there(RelatedPort& port, const Incident& incident) {
  const Basis& basis = incident.basis;
  if (basis.whole.empty() || basis.table != "flows") return;
  const std::int64_t day = floor_div(incident.peak_ms, kMsPerDay);
  port.table = basis.table;
  port.rows = within_days(day, day + 1) + " AND " + basis.whole + (basis.members.empty() ? "" : " AND " + basis.members);
}

bool is_dropper_of(const Incident& dropper, const Incident& wave, const Rules& rules) {
  if (&dropper == &wave || !is_traffic(dropper) || dropper.port == wave.port || dropper.protocol != kTcp) return false;
  const bool few = dropper.kind == IncidentKind::heavy_source || (dropper.effective_sources && *dropper.effective_sources < kFewSources);
  if (!few || !has_exploit(dropper)) return false;
  const auto earliest = wave.onset_ms - static_cast<std::int64_t>(rules.dropper_days) * kMsPerDay;
  return dropper.onset_ms >= earliest && dropper.onset_ms <= wave.onset_ms + kMsPerDay;
}

}  // namespace

Result<void> add_payloads(const DaySessions& days, std::vector<Incident>& incidents) {
  for (Incident& incident : incidents) {
    if (!is_traffic(incident) || incident.protocol != kTcp || incident.port == 0) continue;
    const std::int64_t from = incident.onset_ms - kBefore, to = std::min(incident.peak_ms + kAfter, incident.onset_ms + kLookedAt);
    std::vector<std::int64_t> looked_at;
    for (std::int64_t day = floor_div(from, kMsPerDay); day <= floor_div(to, kMsPerDay); ++day) looked_at.push_back(day);
    auto session = days.open(std::move(looked_at));
    if (!session) return session.error();
    auto payloads = payloads_at(**session, incident.port, from, to);
    if (!payloads) return payloads.error();
    incident.payloads = *std::move(payloads);
  }
  return {};
}

void join_new_payloads(std::vector<Incident>& incidents, std::vector<Incident> new_payloads) {
  for (Incident& payload : new_payloads) {
    Incident* best = nullptr;
    for (Incident& incident : incidents) {
      if (!is_traffic(incident) || !goes_on_at(incident, payload.onset_ms)) continue;
      const bool same_port = incident.protocol == payload.protocol && incident.port == payload.port;
      const bool related = std::any_of(incident.related_ports.begin(), incident.related_ports.end(), [&](const RelatedPort& port) {
        return port.protocol == payload.protocol && port.port == payload.port;
      });
      if (!same_port && !related) continue;
      if (best == nullptr || std::abs(incident.onset_ms - payload.onset_ms) < std::abs(best->onset_ms - payload.onset_ms)) best = &incident;
    }
    // Otherwise its incident has the payload already: add_payloads looked at that port.
    if (best == nullptr) incidents.push_back(std::move(payload));
  }
}

Result<void> link_droppers(const DaySessions& days, const Rules& rules, std::vector<Incident>& incidents) {
  for (Incident& wave : incidents) {
    const bool many = wave.kind == IncidentKind::host_spike || wave.kind == IncidentKind::new_port;
    if (!many || !is_tool_of_devices(wave.tool) || has_exploit(wave) || spreads_itself(wave)) continue;
    for (Incident& dropper : incidents) {
      if (!is_dropper_of(dropper, wave, rules)) continue;
      RelatedPort port;
      port.protocol = dropper.protocol;
      port.port = dropper.port;
      port.relation = Relation::dropper;
      port.hosts = std::max<std::uint64_t>(1, dropper.effective_sources ? static_cast<std::uint64_t>(*dropper.effective_sources + 0.5) : 1);
      port.packets = dropper.packets;
      port.country = dropper.country;
      port.since_ms = dropper.onset_ms;
      count_there(port, dropper);
      port.equal_sources = true;
      std::erase_if(wave.related_ports, [&](const RelatedPort& one) { return one.protocol == port.protocol && one.port == port.port; });
      wave.related_ports.push_back(port);
      auto hosts = hosts_asking(days, wave, dropper.protocol, dropper.port);
      if (!hosts) return hosts.error();
      const NotSeen not_seen{dropper.protocol, dropper.port, wave.hosts};
      if (*hosts == 0 && wave.hosts >= 20 && std::find(wave.not_seen.begin(), wave.not_seen.end(), not_seen) == wave.not_seen.end())
        wave.not_seen.push_back(not_seen);
      for (const IncidentPayload& payload : dropper.payloads) {
        const bool known = std::any_of(wave.payloads.begin(), wave.payloads.end(),
                                       [&](const IncidentPayload& one) { return one.sha256 == payload.sha256; });
        if (!payload.cves.empty() && !known) wave.payloads.insert(wave.payloads.begin(), payload);
      }
      if (wave.payloads.size() > kMostPayloads) wave.payloads.resize(kMostPayloads);
      RelatedPort followed;
      followed.protocol = wave.protocol;
      followed.port = wave.port;
      followed.relation = Relation::dropper;
      followed.hosts = wave.hosts;
      followed.packets = wave.packets;
      followed.country = wave.country;
      followed.since_ms = wave.onset_ms;
      count_there(followed, wave);
      std::erase_if(dropper.related_ports, [&](const RelatedPort& one) {
        return one.protocol == followed.protocol && one.port == followed.port && one.relation == Relation::dropper;
      });
      dropper.related_ports.push_back(followed);
    }
  }
  return {};
}

}  // namespace nightjar
