#include "judge/detect_incidents.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/time.hpp"
#include "explain/honeypot_evidence.hpp"
#include "explain/population.hpp"
#include "explain/port_levels.hpp"
#include "explain/relations.hpp"
#include "exposure/exposure.hpp"
#include "exposure/unwatched.hpp"
#include "incident/incident_files.hpp"
#include "incident/words.hpp"
#include "judge/attack_incidents.hpp"
#include "judge/evidence_spans.hpp"
#include "judge/judge.hpp"
#include "judge/judge_limits.hpp"
#include "judge/judge_state.hpp"
#include "judge/payload_news.hpp"
#include "judge/port_days.hpp"
#include "judge/port_reader.hpp"
#include "judge/total_incidents.hpp"
#include "judge/wave_incident.hpp"
#include "store/derived_rows.hpp"
#include "store/query.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;
/// Days before those told anew that attacks, totals and payloads are judged by: the tables they read are small.
constexpr std::int64_t kDaysOfOthers = 140;
/// So many of them say what a sensor usually gets.
constexpr std::int64_t kDaysOfSensors = 28;
/// A span that begins later than the data is judged from so many days before, for what went on when it begins.
constexpr std::int64_t kWarmUpDays = 42;
/// Judging that goes on tells incidents of so many days anew: what follows them may belong to them (droppers, payloads).
constexpr std::int64_t kDaysToldAnew = 30;
/// The page of an incident shows so many days after its end.
constexpr std::int64_t kDaysToldAfter = 8;
/// While many days are judged, states are kept so often.
constexpr std::int64_t kDaysBetweenStates = 30;

Result<std::map<std::int64_t, double>> packets_by_day(QuerySession& session) {
  auto answer = session.run(
      "SELECT day - DATE '1970-01-01' AS d, CAST(sum(packets) AS DOUBLE) AS n FROM sensor_days WHERE kind = 'darknet' GROUP BY d");
  if (!answer) return answer.error();
  std::map<std::int64_t, double> packets;
  for (const auto& row : answer->rows) packets[static_cast<std::int64_t>(whole(row[0]))] = real(row[1]);
  return packets;
}

std::vector<std::vector<const Wave*>> groups_of(const std::vector<Wave>& waves) {
  std::map<std::size_t, std::vector<const Wave*>> groups;
  for (const Wave& wave : waves) groups[wave.group].push_back(&wave);
  std::vector<std::vector<const Wave*>> list;
  list.reserve(groups.size());
  for (auto& [number, group] : groups) list.push_back(std::move(group));
  return list;
}

/// Which days a run is about. Days are UTC days since 1970, ends not included.
struct Span {
  std::int64_t history = 0;  ///< from here on days are read
  std::int64_t told = 0;     ///< from here on levels and exposures are known: of the waves that went on, too
  std::int64_t others = 0;   ///< from here on attacks, totals, payloads and levels are read; at most `told`
  std::int64_t judge = 0;    ///< from here on days are judged
  std::int64_t rebuild = 0;  ///< incidents that begin from here on are told anew; older ones where they went on
  std::int64_t to = 0;       ///< the end of all
};

/// Whether what is told of a group may change: it begins in these days, or went on so lately that its page still grows.
bool to_be_told(const std::vector<const Wave*>& group, const Span& span) {
  return std::any_of(group.begin(), group.end(), [&](const Wave* wave) {
    const std::int64_t told_to = wave->end_day ? *wave->end_day + kDaysToldAfter : wave->last_day + 1;
    return wave->onset_day >= span.rebuild || told_to >= span.judge || !wave->closed;
  });
}

/// The first day that telling reads levels of, where judging goes on from these waves: of days that were usual before the oldest, which
/// may have gone on for longer than `history`.
std::int64_t first_told_day(const std::vector<Wave>& waves, const Span& span) {
  std::int64_t onset = span.judge - kMostDaysBefore, first = onset;
  for (const auto& group : groups_of(waves)) {
    if (!to_be_told(group, span)) continue;
    for (const Wave* wave : group) {
      onset = std::min(onset, wave->onset_day);
      if (!wave->usual_days.empty()) first = std::min(first, wave->usual_days.front());
    }
  }
  return std::min(first, onset - kHistoryDays);
}

