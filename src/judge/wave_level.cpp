#include "judge/wave_level.hpp"

#include <algorithm>
#include <optional>

namespace nightjar {
namespace {

constexpr double kNearlyWhole = 0.9;
constexpr double kRises = 1.15, kFalls = 0.85;

double coverage_of(std::int64_t day, const std::map<std::int64_t, Exposure>& exposures) {
  const auto found = exposures.find(day);
  return found == exposures.end() || !(found->second.coverage > 0) ? 1 : std::min(1.0, found->second.coverage);
}

/// Mean excess of a whole day, of the wave's days from `from` to `to`; nothing where less than a day was watched.
std::optional<double> mean_excess(const Wave& wave, std::int64_t from, std::int64_t to, const std::map<std::int64_t, Exposure>& exposures) {
  double whole = 0, whole_watched = 0, all = 0, all_watched = 0;
  for (const WaveDay& day : wave.days) {
    if (day.day < from || day.day > to) continue;
    const double coverage = coverage_of(day.day, exposures);
    all += day.excess();
    all_watched += coverage;
    // Half a day is not half of a day's mixture: hosts that stay are seen in either half, and the day has its rhythm.
    if (coverage < kNearlyWhole) continue;
    whole += day.excess();
    whole_watched += coverage;
  }
  if (whole_watched > 0) return whole / whole_watched;
  return all_watched >= 1 ? std::optional(all / all_watched) : std::nullopt;
}

}  // namespace

double of_a_whole_day(double count, std::int64_t day, const std::map<std::int64_t, Exposure>& exposures) {
  return count / coverage_of(day, exposures);
}

Trend trend_of(const Wave& wave, const std::map<std::int64_t, Exposure>& exposures) {
  if (wave.end_day) return Trend::over;
  const auto now = mean_excess(wave, wave.last_day - 2, wave.last_day, exposures);
  if (!now) return Trend::steady;
  // The day of the onset is only a part of one.
  const auto before = mean_excess(wave, std::max(wave.last_day - 9, wave.onset_day + 1), wave.last_day - 3, exposures);
  if (before && *before > 0) return *now > kRises * *before ? Trend::rising : *now < kFalls * *before ? Trend::falling : Trend::steady;
  const double peak = of_a_whole_day(wave.peak_excess(), wave.peak_day, exposures);
  if (wave.peak_day == wave.last_day) {
    const auto earlier = mean_excess(wave, wave.onset_day, wave.last_day - 1, exposures);
    return !earlier || peak > kRises * *earlier ? Trend::rising : Trend::steady;
  }
  // Of a wave of few days the three hold its beginning.
  const double last = mean_excess(wave, std::max(wave.peak_day + 1, wave.last_day - 2), wave.last_day, exposures).value_or(*now);
  return last < kFalls * peak ? Trend::falling : Trend::steady;
}

}  // namespace nightjar
