#include "exposure/sensor_trouble.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/time.hpp"
#include "exposure/usual.hpp"
#include "incident/incident_id.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerMinute = kSecondsPerMinute * 1000;
constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
constexpr std::int64_t kUsualDays = 28;
/// A day of which a part was delivered twice has more packets than usual, by so much at least ...
constexpr double kMoreThanUsual = 1.3;
/// ... and more of what came once comes twice, in the same second to the same address: so much more than on a usual day ...
constexpr double kMoreTwins = 0.3;
/// ... or, where no other day is known, so much of all.
constexpr double kTwinsAlone = 0.8;

using Day = std::map<std::int64_t, SensorDay>::value_type;

std::optional<SensorTrouble> drops(const Day& day, const Rules& rules) {
  const auto& [at, what] = day;
  if (what.kernel_drops == 0) return std::nullopt;
  const double lost = static_cast<double>(what.kernel_drops);
  const double share = lost / (static_cast<double>(what.packets) + lost);
  if (share <= rules.drops_share) return std::nullopt;
  return SensorTrouble{Cause::sensor_drops, at, at + 1, share * kMinutesPerDay, 0, share / rules.drops_share, what.kernel_drops};
}

std::optional<SensorTrouble> clock(const Day& day, const Rules& rules) {
  const auto& [at, what] = day;
  const double steps = static_cast<double>(what.clock_steps);
  if (what.clock_steps == 0 || steps < rules.clock_steps) return std::nullopt;
  return SensorTrouble{Cause::sensor_clock, at, at + 1, steps, 0, steps, what.clock_steps};
}

/// Adds a day's trouble to the list: to the last one where that ended the day before.
void add(std::vector<SensorTrouble>& list, const std::optional<SensorTrouble>& trouble) {
  if (!trouble) return;
  const auto before =
      std::ranges::find_if(list, [&](const SensorTrouble& one) { return one.cause == trouble->cause && one.to_day == trouble->from_day; });
  if (before == list.end()) {
    list.push_back(*trouble);
    return;
  }
  before->to_day = trouble->to_day;
  before->observed = std::max(before->observed, trouble->observed);
  before->score = std::max(before->score, trouble->score);
  before->packets += trouble->packets;
}

/// What a day like this usually has.
struct UsualDay {
  double packets = 0;
  std::int64_t day = 0;  ///< one that is nearest to it
};

/// By the days before it; where there are none, of a sensor's first day, by those after it, before `to_day`. Nothing where no other day is
/// known.
std::optional<UsualDay> usual_day(const SensorRecord& record, std::int64_t day, std::int64_t to_day) {
  const auto days_of = [&](std::int64_t from_day, std::int64_t end_day) {
    std::vector<DayLevel> days;
    for (auto one = record.days.lower_bound(from_day); one != record.days.end() && one->first < end_day; ++one)
      if (one->second.packets > 0) days.push_back({one->first, static_cast<double>(one->second.packets), 1});
    return days;
  };
  std::vector<DayLevel> others = days_of(day - kUsualDays, day);
  if (others.empty()) others = days_of(day + 1, std::min(to_day, day + 1 + kUsualDays));
  if (others.empty()) return std::nullopt;
  const double level = usual_of(others, day, 1).level;
  const auto nearest = std::ranges::min_element(others, {}, [&](const DayLevel& one) { return std::abs(one.count - level); });
  return UsualDay{level, nearest->day};
}

Result<std::optional<SensorTrouble>> repeated(QuerySession& session, const SensorRecord& record, const Day& day, std::int64_t to_day) {
  const auto& [at, what] = day;
  const double packets = static_cast<double>(what.packets);
  const auto usual = usual_day(record, at, to_day);
  if (what.packets == 0 || (usual && packets < kMoreThanUsual * usual->packets)) return std::optional<SensorTrouble>();
  const auto twins = twin_share(session, record.name, at, what.packets);
  if (!twins) return twins.error();
  // Whoever mirrors each packet twice has twins on all days.
  double least = kTwinsAlone;
  if (usual && *twins && **twins >= kMoreTwins) {
    const auto before = twin_share(session, record.name, usual->day, record.days.at(usual->day).packets);
    if (!before) return before.error();
    least = *before ? **before + kMoreTwins : kTwinsAlone;
  }
  if (!*twins || **twins < least) return std::optional<SensorTrouble>();
  const double expected = usual ? usual->packets : packets / 2;
  return std::optional(SensorTrouble{Cause::sensor_repeated, at, at + 1, packets, expected, packets / expected, what.packets});
}

Incident sensor_incident(const SensorRecord& record, Cause cause, std::int64_t onset_ms, std::int64_t to_day) {
  Incident incident;
  incident.kind = IncidentKind::sensor;
  incident.id = incident_id(incident.kind, record.name + " " + std::string(name_of(cause)), onset_ms);
  incident.sensor = record.name;
  incident.onset_ms = incident.peak_ms = onset_ms;
  incident.judged_to_ms = to_day * kMsPerDay;
  incident.metric = Metric::minutes;
  incident.cause = cause;
  incident.confidence = Confidence::confirmed;
  return incident;
}

}  // namespace

Result<std::vector<SensorTrouble>> troubles_of(QuerySession& session, const SensorRecord& record, const Rules& rules, std::int64_t from_day,
                                               std::int64_t to_day) {
  std::vector<SensorTrouble> list;
  const SensorDay* before = nullptr;
  for (const Day& day : record.days) {
    const auto& [at, what] = day;
    if (at >= to_day) break;
    add(list, drops(day, rules));
    add(list, clock(day, rules));
    const double now = static_cast<double>(what.addresses);
    const double was = before == nullptr ? 0 : static_cast<double>(before->addresses);
    if (now > 0 && was > 0 && std::abs(now - was) > rules.size_share * was)
      list.push_back({Cause::sensor_size, at, at, now, was, std::abs(now - was) / was / std::max(rules.size_share, 0.001), 0});
    before = &what;
    if (at < from_day) continue;
    auto twice = repeated(session, record, day, to_day);
    if (!twice) return twice.error();
    add(list, *twice);
  }
  std::erase_if(list, [&](const SensorTrouble& one) { return std::max(one.to_day, one.from_day + 1) <= from_day; });
  return list;
}

Incident incident_of(const SensorRecord& record, const SensorTrouble& trouble, std::int64_t to_day) {
  Incident incident = sensor_incident(record, trouble.cause, trouble.from_day * kMsPerDay, to_day);
  incident.observed = trouble.observed;
  incident.expected = trouble.expected;
  incident.score = trouble.score;
  incident.packets = incident.total_packets = trouble.packets;
  if (trouble.to_day < to_day) {
    incident.end_ms = trouble.to_day * kMsPerDay;
    incident.trend = Trend::over;
  } else {
    incident.level_now = trouble.observed;
  }
  return incident;
}

Incident incident_of(const SensorRecord& record, const SilentSpan& silence, std::int64_t to_day) {
  Incident incident = sensor_incident(record, Cause::sensor_silent, silence.from * kMsPerMinute, to_day);
  incident.observed = static_cast<double>(silence.to - silence.from);
  incident.score = silence.score;
  if (silence.open) {
    incident.level_now = static_cast<double>(std::min(kMinutesPerDay, silence.to - silence.from));
  } else {
    incident.end_ms = silence.to * kMsPerMinute;
    incident.trend = Trend::over;
  }
  return incident;
}

}  // namespace nightjar