/// One run over a snapshot.
class Run {
 public:
  /// `session` shows days from `span.history` on, `others` from `span.others` on, `sensors` what `sensor_health` asks for.
  Run(QuerySession& session, QuerySession& others, QuerySession& sensors, const DaySessions& days, const DetectIncidentsOptions& options,
      const Span& span, std::vector<Incident> known)
      : session_(session), others_(others), sensors_(sensors), days_(days), options_(options), rules_(options.rules), span_(span) {
    for (Incident& incident : known) known_[incident.id] = std::move(incident);
  }

  /// `waves`: of the days before; `on_day` hears the waves found up to the end of a day.
  Result<void> run(std::vector<Wave> waves, const std::function<void(std::int64_t, const std::vector<Wave>&)>& on_day) {
    step("sensors");
    auto health = sensor_health(sensors_, rules_, span_.told, span_.to);
    if (!health) return health.error();
    health_ = *std::move(health);
    if (auto found = find_waves(std::move(waves), on_day); !found) return found;
    if (auto found = find_others(); !found) return found;
    finish();
    return {};
  }

  /// What is to be written: by onset.
  std::vector<Incident>& incidents() { return incidents_; }

 private:
  void step(std::string_view name) const {
    if (options_.on_step) options_.on_step(name);
  }

  static std::int64_t day_of(std::int64_t ms) { return floor_div(ms, kMsPerDay); }

  Result<void> find_waves(std::vector<Wave> waves, const std::function<void(std::int64_t, const std::vector<Wave>&)>& on_day) {
    step("ports");
    auto packets = packets_by_day(session_);
    if (!packets) return packets.error();
    Judge judge(rules_, health_.days, *packets);
    std::vector<std::pair<std::uint8_t, std::uint16_t>> ports;
    for (const Wave& wave : waves) ports.emplace_back(wave.protocol, wave.port);
    judge.resume(std::move(waves));
    const auto judge_day = [&](std::int64_t day, const std::vector<PortDay>& rows) {
      judge.day(day, rows, day >= span_.judge);
      if (day >= span_.judge) on_day(day, judge.waves());
    };
    if (auto read = read_port_days(session_, rules_, health_.days, span_.history, span_.judge, span_.to, ports, judge_day); !read)
      return read;
    step("explanations");
    std::vector<std::vector<const Wave*>> groups = groups_of(judge.waves());
    std::erase_if(groups, [&](const auto& group) { return !to_be_told(group, span_); });
    std::set<PortLevels::Port> asked;
    for (const auto& group : groups) asked.emplace(main_wave(group).protocol, main_wave(group).port);
    auto levels = PortLevels::load(others_, asked);
    if (!levels) return levels.error();
    auto darknets = LakeDarknets::read(session_);
    if (!darknets) return darknets.error();
    const WaveSources sources{
        days_, judge.waves(), *levels, rules_, health_.days, span_.to, std::make_shared<const LakeDarknets>(*std::move(darknets))};
    for (const auto& group : groups) {
      auto incident = incident_of_waves(sources, group, known_);
      if (!incident) return incident.error();
      incidents_.push_back(*std::move(incident));
    }
    return {};
  }

  Result<void> find_others() {
    step("honeypots");
    if (auto added = add_payloads(days_, incidents_); !added) return added;
    auto payloads = new_payloads(others_, rules_, span_.rebuild, span_.to);
    if (!payloads) return payloads.error();
    auto older = payloads_to_follow(known_, span_.judge, span_.rebuild);
    std::erase_if(older, [&](const Incident* one) { return std::ranges::find(*payloads, one->id, &Incident::id) != payloads->end(); });
    auto followed = followed_payloads(days_, rules_, older, span_.to);
    if (!followed) return followed.error();
    join_new_payloads(incidents_, *std::move(payloads));
    // No wave took these when they were new.
    for (Incident& incident : *followed) incidents_.push_back(std::move(incident));
    step("attacks");
    // What the darknets watched on the days before, which floods and totals are compared with. Where judging goes on waves may ask for
    // fewer of them. A sensor's own days before are read first.
    std::map<std::int64_t, Exposure> exposures = health_.days;
    if (span_.judge > span_.rebuild) {
      auto watched = sensor_health(others_, rules_, span_.others + kDaysOfSensors, span_.to);
      if (!watched) return watched.error();
      exposures = std::move(watched->days);
    }
    auto victims = dos_incidents(others_, rules_, exposures, span_.rebuild, span_.to, span_.others);
    if (!victims) return victims.error();
    auto rises = drdos_rises(others_, rules_, span_.rebuild, span_.to, span_.others);
    if (!rises) return rises.error();
    keep_known_drdos(known_, span_.rebuild * kMsPerDay, *rises);
    for (auto* list : {&*victims, &*rises}) {
      for (Incident& incident : *list) incidents_.push_back(std::move(incident));
    }
    auto totals = total_rises(others_, rules_, exposures, span_.rebuild - kDaysOfTotalsBefore, span_.to, span_.others);
    if (!totals) return totals.error();
    std::vector<Incident> earlier;
    for (const auto& [id, incident] : known_) earlier.push_back(incident);
    if (auto added = add_unexplained_totals({others_, days_, exposures, span_.to, span_.rebuild, &earlier}, *totals, incidents_); !added)
      return added;
    for (Incident& incident : health_.incidents) {
      if (day_of(incident.onset_ms) < span_.rebuild && incident.end_ms && day_of(*incident.end_ms) < span_.judge) continue;
      // What was usual before it began may be no longer read.
      if (const auto told = known_.find(incident.id); told != known_.end() && day_of(incident.onset_ms) < span_.told)
        incident.score = told->second.score;
      incidents_.push_back(std::move(incident));
    }
    return link();
  }

