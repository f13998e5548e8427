#include "incident/detect_incidents.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "incident/attack_incidents.hpp"
#include "incident/explain_population.hpp"
#include "incident/exposure.hpp"
#include "incident/honeypot_evidence.hpp"
#include "incident/incident_files.hpp"
#include "incident/judge.hpp"
#include "incident/port_days.hpp"
#include "incident/port_reader.hpp"
#include "incident/relations.hpp"
#include "incident/total_incidents.hpp"
#include "incident/wave_incident.hpp"
#include "incident/words.hpp"
#include "store/derived_rows.hpp"
#include "store/query.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000, kNsPerMs = 1'000'000;
/// Days before the first judged one that are read: those of the baseline beside a wave that went on for as long.
constexpr std::int64_t kHistoryDays = 60;
/// An incident lists captures from its onset to a day after its peak, at most so many.
constexpr std::size_t kMostCaptures = 40;

/// What the judgement depends on, as one number.
std::string state_of(const std::map<std::int64_t, std::string>& flows, const LakeVersion& version) {
  std::uint64_t hash = 1;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) hash = mix64(hash ^ static_cast<unsigned char>(c));
    hash = mix64(hash + 1);
  };
  for (const auto& [day, text] : flows) mix(std::to_string(day) + text);
  std::set<std::pair<std::int64_t, std::uint64_t>> others;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::requests && file.table != Table::sessions && file.table != Table::backscatter) continue;
    for (const std::uint64_t batch : file.batches) others.emplace(static_cast<std::int64_t>(file.table), batch);
  }
  for (const auto& [table, batch] : others) mix(std::to_string(table) + "/" + std::to_string(batch));
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

Result<std::map<std::int64_t, double>> packets_by_day(QuerySession& session) {
  auto answer = session.run(
      "SELECT day - DATE '1970-01-01' AS d, CAST(sum(packets) AS DOUBLE) AS n FROM sensor_days WHERE kind = 'darknet' GROUP BY d");
  if (!answer) return answer.error();
  std::map<std::int64_t, double> packets;
  for (const auto& row : answer->rows) packets[static_cast<std::int64_t>(whole(row[0]))] = real(row[1]);
  return packets;
}

/// Groups of waves that begin or go on within the judged days, in the order of their first wave.
std::vector<std::vector<const Wave*>> groups_of(const std::vector<Wave>& waves) {
  std::map<std::size_t, std::vector<const Wave*>> groups;
  for (const Wave& wave : waves) groups[wave.group].push_back(&wave);
  std::vector<std::vector<const Wave*>> list;
  list.reserve(groups.size());
  for (auto& [number, group] : groups) list.push_back(std::move(group));
  return list;
}

void add_evidence(const std::vector<Manifest>& manifests, std::vector<Incident>& incidents) {
  for (Incident& incident : incidents) {
    if (incident.kind == IncidentKind::sensor || !incident.evidence.empty()) continue;
    const std::int64_t from = incident.onset_ms;
    const std::int64_t to = std::min(incident.end_ms.value_or(incident.judged_to_ms), incident.peak_ms + kMsPerDay);
    for (const Manifest& manifest : manifests) {
      for (const ManifestCapture& capture : manifest.captures) {
        const bool wanted = incident.kind == IncidentKind::drdos         ? capture.kind == "reflector"
                            : incident.kind == IncidentKind::new_payload ? capture.kind == "honeypot"
                                                                         : capture.kind == "darknet";
        if (!wanted || !capture.first_ns || !capture.last_ns || incident.evidence.size() == kMostCaptures) continue;
        const std::int64_t first = *capture.first_ns / kNsPerMs, last = *capture.last_ns / kNsPerMs;
        if (first > to || last < from) continue;
        incident.evidence.push_back({capture.path, std::max(first, from), std::min(last, to)});
      }
    }
    std::sort(incident.evidence.begin(), incident.evidence.end(),
              [](const EvidenceSpan& a, const EvidenceSpan& b) { return std::tie(a.from_ms, a.capture) < std::tie(b.from_ms, b.capture); });
  }
}

/// One run over a snapshot.
class Run {
 public:
  Run(QuerySession& session, const DetectIncidentsOptions& options, std::int64_t first_day, std::int64_t from_day, std::int64_t to_day)
      : session_(session), options_(options), rules_(options.rules), first_day_(first_day), from_day_(from_day), to_day_(to_day) {}

  Result<std::vector<Incident>> incidents() {
    step("sensors");
    auto health = sensor_health(session_, rules_, first_day_, to_day_);
    if (!health) return health.error();
    health_ = *std::move(health);
    if (auto waves = find_waves(); !waves) return waves.error();
    if (auto others = find_others(); !others) return others.error();
    for (Incident& incident : health_.incidents) incidents_.push_back(std::move(incident));
    finish();
    return std::move(incidents_);
  }

