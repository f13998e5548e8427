#include "judge/wave_baseline.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace nightjar {
namespace {

constexpr std::size_t kEnoughDays = 7;
constexpr std::int64_t kMostDaysBefore = 60;
/// Standard deviations of counting above the usual level: less is nothing that raised the port.
constexpr double kChance = 2;

/// Whether `other` raised its port on the day, by what was known on the day `at`.
bool raised(const Wave& other, std::int64_t day, std::int64_t at, std::int64_t new_usual_days) {
  if (other.days.empty() || other.first_day > at) return false;
  const bool goes_on = other.days.back().day >= at;
  if (goes_on && at >= other.first_day + new_usual_days) return false;
  return std::any_of(other.days.begin(), other.days.end(), [&](const WaveDay& one) {
    return one.day == day && one.excess() > kChance * std::sqrt(one.expected * other.dispersion + 1);
  });
}

}  // namespace

std::vector<std::int64_t> undisturbed_days(const Wave& wave, const std::vector<Wave>& waves, const Rules& rules,
                                           const std::map<std::int64_t, Exposure>& exposures) {
  const auto new_usual_days = static_cast<std::int64_t>(rules.new_usual_days);
  const auto undisturbed = [&](std::int64_t day) {
    return std::none_of(waves.begin(), waves.end(), [&](const Wave& other) {
      return &other != &wave && other.protocol == wave.protocol && other.port == wave.port &&
             raised(other, day, wave.first_day, new_usual_days);
    });
  };
  std::vector<std::int64_t> days;
  std::copy_if(wave.usual_days.begin(), wave.usual_days.end(), std::back_inserter(days), undisturbed);
  // With nothing left out there is nothing to make up for.
  if (days.size() == wave.usual_days.size()) return days;
  const std::int64_t oldest = wave.usual_days.front();
  for (auto one = exposures.lower_bound(oldest); one != exposures.begin() && days.size() < kEnoughDays;) {
    --one;
    if (one->first < wave.onset_day - kMostDaysBefore) break;
    if (one->second.trouble || !(one->second.address_days > 0) || !undisturbed(one->first)) continue;
    days.push_back(one->first);
  }
  std::sort(days.begin(), days.end());
  return days.empty() ? wave.usual_days : days;
}

}  // namespace nightjar