  /// Droppers may be older than what is told anew: those that were known take part, and are written where something was added to them.
  Result<void> link() {
    const std::size_t told = incidents_.size();
    for (const auto& [id, incident] : known_) {
      const bool again = std::any_of(incidents_.begin(), incidents_.begin() + static_cast<std::ptrdiff_t>(told),
                                     [&id = id](const Incident& one) { return one.id == id; });
      if (!again && day_of(incident.onset_ms) < span_.rebuild) incidents_.push_back(incident);
    }
    if (auto linked = link_droppers(days_, rules_, incidents_); !linked) return linked;
    std::size_t at = 0;
    std::erase_if(incidents_, [&](const Incident& incident) {
      if (at++ < told) return false;
      return incident.related_ports == known_.at(incident.id).related_ports && incident.payloads == known_.at(incident.id).payloads;
    });
    return {};
  }

  void finish() {
    const std::string rules = rules_.name();
    for (Incident& incident : incidents_) {
      incident.rules = rules;
      // Of one that is over nothing changes any more some days later.
      const std::int64_t told_to = incident.end_ms                              ? day_of(*incident.end_ms) + kDaysToldAfter
                                   : incident.kind == IncidentKind::new_payload ? day_of(incident.judged_to_ms)
                                                                                : span_.to;
      incident.judged_to_ms = std::min(span_.to, told_to) * kMsPerDay;
      // Of older ones it was told when their days were read.
      if (day_of(incident.onset_ms) >= span_.told) tell_unwatched(incident, health_.unwatched);
      // Of a total that rose by backscatter its cause is known.
      if (incident.cause != Cause::dos_backscatter) judge_cause(incident);
      if (options_.name_of_as) label_networks(incident, options_.name_of_as);
      put_into_words(incident);
    }
    std::sort(incidents_.begin(), incidents_.end(),
              [](const Incident& a, const Incident& b) { return std::tie(a.onset_ms, a.id) < std::tie(b.onset_ms, b.id); });
  }

  QuerySession& session_;
  QuerySession& others_;
  QuerySession& sensors_;
  const DaySessions& days_;
  const DetectIncidentsOptions& options_;
  const Rules& rules_;
  Span span_;
  SensorHealth health_;
  std::map<std::string, Incident> known_;  ///< by id, as told before
  std::vector<Incident> incidents_;
};

Result<std::vector<Incident>> known_incidents(const std::shared_ptr<const Snapshot>& snapshot, const std::string& rules) {
  QueryOptions limits;
  limits.threads = 1;
  auto session = QuerySession::open(snapshot, limits);
  if (!session) return session.error();
  IncidentQuestion question;
  question.rules = rules;
  return read_incidents(**session, question);
}

}  // namespace

