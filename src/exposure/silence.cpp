#include "exposure/silence.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr double kChance = 1e-9;
constexpr std::int64_t kUsualDays = 28;
/// A day that the pause leaves fewer minutes of says nothing about how the sensor was then.
constexpr std::int64_t kFewestMinutes = 120;
/// However busy a sensor is, a minute without packets is at least so likely.
constexpr double kLeastChanceOfAMinute = 0.5 / kMinutesPerDay;

std::int64_t day_of_minute(std::int64_t minute) { return floor_div(minute, kMinutesPerDay); }

/// Minutes of [from, to) that lie in the UTC day.
std::int64_t minutes_in_day(std::int64_t from, std::int64_t to, std::int64_t day) {
  return std::max<std::int64_t>(0, std::min(to, (day + 1) * kMinutesPerDay) - std::max(from, day * kMinutesPerDay));
}

class Pauses {
 public:
  Pauses(const SensorRecord& record, const SensorRecords& records) : begin_(records.begin), end_(records.end), record_(record) {
    if (!record.earlier_end && !record.stretches.empty()) begin_ = record.stretches.front().first;
    for (const ActiveStretch& stretch : record.stretches) active_[day_of_minute(stretch.first)] += static_cast<double>(stretch.active);
  }

  /// The pause as silence, or nothing where it may be chance.
  std::optional<SilentSpan> judge(std::int64_t from, std::int64_t to) const {
    std::vector<double> usual, lower;
    for (std::int64_t day = day_of_minute(from) - kUsualDays; day < day_of_minute(from); ++day)
      if (const auto share = share_of(day, from, to)) usual.push_back(*share);
    if (!usual.empty()) {
      const auto middle = usual.begin() + static_cast<std::ptrdiff_t>(usual.size() / 2);
      std::ranges::nth_element(usual, middle);
      lower.push_back(*middle);
    }
    for (const std::int64_t day : {day_of_minute(from - 1), day_of_minute(to)})
      if (const auto share = share_of(day, from, to)) lower.push_back(*share);
    if (lower.empty()) return std::nullopt;
    const double share = *std::ranges::min_element(lower);
    const double per_minute = -std::log(std::max(kLeastChanceOfAMinute, 1 - share));
    const double expected = per_minute * static_cast<double>(to - from);
    if (expected < -std::log(kChance)) return std::nullopt;
    return SilentSpan{from, to, false, std::sqrt(2 * expected)};
  }

 private:
  /// Share of the day's minutes outside the pause in which there was anything; none where too few are left.
  std::optional<double> share_of(std::int64_t day, std::int64_t from, std::int64_t to) const {
    if ((day + 1) * kMinutesPerDay <= begin_) {  // its minutes were not read
      const auto counted = record_.days.find(day);
      if (counted == record_.days.end()) return std::nullopt;
      return 1 - std::exp(-static_cast<double>(counted->second.packets) / kMinutesPerDay);
    }
    const std::int64_t left = minutes_in_day(begin_, end_, day) - minutes_in_day(std::max(from, begin_), std::min(to, end_), day);
    if (left < kFewestMinutes) return std::nullopt;
    const auto active = active_.find(day);
    return active == active_.end() ? 0 : active->second / static_cast<double>(left);
  }

  std::int64_t begin_, end_;
  const SensorRecord& record_;
  std::map<std::int64_t, double> active_;  ///< by day: minutes with packets
};

}  // namespace

std::vector<SilentSpan> silences_of(const SensorRecord& record, const SensorRecords& records, double shortest) {
  std::vector<SilentSpan> silences;
  const Pauses pauses(record, records);
  const auto look = [&](std::int64_t from, std::int64_t to, bool open) {
    if (static_cast<double>(to - from) < shortest || to <= from) return;
    auto silence = pauses.judge(from, to);
    if (!silence) return;
    silence->open = open;
    silences.push_back(*silence);
  };
  std::optional<std::int64_t> quiet_from = record.earlier_end;
  for (const ActiveStretch& stretch : record.stretches) {
    if (quiet_from) look(*quiet_from, stretch.first, false);
    quiet_from = stretch.last + 1;
  }
  if (quiet_from) look(*quiet_from, records.end, true);
  return silences;
}

}  // namespace nightjar
