#include "exposure/exposure.hpp"

#include <algorithm>
#include <optional>

#include "base/time.hpp"
#include "exposure/sensor_record.hpp"
#include "exposure/sensor_trouble.hpp"
#include "exposure/silence.hpp"
#include "figure/values.hpp"

namespace nightjar {
namespace {

/// Days before the first one that are read: what a sensor usually gets.
constexpr std::int64_t kDaysBefore = 28;
/// A sensor that has been silent for longer is one less, not a hole in each day that follows.
constexpr std::int64_t kMissedMinutes = 7 * kMinutesPerDay;

/// Minutes of [from, to) that lie in the UTC day.
std::int64_t in_day(std::int64_t from, std::int64_t to, std::int64_t day) {
  return std::max<std::int64_t>(0, std::min(to, (day + 1) * kMinutesPerDay) - std::max(from, day * kMinutesPerDay));
}

/// What one sensor adds to a day.
struct Watch {
  double addresses = 0;  ///< 0: the sensor is not of this day
  double share = 0;      ///< of the day, in which it was seen to receive
};

/// Addresses of the day, or of the last day before that is known, or of the next; 1 where none is.
double addresses_on(const SensorRecord& record, std::int64_t day) {
  auto after = record.days.upper_bound(day);
  for (auto one = after; one != record.days.begin();)
    if ((--one)->second.addresses > 0) return static_cast<double>(one->second.addresses);
  for (; after != record.days.end(); ++after)
    if (after->second.addresses > 0) return static_cast<double>(after->second.addresses);
  return 1;
}

class Watching {
 public:
  Watching(const SensorRecord& record, const SensorRecords& records, std::vector<SilentSpan> silences)
      : record_(record), silences_(std::move(silences)), end_(records.end) {
    if (record.earlier_end)
      begin_ = records.begin;
    else if (!record.stretches.empty())
      begin_ = record.stretches.front().first;
  }

  Watch on(std::int64_t day) const {
    if (!begin_ || (day + 1) * kMinutesPerDay <= *begin_ || day * kMinutesPerDay >= end_) return {};
    std::int64_t watched = in_day(*begin_, end_, day);
    for (const SilentSpan& silence : silences_) {
      watched -= in_day(std::max(silence.from, *begin_), std::min(silence.to, end_), day);
      const bool gone = silence.from <= day * kMinutesPerDay && silence.to >= (day + 1) * kMinutesPerDay &&
                        (day + 1) * kMinutesPerDay - silence.from > kMissedMinutes;
      if (gone) return {};
    }
    return {addresses_on(record_, day), static_cast<double>(std::max<std::int64_t>(0, watched)) / kMinutesPerDay};
  }

 private:
  const SensorRecord& record_;
  std::vector<SilentSpan> silences_;
  std::optional<std::int64_t> begin_;  ///< the first minute of the sensor that is known
  std::int64_t end_;
};

}  // namespace

Result<std::vector<std::int64_t>> days_of_sensor_health(QuerySession& session, std::int64_t from_day, std::int64_t to_day) {
  const std::int64_t begin = from_day - kDaysBefore;
  auto answer =
      session.run("SELECT DISTINCT @day(max(day), 0) AS m_day FROM sensor_days WHERE kind = 'darknet' AND packets > 0 AND day < @date('" +
                  format_day(begin) + "') GROUP BY sensor ORDER BY m_day");
  if (!answer) return answer.error();
  std::vector<std::int64_t> days;
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto day = parse_day(rows.text(i, "m_day"));
    if (!day) return day.error();
    days.push_back(*day);
  }
  for (std::int64_t day = begin; day < to_day; ++day) days.push_back(day);
  return days;
}

Result<SensorHealth> sensor_health(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day) {
  SensorHealth health;
  auto records = read_sensor_records(session, from_day - kDaysBefore, to_day, rules.silence_minutes);
  if (!records) return records.error();
  std::map<std::int64_t, double> whole;  // address days without silence
  std::vector<std::vector<SilentSpan>> all_silences;
  for (const SensorRecord& record : records->darknets) {
    const std::vector<SilentSpan>& silences = all_silences.emplace_back(silences_of(record, *records, rules.silence_minutes));
    for (const SilentSpan& silence : silences)
      if (silence.to > from_day * kMinutesPerDay) health.incidents.push_back(incident_of(record, silence, to_day));
    const Watching watching(record, *records, silences);
    for (std::int64_t day = from_day; day < to_day; ++day) {
      const Watch watch = watching.on(day);
      if (watch.addresses == 0) continue;
      health.days[day].address_days += watch.addresses * watch.share;
      whole[day] += watch.addresses;
    }
    auto troubles = troubles_of(session, record, rules, from_day, to_day);
    if (!troubles) return troubles.error();
    for (const SensorTrouble& trouble : *troubles) {
      health.incidents.push_back(incident_of(record, trouble, to_day));
      for (std::int64_t day = std::max(trouble.from_day, from_day); day < trouble.to_day; ++day)
        if (const auto found = health.days.find(day); found != health.days.end()) found->second.trouble = true;
    }
  }
  health.unwatched = unwatched_times(*records, all_silences);
  for (auto& [day, exposure] : health.days) {
    exposure.coverage = exposure.address_days / whole[day];
    if (exposure.coverage < rules.least_coverage) exposure.trouble = true;
  }
  std::ranges::sort(health.incidents,
                    [](const Incident& a, const Incident& b) { return a.onset_ms != b.onset_ms ? a.onset_ms < b.onset_ms : a.id < b.id; });
  return health;
}

}  // namespace nightjar
