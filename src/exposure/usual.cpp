#include "exposure/usual.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kDaysPerWeek = 7;
/// Of so many equal weekdays their middle is taken; of fewer the lowest, since one odd day would be half of two.
constexpr std::size_t kFewestWeekdays = 3;
/// Below this level a median is too coarse (0 for one in three days); above it days with another incident weigh too much in a mean.
constexpr double kSmall = 30;
/// How many days' worth of drift is unknown: two days of history leave it as wide again.
constexpr double kUnknownDays = 2;
/// Standard deviations of a normal distribution in one median of absolute deviations.
constexpr double kDeviationsOfMad = 1.4826;
/// What no count in all days still allows: half a count (Jeffreys' prior of a Poisson rate).
constexpr double kPriorCounts = 0.5;

double median(std::vector<double> values) {
  const std::size_t half = values.size() / 2;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(half));
  if (values.size() % 2 == 1) return values[half];
  return (values[half] + *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half))) / 2;
}

double mean_without_top_tenth(std::vector<double> values) {
  std::ranges::sort(values);
  if (values.size() >= 3) values.resize(values.size() - (values.size() + 9) / 10);
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double middle(const std::vector<double>& values) {
  const double m = median(values);
  return m < kSmall ? std::max(m, mean_without_top_tenth(values)) : m;
}

/// Half the deviance of a Poisson count: 0 where it is as expected.
double half_deviance(double observed, double expected) {
  if (observed <= 0) return expected;
  return observed * std::log(observed / expected) - (observed - expected);
}

}  // namespace

Usual usual_of(const std::vector<DayLevel>& days, std::int64_t day, double exposure, double burst, double drift) {
  std::vector<double> all, same_weekday, scales;
  for (const DayLevel& one : days) {
    if (one.day == day || one.exposure <= 0) continue;
    const double scale = exposure / one.exposure;
    scales.push_back(scale);
    all.push_back(one.count * scale);
    if (floor_div(one.day - day, kDaysPerWeek) * kDaysPerWeek == one.day - day) same_weekday.push_back(all.back());
  }
  if (all.empty()) return {};
  Usual usual;
  usual.days = all.size();
  usual.level = middle(all);
  const double of_all = median(all);
  std::vector<double> deviations = all;
  for (double& value : deviations) value = std::abs(value - of_all);
  if (!same_weekday.empty()) {
    const bool enough = same_weekday.size() >= kFewestWeekdays;
    usual.level = std::max(usual.level, enough ? middle(same_weekday) : *std::ranges::min_element(same_weekday));
  }

  const double n = static_cast<double>(all.size());
  // Few counts of a small sensor, scaled up to a large one, have their chance scaled up too.
  const double counting = std::max(1.0, burst) * std::max(1.0, median(scales));
  const double drifting = drift * drift * (1 + kUnknownDays / n) * usual.level;
  const double deviation = kDeviationsOfMad * median(deviations);
  const double measured = usual.level > 0 ? deviation * deviation / usual.level : 0;
  usual.dispersion = std::max(counting + drifting, measured);
  return usual;
}

double score_of(double observed, const Usual& usual) {
  if (usual.days == 0) return 0;
  const double n = static_cast<double>(usual.days);
  // The level itself is known to so much only.
  const double least = usual.level + std::sqrt(std::max(usual.level, kPriorCounts / n) * usual.dispersion / n);
  const double score = std::sqrt(2 * std::max(0.0, half_deviance(observed, least)) / usual.dispersion);
  return observed > least ? score : -score;
}

}  // namespace nightjar
