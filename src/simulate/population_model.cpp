#include "simulate/population_model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/time.hpp"

namespace nightjar::simulate {
namespace {

/// A hazard that nobody survives for an hour: for curves that fall to 0.
constexpr double kCertainDeath = 60;

double mean_rate(const Population& population) {
  double weights = 0, sum = 0;
  for (const RateWeight& rate : population.rates) {
    weights += rate.weight;
    sum += rate.weight * rate.probes_per_second;
  }
  return weights > 0 ? sum / weights : 0;
}

}  // namespace

PopulationModel::PopulationModel(const Population& population, std::int64_t first_hour, std::int64_t last_hour, double reference_addresses,
                                 double packets_a_probe)
    : first_hour_(first_hour),
      last_hour_(last_hour),
      life_hours_(population.life_hours),
      mean_rate_(simulate::mean_rate(population)),
      hours_(static_cast<std::size_t>(last_hour - first_hour) + 1) {
  const bool by_volume = population.hosts.points.empty();
  const Curve& curve = by_volume ? population.packets_a_day : population.hosts;
  const double packets_of_a_host = mean_rate_ * packets_a_probe * kSecondsPerDay * reference_addresses / kAddressSpace;
  const double scale = !by_volume              ? 1
                       : packets_of_a_host > 0 ? 1 / packets_of_a_host
                                               : 0;  // no rates: fixed hosts, none of whom come and go
  // Just before the hour begins, so that a jump at the full hour happens in the hour that begins there.
  constexpr double kJustBefore = 1e-3;
  for (std::size_t i = 0; i < hours_.size(); ++i) {
    const auto second = static_cast<double>((first_hour + static_cast<std::int64_t>(i)) * kSecondsPerHour);
    hours_[i].alive = scale * curve.at(i == 0 ? second : second - kJustBefore);
  }
  const double hazard = 1 / life_hours_;
  for (std::size_t i = 0; i + 1 < hours_.size(); ++i) {
    Hour& hour = hours_[i];
    const double next = hours_[i + 1].alive;
    hour.births = (next - hour.alive * std::exp(-hazard)) * hazard / -std::expm1(-hazard);
    if (hour.births < 0) {
      hour.births = 0;
      hour.extra_hazard = next > 0 ? std::log(hour.alive / next) - hazard : kCertainDeath;
    }
    hours_[i + 1].extra_before = hour.extra_before + hour.extra_hazard;
  }
}

std::size_t PopulationModel::at(std::int64_t hour) const {
  assert(hour >= first_hour_ && hour <= last_hour_);
  return static_cast<std::size_t>(hour - first_hour_);
}

double PopulationModel::extra_hazard_until(double hour) const {
  const double offset = std::clamp(hour - static_cast<double>(first_hour_), 0.0, static_cast<double>(hours_.size() - 1));
  const auto index = static_cast<std::size_t>(offset);
  return hours_[index].extra_before + hours_[index].extra_hazard * (offset - static_cast<double>(index));
}

double PopulationModel::when_extra_hazard_is(double sum) const {
  if (hours_.back().extra_before <= sum) return std::numeric_limits<double>::infinity();
  const auto behind =
      std::upper_bound(hours_.begin(), hours_.end(), sum, [](double wanted, const Hour& hour) { return wanted < hour.extra_before; });
  const auto hour = behind - 1;
  return static_cast<double>(first_hour_ + (hour - hours_.begin())) + (sum - hour->extra_before) / hour->extra_hazard;
}

double PopulationModel::hosts_between(std::int64_t from, std::int64_t to) const {
  double hosts = alive(from);
  for (std::int64_t hour = from; hour < to; ++hour) hosts += births(hour);
  return hosts;
}

Rhythm::Rhythm(double strength, double peak_hour, double utc_offset_hours) : hours_{}, before_{} {
  assert(strength >= 0 && strength < 1);
  double sum = 0;
  for (std::size_t hour = 0; hour < 24; ++hour) {
    const double local = static_cast<double>(hour) + 0.5 + utc_offset_hours;
    hours_[hour] = 1 + strength * std::cos((local - peak_hour) / 12 * std::numbers::pi);
    sum += hours_[hour];
  }
  for (std::size_t hour = 0; hour < 24; ++hour) {
    hours_[hour] *= 24 / sum;
    highest_ = std::max(highest_, hours_[hour]);
    before_[hour + 1] = before_[hour] + hours_[hour];
  }
}

double Rhythm::until(double hour) const {
  const double whole = std::floor(hour);
  const auto index = static_cast<std::int64_t>(whole);
  const auto of_day = static_cast<std::size_t>(index % 24);
  const std::int64_t days = index / 24;
  return static_cast<double>(days) * before_[24] + before_[of_day] + hours_[of_day] * (hour - whole);
}

}  // namespace nightjar::simulate
