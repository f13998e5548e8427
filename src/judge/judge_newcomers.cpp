#include <algorithm>
#include <cmath>

#include "judge/judge.hpp"
#include "judge/judge_limits.hpp"

namespace nightjar {
namespace {

/// Excess of a day against what a wave would make expect, in standard deviations, from which a population is a newcomer.
constexpr double kNewcomer = 4;
/// What a cell without a row may have had: a lone host.
constexpr double kUnseen = 1;

bool alike(const std::vector<Tool>& a, const std::vector<Tool>& b) { return a == b || a.empty() || b.empty(); }

}  // namespace

/// Had the population been part of the wave from its beginning, in the proportion of today, it would have been seen on the days before.
bool Judge::is_newcomer(const Wave& wave, const PortPopulation& population, const std::vector<CellDay>& days, const Level& level) const {
  const double share = level.excess() / wave.days.back().excess();
  // Of a country's tool a lone host is not in the cells.
  const double unseen = kUnseen * static_cast<double>(population.countries.empty() ? 2 * kMostCountries : population.countries.size());
  double expected = 0, seen = 0;
  for (const WaveDay& past : wave.days) {
    if (past.day == today_ || past.day < wave.world_since) continue;
    if (past.day < today_ - static_cast<std::int64_t>(rules_.new_usual_days)) continue;
    expected += share * past.excess() + level.usual.level;
    seen += std::max(day_in(days, past.day).hosts, unseen);
  }
  // Chance of the count, and of today's share: of a few hosts the proportion is hardly known, and it was noticed because it was high.
  const double deviation = std::sqrt(expected + 1 + expected * expected / std::max(1.0, level.excess()));
  return expected - seen > kNewcomer * deviation && seen < 0.5 * expected;
}

bool Judge::of_newer(const Port& port, const Wave& wave, const Cell& cell) const {
  return std::any_of(port.waves.begin(), port.waves.end(), [&](std::size_t index) {
    const Wave& other = waves_[index];
    return &other != &wave && !other.closed && other.first_day > wave.first_day && !other.population.everybody() &&
           other.population.holds(cell);
  });
}

/// What of the wave would have come from the population: as much for each host of the others as on the wave's days so far, and no less than
/// it had on these. `now`: hosts of the population today.
Usual Judge::usual_within(const Wave& wave, const std::vector<CellDay>& days, double usual_rate, double now) const {
  const double usual = usual_rate * exposure(today_);
  double of_population = 0, of_others = 0;
  for (const WaveDay& past : wave.days) {
    if (past.day >= today_ || past.day < wave.world_since) continue;
    const double its = std::max(0.0, day_in(days, past.day).hosts - usual_rate * exposure(past.day));
    of_population += its;
    of_others += std::max(0.0, past.excess() - its);
  }
  const double others = std::max(0.0, wave.days.back().excess() - std::max(0.0, now - usual));
  const double expected = usual + (of_others > 0 ? of_population / of_others * others : 0);
  std::vector<DayLevel> levels;
  for (const WaveDay& past : wave.days) {
    if (past.day >= today_ || past.day < wave.world_since || exposure(past.day) <= 0) continue;
    const double had = std::max(day_in(days, past.day).hosts, kUnseen);
    levels.push_back({past.day, std::max(had, expected * exposure(past.day) / exposure(today_)), exposure(past.day)});
  }
  return usual_of(levels, today_, exposure(today_));
}

/// The others of the wave are so many more than on most of its days that it is the wave that grows, one country more than the next.
bool Judge::others_grow(const Wave& wave, const std::vector<CellDay>& days, double usual_rate) const {
  const auto others = [&](const WaveDay& day) {
    return std::max(0.0, day.excess() - std::max(0.0, day_in(days, day.day).hosts - usual_rate * exposure(day.day)));
  };
  std::vector<double> before;
  for (const WaveDay& past : wave.days) {
    if (past.day < today_ && past.day >= wave.world_since && exposure(past.day) > 0) before.push_back(others(past) / exposure(past.day));
  }
  if (before.empty()) return false;
  const auto middle = before.begin() + static_cast<std::ptrdiff_t>(before.size() / 2);
  std::nth_element(before.begin(), middle, before.end());
  return others(wave.days.back()) >= rules_.host_ratio * std::max(kUnseen, *middle * exposure(today_));
}

std::optional<Judge::Level> Judge::newcomer_in(const Port& port, const Wave& wave, const PortPopulation& population) const {
  const Level before = level_of(port, population, Metric::hosts, false);
  if (!rises(before, Metric::hosts)) return std::nullopt;
  const std::vector<CellDay> days = port.series.days_of(population);
  if (!is_newcomer(wave, population, days, before)) return std::nullopt;
  if (others_grow(wave, days, before.usual.level / exposure(today_))) return std::nullopt;
  // Its own days, those of the wave among them: as another country's are that the wave never had.
  Level level = level_of(port, population, Metric::hosts, false, &wave);
  const Usual within = usual_within(wave, days, before.usual.level / exposure(today_), before.observed);
  if (within.level > level.usual.level) level.usual = within;
  level.score = score_of(level.observed, level.usual);
  if (!rises(level, Metric::hosts)) return std::nullopt;
  return level;
}

bool Judge::joins_newcomer(Port& port, std::size_t within, const PortPopulation& population, const Level& level) {
  const std::vector<CellDay> days = port.series.days_of(population);
  std::vector<std::int64_t> usual = level.usual_days;
  const std::int64_t onset = onset_of(days, Metric::hosts, level.usual.level / exposure(today_), level.usual.dispersion, usual);
  for (const std::size_t index : port.waves) {
    Wave& other = waves_[index];
    if (other.closed || other.metric != Metric::hosts || other.first_day <= waves_[within].first_day) continue;
    if (!alike(other.population.tools, population.tools) || other.days.empty() || other.days.back().day != today_) continue;
    const bool together = std::abs(other.onset_day - onset) <= 1 && today_ <= other.first_day + kMostDaysBefore;
    if (!together && (other.days.back().excess() <= 0 || is_newcomer(other, population, days, level))) continue;
    take_in(port, other, population, &level);
    return true;
  }
  return false;
}

void Judge::look_for_newcomers(const PortKey& key, Port& port) {
  const auto fresh = static_cast<std::int64_t>(rules_.new_usual_days);
  const std::vector<std::size_t> before = port.waves;
  for (const std::size_t index : before) {
    const PortPopulation& of = waves_[index].population;
    if (waves_[index].closed || waves_[index].metric != Metric::hosts || !of.countries.empty()) continue;
    if (today_ >= waves_[index].first_day + fresh || waves_[index].days.back().excess() <= 0) continue;
    // Of a wave that has just come over the world nobody knows yet who is of it.
    if (today_ == waves_[index].world_since) continue;
    std::map<CountryCode, std::map<Tool, double>> countries;
    for (const auto& [cell, days] : port.series.cells()) {
      if (days.back().day == today_ && of.holds(cell) && !of_newer(port, waves_[index], cell))
        countries[cell.country][cell.tool] += days.back().hosts;
    }
    std::vector<std::pair<double, PortPopulation>> largest;
    for (const auto& [country, tools] : countries) {
      double hosts = 0;
      for (const auto& [tool, its] : tools) hosts += its;
      if (hosts < rules_.fewest_hosts) continue;
      PortPopulation population{{country}, of.tools};
      for (const auto& [tool, its] : tools) {
        if (its >= kToolCarries * hosts) population.tools = {tool};
      }
      largest.emplace_back(hosts, std::move(population));
    }
    std::stable_sort(largest.begin(), largest.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    for (const auto& [hosts, population] : largest) {
      const auto level = newcomer_in(port, waves_[index], population);
      if (level && !joins_newcomer(port, index, population, *level) && !is_left_of_a_wave(port, population, Metric::hosts))
        begin(key, port, population, Metric::hosts, &*level);
    }
  }
}

}  // namespace nightjar