Result<DetectedIncidents> detect_incidents(Lake& lake, const DetectIncidentsOptions& options) {
  DetectedIncidents done;
  auto before = lake.snapshot();
  if (!before) return before.error();
  const auto flows = flows_by_day((*before)->version());
  done.no_flows = flows.empty();
  if (done.no_flows) return done;
  const std::int64_t data_from = flows.begin()->first, data_to = flows.rbegin()->first + 1;
  Span span;
  span.to = std::min(data_to, options.to_day.value_or(data_to));
  const JudgeStates states(lake.root(), options.rules.name());
  const auto inputs = inputs_by_day((*before)->version());
  if (options.from_day.value_or(data_from) >= span.to || span.to <= data_from) {
    done.no_days = true;
    done.from_day = data_from;
    done.to_day = data_to;
    return done;
  }
  auto state = states.latest(inputs, options.from_day.value_or(span.to));
  // What was judged from another day on is another judgement.
  if (state && state->from_day != data_from) state.reset();
  if (state && state->to_day >= span.to) {
    done.up_to_date = true;
    return done;
  }
  const bool from_start = state || !options.from_day || *options.from_day <= data_from;
  span.judge = state ? state->to_day : from_start ? data_from : std::max(data_from, *options.from_day - kWarmUpDays);
  // Where judging goes on nothing between what was judged and the span is left out, or the state would say more than the table holds.
  span.rebuild = state              ? std::max(data_from, span.judge - kDaysToldAnew)
                 : options.from_day ? std::max(data_from, *options.from_day)
                                    : data_from;
  span.history = std::max(data_from, std::min(span.judge, span.rebuild) - kHistoryDays);
  span.told = std::max(data_from, first_told_day(state ? state->waves : std::vector<Wave>(), span));
  span.others = std::min({span.history, span.told, span.rebuild - kDaysOfOthers});
  if (options.on_step) options.on_step("days of ports");
  if (auto made = ensure_port_days(lake, std::min(span.history, span.told), span.to, options.threads); !made) return made.error();

  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const std::string rules = options.rules.name();
  std::vector<Incident> known;
  if (state) {
    auto told = known_incidents(*snapshot, rules);
    if (!told) return told.error();
    known = *std::move(told);
  }
  QueryOptions limits;
  limits.threads = options.threads;
  limits.from_day = span.history;
  limits.to_day = span.to;
  auto session = QuerySession::open(*snapshot, limits);
  if (!session) return session.error();
  limits.from_day = span.others;
  auto others = QuerySession::open(*snapshot, limits);
  if (!others) return others.error();
  const DaySessions days(*snapshot, options.threads);
  auto days_of_sensors = days_of_sensor_health(**session, span.told, span.to);
  if (!days_of_sensors) return days_of_sensors.error();
  auto sensors = days.open(*std::move(days_of_sensors));
  if (!sensors) return sensors.error();
  Run run(**session, **others, **sensors, days, options, span, std::move(known));
  // Kept once the table holds the incidents up to there, not before.
  std::vector<JudgeState> reached;
  auto outcome = run.run(state ? std::move(state->waves) : std::vector<Wave>(), [&](std::int64_t day, const std::vector<Wave>& waves) {
    if (from_start && ((day + 1) % kDaysBetweenStates == 0 || day + 1 == span.to))
      reached.push_back({data_from, day + 1, {inputs.begin(), inputs.lower_bound(day + 1)}, waves});
  });
  if (!outcome) return outcome.error();
  auto manifests = lake.manifests(**snapshot);
  if (!manifests) return manifests.error();
  for (Incident& incident : run.incidents())
    if (incident.kind != IncidentKind::sensor && incident.evidence.empty()) add_evidence(*manifests, incident);
  const bool modelled = std::any_of((*snapshot)->version().files.begin(), (*snapshot)->version().files.end(),
                                    [](const LakeFile& file) { return file.modelled && file.table == Table::flows; });
  for (Incident& incident : run.incidents()) incident.modelled = modelled;
  session->reset();
  others->reset();
  sensors->reset();

  // What is written here takes the place of what was judged further, or from another day on.
  states.forget_after(from_start ? span.to : span.rebuild);
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  auto all = QuerySession::open(*snapshot, {});
  if (!all) return all.error();
  auto change = write_incident_files(**all, *writer, run.incidents(), rules, inputs.rbegin()->second, span.rebuild, span.to);
  if (!change) return change.error();
  all->reset();
  if (auto committed = lake.commit(*writer, *std::move(change)); !committed) return committed.error();
  for (const JudgeState& one : reached) states.keep(one);
  done.incidents = run.incidents().size();
  done.from_day = span.judge;
  done.to_day = span.to;
  done.days = static_cast<std::size_t>(span.to - span.judge);
  return done;
}

}  // namespace nightjar