 private:
  void step(std::string_view name) const {
    if (options_.on_step) options_.on_step(name);
  }

  Result<void> find_waves() {
    step("ports");
    auto packets = packets_by_day(session_);
    if (!packets) return packets.error();
    Judge judge(rules_, health_.days, *packets);
    const auto judge_day = [&](std::int64_t day, const std::vector<PortDay>& rows) { judge.day(day, rows, day >= from_day_); };
    if (auto read = read_port_days(session_, rules_, first_day_, from_day_, to_day_, {}, judge_day); !read) return read;
    step("explanations");
    const WaveSources sources{session_, rules_, health_.days, to_day_};
    for (const auto& group : groups_of(judge.waves())) {
      auto incident = incident_of_waves(sources, group);
      if (!incident) return incident.error();
      incidents_.push_back(*std::move(incident));
    }
    return {};
  }

  Result<void> find_others() {
    step("honeypots");
    if (auto added = add_payloads(session_, incidents_); !added) return added;
    auto payloads = new_payloads(session_, rules_, from_day_, to_day_);
    if (!payloads) return payloads.error();
    join_new_payloads(incidents_, *std::move(payloads));
    step("attacks");
    auto victims = dos_incidents(session_, rules_, health_.days, from_day_, to_day_);
    if (!victims) return victims.error();
    auto rises = drdos_rises(session_, rules_, from_day_, to_day_);
    if (!rises) return rises.error();
    for (auto* list : {&*victims, &*rises}) {
      for (Incident& incident : *list) incidents_.push_back(std::move(incident));
    }
    auto totals = total_rises(session_, rules_, health_.days, from_day_, to_day_);
    if (!totals) return totals.error();
    if (auto added = add_unexplained_totals({session_, rules_, health_.days, to_day_}, *totals, incidents_); !added) return added;
    return link_droppers(session_, rules_, incidents_);
  }

  void finish() {
    const std::string rules = rules_.name();
    for (Incident& incident : incidents_) {
      incident.rules = rules;
      incident.judged_to_ms = to_day_ * kMsPerDay;
      if (incident.kind == IncidentKind::sensor || incident.cause == Cause::unknown) judge_cause(incident);
      if (options_.name_of_as) label_networks(incident, options_.name_of_as);
      put_into_words(incident);
    }
    std::sort(incidents_.begin(), incidents_.end(),
              [](const Incident& a, const Incident& b) { return std::tie(a.onset_ms, a.id) < std::tie(b.onset_ms, b.id); });
  }

  QuerySession& session_;
  const DetectIncidentsOptions& options_;
  const Rules& rules_;
  std::int64_t first_day_, from_day_, to_day_;
  SensorHealth health_;
  std::vector<Incident> incidents_;
};

}  // namespace

Result<DetectedIncidents> detect_incidents(Lake& lake, const DetectIncidentsOptions& options) {
  DetectedIncidents done;
  auto before = lake.snapshot();
  if (!before) return before.error();
  auto flows = flows_by_day((*before)->version());
  done.no_flows = flows.empty();
  if (done.no_flows) return done;
  const std::int64_t data_from = flows.begin()->first, data_to = flows.rbegin()->first + 1;
  done.from_day = std::max(data_from, options.from_day.value_or(data_from));
  done.to_day = std::min(data_to, options.to_day.value_or(data_to));
  if (done.from_day >= done.to_day) return done;
  const std::int64_t history = std::max(data_from, done.from_day - kHistoryDays);
  if (options.on_step) options.on_step("days of ports");
  if (auto made = ensure_port_days(lake, history, done.to_day, options.threads); !made) return made.error();

  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const std::string state = state_of(flows, (*snapshot)->version());
  QueryOptions limits;
  limits.threads = options.threads;
  limits.from_day = history - kHistoryDays;
  limits.to_day = done.to_day;
  auto session = QuerySession::open(*snapshot, limits);
  if (!session) return session.error();
  auto incidents = Run(**session, options, history, done.from_day, done.to_day).incidents();
  if (!incidents) return incidents.error();
  auto manifests = lake.manifests(**snapshot);
  if (!manifests) return manifests.error();
  add_evidence(*manifests, *incidents);
  const bool modelled = std::any_of((*snapshot)->version().files.begin(), (*snapshot)->version().files.end(),
                                    [](const LakeFile& file) { return file.modelled && file.table == Table::flows; });
  for (Incident& incident : *incidents) incident.modelled = modelled;

  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  auto change = write_incident_files(**session, *writer, *incidents, options.rules.name(), state, done.from_day, done.to_day);
  if (!change) return change.error();
  session->reset();
  if (auto committed = lake.commit(*writer, *std::move(change)); !committed) return committed.error();
  done.incidents = done.written = incidents->size();
  done.days = static_cast<std::size_t>(done.to_day - done.from_day);
  return done;
}

}  // namespace nightjar
