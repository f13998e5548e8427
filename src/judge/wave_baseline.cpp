#include "judge/wave_baseline.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "judge/judge_limits.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kEnoughDays = 7;
/// Standard deviations of counting above the usual level: less is nothing that raised the port.
constexpr double kChance = 2;
/// What a port had come to is told by so few of its latest days, since a wave before falls; and by none that are older.
constexpr std::size_t kDaysBetween = 3;
constexpr std::int64_t kOldestBetween = 7;

bool watched(const Exposure& exposure) { return !exposure.trouble && exposure.address_days > 0; }

/// Whether the other wave is so old on that day that it is usual, and not nearly over: on the last day that it was measured before, it had
/// more than `over_share` of its highest.
bool is_usual(const Wave& other, std::int64_t on, const Rules& rules) {
  if (on < other.first_day + static_cast<std::int64_t>(rules.new_usual_days) || other.days.back().day < on - 1) return false;
  double highest = 0, last = 0;
  for (const WaveDay& one : other.days) {
    if (one.day >= on) break;
    highest = std::max(highest, one.excess());
    last = one.excess();
  }
  return last > rules.over_share * highest;
}

bool raised(const Wave& other, std::int64_t day) {
  return std::any_of(other.days.begin(), other.days.end(), [&](const WaveDay& one) {
    return one.day == day && one.excess() > kChance * std::sqrt(one.expected * other.dispersion + 1);
  });
}

}  // namespace

std::vector<std::int64_t> undisturbed_days(const Wave& wave, const std::vector<Wave>& waves, const Rules& rules,
                                           const std::map<std::int64_t, Exposure>& exposures) {
  std::vector<const Wave*> disturbing;
  bool moves = false;  // the level of a wave that is usual by now
  for (const Wave& other : waves) {
    if (&other == &wave || other.protocol != wave.protocol || other.port != wave.port) continue;
    if (other.days.empty() || other.first_day > wave.first_day) continue;
    if (is_usual(other, wave.onset_day, rules))
      moves = true;
    else
      disturbing.push_back(&other);
  }
  const auto undisturbed = [&](std::int64_t day) {
    return std::none_of(disturbing.begin(), disturbing.end(), [day](const Wave* other) { return raised(*other, day); });
  };
  std::vector<std::int64_t> days;
  std::copy_if(wave.usual_days.begin(), wave.usual_days.end(), std::back_inserter(days), undisturbed);
  if (moves && days.size() > kEnoughDays) days.erase(days.begin(), days.end() - kEnoughDays);
  if (moves) return days.empty() ? wave.usual_days : days;
  // With nothing left out there is nothing to make up for.
  if (days.size() == wave.usual_days.size()) return days;
  const std::int64_t oldest = wave.usual_days.front();
  for (auto one = exposures.lower_bound(oldest); one != exposures.begin() && days.size() < kEnoughDays;) {
    --one;
    if (one->first < wave.onset_day - kHistoryDays) break;
    if (!watched(one->second) || !undisturbed(one->first)) continue;
    days.push_back(one->first);
  }
  std::sort(days.begin(), days.end());
  return days.empty() ? wave.usual_days : days;
}

std::vector<std::int64_t> days_between(const Wave& wave, const std::vector<Wave>& waves,
                                       const std::map<std::int64_t, Exposure>& exposures) {
  const auto of_another = [&](std::int64_t day) {
    return std::any_of(waves.begin(), waves.end(), [&](const Wave& other) {
      return other.protocol == wave.protocol && other.port == wave.port && other.group != wave.group && other.first_day < wave.onset_day &&
             other.onset_day < day && raised(other, day);
    });
  };
  std::vector<std::int64_t> days;
  for (auto one = exposures.lower_bound(wave.onset_day); one != exposures.begin() && days.size() < kDaysBetween;) {
    --one;
    if (one->first < wave.onset_day - kOldestBetween) break;
    if (!watched(one->second)) continue;
    if (!of_another(one->first)) break;
    days.push_back(one->first);
  }
  std::reverse(days.begin(), days.end());
  return days;
}

}  // namespace nightjar
