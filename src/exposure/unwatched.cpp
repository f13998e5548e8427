#include "exposure/unwatched.hpp"

#include <algorithm>
#include <limits>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerMinute = kSecondsPerMinute * 1000, kMsPerHour = 60 * kMsPerMinute;
constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();

/// Minutes since 1970, `to` not included.
struct Stretch {
  std::int64_t from = 0, to = 0;
};

/// When the sensor saw nothing: its silences, and the time before it began.
std::vector<Stretch> blind(const SensorRecord& record, const std::vector<SilentSpan>& silences) {
  std::vector<Stretch> list;
  if (!record.earlier_end)
    list.push_back({kEver, record.stretches.empty() ? std::numeric_limits<std::int64_t>::max() : record.stretches.front().first});
  for (const SilentSpan& silence : silences) list.push_back({silence.from, silence.to});
  return list;
}

std::vector<Stretch> in_both(const std::vector<Stretch>& a, const std::vector<Stretch>& b) {
  std::vector<Stretch> both;
  for (const Stretch& one : a)
    for (const Stretch& other : b)
      if (const Stretch part{std::max(one.from, other.from), std::min(one.to, other.to)}; part.from < part.to) both.push_back(part);
  return both;
}

bool is_seen_by_darknets(IncidentKind kind) {
  return kind != IncidentKind::sensor && kind != IncidentKind::new_payload && kind != IncidentKind::drdos;
}

}  // namespace

std::vector<UnwatchedTime> unwatched_times(const SensorRecords& records, const std::vector<std::vector<SilentSpan>>& silences) {
  std::vector<UnwatchedTime> times;
  std::vector<Stretch> all;
  for (std::size_t i = 0; i < records.darknets.size(); ++i) {
    const std::vector<Stretch> one = blind(records.darknets[i], silences[i]);
    all = i == 0 ? one : in_both(all, one);
  }
  // Before the first of them began there is nothing that could have been missed.
  for (const Stretch& stretch : all)
    if (stretch.from != kEver) times.push_back({stretch.from * kMsPerMinute, stretch.to * kMsPerMinute});
  return times;
}

void tell_unwatched(Incident& incident, const std::vector<UnwatchedTime>& times) {
  incident.unwatched_from_ms = incident.unwatched_to_ms = 0;
  if (!is_seen_by_darknets(incident.kind)) return;
  for (const UnwatchedTime& time : times) {
    // Only an onset that is told by the hour may be off by one.
    const std::int64_t unit = incident.onset_ms % kMsPerHour == 0 ? kMsPerHour : kMsPerMinute;
    if (incident.onset_ms < time.from_ms || incident.onset_ms >= time.to_ms + unit) continue;
    incident.unwatched_from_ms = time.from_ms;
    incident.unwatched_to_ms = time.to_ms;
  }
}

}  // namespace nightjar
