#include "judge/judge.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "judge/judge_limits.hpp"

namespace nightjar {
namespace {

/// Packets of one source come together: the least that is assumed where nothing is known.
constexpr double kLeastBurst = 4;
/// These countries carry a rise: so much of it together, at most kMostCountries of them, each at least so much.
constexpr double kCountriesCarry = 0.75, kCountryCounts = 0.03;
/// Whom a rise is told of holds at least so much of it.
constexpr double kHolds = 0.5;
/// Hosts that a port usually has, of those that it had at a wave's peak: at most so much, and hardly anybody asked it before.
constexpr double kHardlyAsked = 0.1;
/// Out of the usual range so far, a day before the one that was found belongs to the rise.
constexpr double kStirs = 2.5;
/// A day of which so much was watched tells what is lowest.
constexpr double kNearlyWhole = 0.9;

template <class T>
bool meet(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.empty() || b.empty()) return true;
  return std::any_of(a.begin(), a.end(), [&](T value) { return std::find(b.begin(), b.end(), value) != b.end(); });
}

bool meet(const PortPopulation& a, const PortPopulation& b) { return meet(a.countries, b.countries) && meet(a.tools, b.tools); }

double count_of(const CellDay& day, Metric metric) { return metric == Metric::hosts ? day.hosts : day.packets; }

/// What a day without a row may have had: rows of fewer than two hosts are left out. Of the days that have one follows the rate of a
/// Poisson count, P(2 or more) = 1 - (1 + rate) exp(-rate), and from it the mean of what lies below two. Half a day is added for what is
/// not known.
double left_out_on_a_day(const std::vector<CellDay>& days, const std::vector<std::int64_t>& usual_days) {
  double there = 0.5;
  for (const std::int64_t day : usual_days) there += day_in(days, day).hosts > 0 ? 1 : 0;
  const double root = std::sqrt(2 * std::min(0.5, there / (static_cast<double>(usual_days.size()) + 1)));
  const double rate = root * (1 + root / 3);
  return rate / (1 + rate);
}

/// Rise of each value of an attribute, largest first.
template <class Key>
std::vector<std::pair<Key, double>> by_size(const std::map<Key, double>& rises) {
  std::vector<std::pair<Key, double>> list(rises.begin(), rises.end());
  std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

}  // namespace

double Judge::exposure(std::int64_t day) const {
  const auto found = exposures_.find(day);
  return found == exposures_.end() || found->second.trouble ? 0 : found->second.address_days;
}

bool Judge::nearly_whole(std::int64_t day) const {
  const auto found = exposures_.find(day);
  return found != exposures_.end() && !found->second.trouble && found->second.address_days > 0 && found->second.coverage >= kNearlyWhole;
}

void Judge::resume(std::vector<Wave> waves) {
  waves_ = std::move(waves);
  for (std::size_t i = 0; i < waves_.size(); ++i) {
    ports_[{waves_[i].protocol, waves_[i].port}].waves.push_back(i);
    groups_ = std::max(groups_, waves_[i].group + 1);
  }
}

void Judge::day(std::int64_t day, const std::vector<PortDay>& rows, bool judged) {
  today_ = day;
  begun_.clear();
  std::set<PortKey> touched;
  for (const PortDay& row : rows) {
    const PortKey key{row.protocol, row.port};
    Port& port = ports_[key];
    touched.insert(key);
    if (row.whole)
      port.series.add_whole(row.day);
    else
      port.series.add_cell(row.cell, row.day);
  }
  if (judged && exposure(day) > 0) {
    for (const Wave& wave : waves_) {
      if (!wave.closed) touched.insert({wave.protocol, wave.port});
    }
    for (const PortKey& key : touched) judge_port(key, ports_[key]);
    join_ports();
  }
  if (day % 7 != 0) return;
  for (auto& [key, port] : ports_) port.series.forget_before(day - kHistoryDays);
  std::erase_if(ports_, [](const auto& entry) { return entry.second.series.empty() && entry.second.waves.empty(); });
}

void Judge::judge_port(const PortKey& key, Port& port) {
  for (const std::size_t index : port.waves) {
    if (!waves_[index].closed) measure(port, waves_[index]);
  }
  look_for_hosts(key, port);
  look_for_newcomers(key, port);
  look_for_packets(key, port);
  for (const std::size_t index : port.waves) {
    if (waves_[index].closed) continue;
    // Once more: what was found today inside this wave's population is another's.
    waves_[index].days.pop_back();
    measure(port, waves_[index]);
    settle(port, waves_[index]);
  }
}

// ------------------------------------------------------------------------------------------------------------ what is usual

std::vector<std::int64_t> Judge::usual_days(const Port& port, const PortPopulation& population, const Wave* part_of) const {
  std::vector<std::int64_t> days;
  const auto fresh = static_cast<std::int64_t>(rules_.new_usual_days);
  for (std::int64_t day = today_ - 1; day >= today_ - kHistoryDays && days.size() < static_cast<std::size_t>(rules_.baseline_days); --day) {
    if (exposure(day) <= 0) continue;
    const bool left_out = std::any_of(port.waves.begin(), port.waves.end(), [&](std::size_t index) {
      const Wave& wave = waves_[index];
      if (&wave == part_of || !meet(wave.population, population)) return false;
      if (wave.closed) return day >= wave.onset_day && day < wave.end_day.value_or(wave.last_day);
      return today_ < wave.first_day + fresh ? day >= wave.onset_day : day < wave.onset_day;
    });
    if (!left_out) days.push_back(day);
  }
  std::reverse(days.begin(), days.end());
  return days;
}

bool Judge::claimed(const Port& port, const Cell& cell) const {
  const auto fresh = static_cast<std::int64_t>(rules_.new_usual_days);
  return std::any_of(port.waves.begin(), port.waves.end(), [&](std::size_t index) {
    const Wave& wave = waves_[index];
    return !wave.closed && today_ < wave.first_day + fresh && wave.population.holds(cell);
  });
}

std::vector<CellDay> Judge::days_without_waves(const Port& port, const PortPopulation& population) const {
  std::map<std::int64_t, CellDay> left;
  if (population.everybody()) {
    // What small cells hold is in the port as a whole only: from it the claimed cells are taken away.
    for (const CellDay& one : port.series.whole()) left[one.day] = one;
  }
  for (const auto& [cell, days] : port.series.cells()) {
    if (!population.holds(cell) || claimed(port, cell) != population.everybody()) continue;
    for (const CellDay& one : days) {
      CellDay& sum = left[one.day];
      sum.day = one.day;
      if (!population.everybody()) {
        sum += one;
        continue;
      }
      sum.hosts = std::max(0.0, sum.hosts - one.hosts);
      sum.packets = std::max(0.0, sum.packets - one.packets);
      sum.squares = std::max(0.0, sum.squares - one.squares);
    }
  }
  std::vector<CellDay> list;
  list.reserve(left.size());
  for (const auto& [day, one] : left) list.push_back(one);
  return list;
}

Judge::Level Judge::level_of(const Port& port, const PortPopulation& population, Metric metric, bool without_waves,
                             const Wave* part_of) const {
  return level_against(without_waves ? days_without_waves(port, population) : port.series.days_of(population), metric,
                       usual_days(port, population, part_of));
}

Judge::Level Judge::level_against(const std::vector<CellDay>& days, Metric metric, std::vector<std::int64_t> usual_days) const {
  Level level;
  level.now = day_in(days, today_);
  level.observed = count_of(level.now, metric);
  level.usual_days = std::move(usual_days);
  std::vector<DayLevel> levels;
  levels.reserve(level.usual_days.size());
  std::vector<double> bursts;
  const double left_out = left_out_on_a_day(days, level.usual_days);
  for (const std::int64_t day : level.usual_days) {
    const CellDay one = day_in(days, day);
    levels.push_back({day, std::max(count_of(one, metric), left_out), exposure(day)});
    bursts.push_back(one.packets > 0 ? one.squares / one.packets : 0);
  }
  double burst = 1;
  if (metric == Metric::packets) {
    // The middle of the days: one that begins slowly and is loud must not hide behind its own first days.
    std::sort(bursts.begin(), bursts.end());
    burst = std::max(kLeastBurst, bursts.empty() ? 0 : bursts[bursts.size() / 2]);
  }
  level.usual = usual_of(levels, today_, exposure(today_), burst);
  level.score = score_of(level.observed, level.usual);
  return level;
}

bool Judge::rises(const Level& level, Metric metric) const {
  if (static_cast<double>(level.usual_days.size()) < rules_.shortest_baseline_days) return false;
  if (metric == Metric::hosts) {
    return level.score >= rules_.host_score && level.observed >= rules_.host_ratio * level.usual.level &&
           level.excess() >= rules_.fewest_hosts;
  }
  const auto total = packets_.find(today_);
  const double matters = total == packets_.end() ? 0 : rules_.packet_share * total->second;
  return level.score >= rules_.packet_score && level.observed >= rules_.packet_ratio * level.usual.level &&
         level.excess() >= std::max(rules_.fewest_packets, matters);
}

bool Judge::is_left_of_a_wave(const Port& port, const PortPopulation& population, Metric metric) const {
  return std::any_of(port.waves.begin(), port.waves.end(), [&](std::size_t index) {
    const Wave& wave = waves_[index];
    if (!wave.closed || !wave.end_day || !meet(wave.population, population)) return false;
    std::vector<std::int64_t> since = usual_days(port, population, nullptr);
    std::erase_if(since, [&](std::int64_t day) { return day < *wave.end_day; });
    return static_cast<double>(since.size()) >= rules_.shortest_baseline_days &&
           !rises(level_against(port.series.days_of(population), metric, std::move(since)), metric);
  });
}

// ------------------------------------------------------------------------------------------------------- waves that go on

void Judge::note_surge(Wave& wave) const {
  if (today_ >= (wave.surge_days.empty() ? wave.first_day : wave.surge_days.back()) + 7) wave.surge_days.push_back(today_);
}

void Judge::measure(const Port& port, Wave& wave) {
  // What began later inside this wave's population is another's.
  const bool everybody = wave.population.everybody();
  CellDay now = everybody ? day_in(port.series.whole(), today_) : CellDay();
  for (const auto& [cell, days] : port.series.cells()) {
    if (!wave.population.holds(cell) || of_newer(port, wave, cell) != everybody) continue;
    const CellDay one = day_in(days, today_);
    if (!everybody) {
      now += one;
      continue;
    }
    now.hosts = std::max(0.0, now.hosts - one.hosts);
    now.packets = std::max(0.0, now.packets - one.packets);
    now.squares = std::max(0.0, now.squares - one.squares);
  }
  WaveDay day;
  day.day = today_;
  day.observed = count_of(now, wave.metric);
  day.expected = wave.usual_rate * exposure(today_);
  day.score = score_of(day.observed, {day.expected, wave.dispersion, wave.usual_days.size()});
  day.hosts = now.hosts;
  day.packets = now.packets;
  day.largest = now.largest;
  day.squares = now.squares;
  wave.days.push_back(day);
}

void Judge::settle(const Port& port, Wave& wave) {
  const WaveDay& day = wave.days.back();
  wave.last_day = today_;
  const double before = wave.peak_excess();
  if (day.excess() > before) {
    wave.peak = day.observed;
    wave.expected = day.expected;
    wave.score = day.score;
    wave.peak_day = today_;
    wave.peak_at_port = day_in(port.series.whole(), today_).hosts;
  } else if (today_ >= wave.peak_day + 3) {
    // Since it last rose, and as much as today was watched; a day with an outage would be the lowest of all.
    const std::int64_t since = wave.surge_days.empty() ? wave.peak_day : std::max(wave.peak_day, wave.surge_days.back());
    double lowest = before;
    for (const WaveDay& past : wave.days) {
      if (past.day <= since || past.day >= today_ || past.day < today_ - kHistoryDays || !nearly_whole(past.day)) continue;
      lowest = std::min(lowest, past.excess() / exposure(past.day) * exposure(today_));
    }
    const bool again = day.excess() >= 1.5 * lowest && day.excess() >= 0.3 * before &&
                       score_of(day.observed, {lowest + day.expected, wave.dispersion, 14}) >= 5;
    if (again) note_surge(wave);
  }
  const double small = std::max(rules_.over_share * wave.peak_excess(), 2 * std::sqrt(day.expected * wave.dispersion + 1));
  if (day.excess() > small) {
    wave.quiet_since.reset();
    if (wave.end_day && day.excess() > 0.3 * wave.peak_excess()) {
      wave.end_day.reset();
      note_surge(wave);
    }
  } else {
    if (!wave.quiet_since) wave.quiet_since = today_;
    if (!wave.end_day && static_cast<double>(today_ - *wave.quiet_since + 1) >= rules_.over_days) wave.end_day = *wave.quiet_since;
  }
  const double fewest = wave.metric == Metric::hosts ? rules_.fewest_hosts : rules_.fewest_packets;
  if (day.score >= rules_.host_score / 2 && day.excess() >= fewest / 2) {
    wave.calm_since.reset();
    return;
  }
  if (!wave.calm_since) wave.calm_since = today_;
  if (static_cast<double>(today_ - *wave.calm_since + 1) < rules_.over_days + 1) return;
  wave.closed = true;
  if (!wave.end_day) wave.end_day = *wave.calm_since;
}

// ------------------------------------------------------------------------------------------------------------- new waves

bool Judge::residual_rises(const Port& port, const PortPopulation& risen, Level& residual) const {
  residual = level_of(port, risen, Metric::hosts, true);
  if (!rises(residual, Metric::hosts)) return false;
  // What small cells hold is in the port as a whole only: they rise with the waves that the larger cells tell of.
  return !risen.everybody() || residual.excess() >= 0.5 * level_of(port, risen, Metric::hosts, false).excess();
}

PortPopulation Judge::narrowed(const Port& port, const PortPopulation& risen, const Level& level, Metric metric) const {
  std::map<Tool, double> by_tool;
  std::map<Cell, double> by_cell;
  double usual_exposure = 0;
  for (const std::int64_t day : level.usual_days) usual_exposure += exposure(day);
  double total = 0;
  for (const auto& [cell, days] : port.series.cells()) {
    if (!risen.holds(cell) || claimed(port, cell)) continue;
    double usual = 0;
    for (const std::int64_t day : level.usual_days) usual += count_of(day_in(days, day), metric);
    if (usual_exposure > 0) usual *= exposure(today_) / usual_exposure;
    const double rise = count_of(day_in(days, today_), metric) - usual;
    by_tool[cell.tool] += rise;
    by_cell[cell] += rise;
    total += rise;
  }
  PortPopulation population = risen;
  if (total <= 0 || by_tool.empty()) return population;
  const auto tools = by_size(by_tool);
  if (population.tools.empty() && tools.front().second >= kToolCarries * total) population.tools = {tools.front().first};
  if (!population.countries.empty()) return population;
  std::map<CountryCode, double> by_country;
  double of_tool = 0;
  for (const auto& [cell, rise] : by_cell) {
    if (!population.holds(cell)) continue;
    by_country[cell.country] += rise;
    of_tool += rise;
  }
  const auto countries = by_size(by_country);
  double sum = 0;
  std::size_t most = 0;
  while (most < countries.size() && sum < kCountriesCarry * of_tool) sum += countries[most++].second;
  if (most > kMostCountries || sum < kCountriesCarry * of_tool) return population;
  for (const auto& [country, rise] : countries) {
    if (rise >= kCountryCounts * of_tool && rise >= 3) population.countries.push_back(country);
  }
  // Small ones may be most of it together: of these nothing is said.
  double listed = 0;
  for (const CountryCode country : population.countries) listed += by_country[country];
  if (listed < kHolds * of_tool) population.countries.clear();
  std::sort(population.countries.begin(), population.countries.end());
  return population;
}

std::optional<PortPopulation> Judge::told_of(const Port& port, const PortPopulation& risen, const Level& level, Metric metric) const {
  PortPopulation population = narrowed(port, risen, level, metric);
  if (population == risen) return population;
  const Level narrow = level_of(port, population, metric, true);
  if (rises(narrow, metric)) return population;
  // Hosts of countries with one each are in no cell: of a rise that is mostly theirs the cells carry nothing.
  if (narrow.excess() >= kHolds * level.excess()) return std::nullopt;
  return risen;
}

std::int64_t Judge::onset_of(const std::vector<CellDay>& days, Metric metric, double usual_rate, double dispersion,
                             std::vector<std::int64_t>& usual) const {
  std::int64_t onset = today_;
  while (!usual.empty() && usual.back() == onset - 1 && usual.back() >= today_ - kMostDaysBefore) {
    const double observed = count_of(day_in(days, usual.back()), metric), expected = usual_rate * exposure(usual.back());
    if (score_of(observed, {expected, dispersion, usual.size()}) < kStirs || observed - expected < 3) break;
    onset = usual.back();
    usual.pop_back();
  }
  return onset;
}

/// What rises is a wave that goes on: it grew by most of it. Its own population is no rise, or that would be told.
bool Judge::is_of_a_wave(const Port& port, const Level& level) const {
  return std::any_of(port.waves.begin(), port.waves.end(), [&](std::size_t index) {
    const Wave& wave = waves_[index];
    if (wave.closed || wave.metric != Metric::hosts || wave.days.empty() || wave.days.back().day != today_) return false;
    std::vector<double> before;
    for (const std::int64_t day : level.usual_days) {
      const auto at = std::find_if(wave.days.begin(), wave.days.end(), [&](const WaveDay& one) { return one.day == day; });
      before.push_back(at == wave.days.end() || exposure(day) <= 0 ? wave.usual_rate : at->observed / exposure(day));
    }
    if (before.empty()) return false;
    // The median, as of what is usual: days of a surge are among them.
    const auto middle = before.begin() + static_cast<std::ptrdiff_t>(before.size() / 2);
    std::nth_element(before.begin(), middle, before.end());
    return wave.days.back().observed - *middle * exposure(today_) >= kToolCarries * level.excess();
  });
}

/// The tool of a wave of some countries, at a port that hardly anybody asked before it, now comes from everywhere: the wave has spread.
bool Judge::spreads(const Wave& wave, const PortPopulation& population) const {
  return population.countries.empty() && !population.tools.empty() && wave.population.tools == population.tools &&
         today_ < wave.first_day + static_cast<std::int64_t>(rules_.new_usual_days) &&
         wave.usual_at_port <= kHardlyAsked * wave.peak_at_port;
}

bool Judge::joins(Port& port, const PortPopulation& population) {
  const std::vector<CellDay> days = port.series.days_of(population);
  Level narrow = level_of(port, population, Metric::hosts, false);
  const std::int64_t onset =
      onset_of(days, Metric::hosts, narrow.usual.level / exposure(today_), narrow.usual.dispersion, narrow.usual_days);
  std::vector<std::size_t> nearest;
  for (const std::size_t index : port.waves) {
    const Wave& wave = waves_[index];
    if (wave.closed || wave.metric != Metric::hosts) continue;
    if (!wave.population.tools.empty() && (population.tools.empty() || !meet(wave.population.tools, population.tools))) continue;
    nearest.push_back(index);
  }
  // Everybody's rise is first of all that of a wave of everybody, not of a country's besides.
  const auto distance = [&](std::size_t index) {
    return std::pair(population.countries.empty() && !waves_[index].population.countries.empty(),
                     std::abs(waves_[index].onset_day - onset));
  };
  std::stable_sort(nearest.begin(), nearest.end(), [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
  for (const std::size_t index : nearest) {
    Wave& wave = waves_[index];
    const bool together = std::abs(wave.onset_day - onset) <= 1 && today_ <= wave.first_day + kMostDaysBefore;
    const bool goes_on = !wave.days.empty() && wave.days.back().day == today_ && wave.days.back().excess() > 0;
    if (!together && (!goes_on || (!spreads(wave, population) && is_newcomer(wave, population, days, narrow)))) continue;
    take_in(port, wave, population);
    return true;
  }
  return false;
}

void Judge::take_in(const Port& port, Wave& wave, const PortPopulation& population, const Level* against) {
  const bool fresh = today_ < wave.first_day + static_cast<std::int64_t>(rules_.new_usual_days);
  auto& countries = wave.population.countries;
  if (population.countries.empty() && !countries.empty()) {
    countries.clear();
    wave.world_since = today_;
  }
  if (!countries.empty()) {
    countries.insert(countries.end(), population.countries.begin(), population.countries.end());
    std::sort(countries.begin(), countries.end());
    countries.erase(std::unique(countries.begin(), countries.end()), countries.end());
  }
  if (against != nullptr) {
    wave.usual_rate += against->usual.level / exposure(today_);
    wave.dispersion = std::max(wave.dispersion, against->usual.dispersion);
  } else if (fresh) {
    const Level grown = level_of(port, wave.population, wave.metric, false);
    wave.usual_rate = grown.usual.level / exposure(today_);
    wave.dispersion = grown.usual.dispersion;
  }
  // Today is looked at anew, with those who came.
  wave.days.pop_back();
  measure(port, wave);
  if (!fresh && surges(wave)) note_surge(wave);
}

bool Judge::surges(const Wave& wave) const {
  if (wave.surge_days.empty()) return true;
  const std::int64_t last = wave.surge_days.back();
  if (today_ >= last + static_cast<std::int64_t>(rules_.new_usual_days)) return true;
  double highest = 0;
  for (const WaveDay& past : wave.days) {
    if (past.day >= last && past.day < today_) highest = std::max(highest, past.observed);
  }
  return wave.days.back().observed >= rules_.host_ratio * highest;
}

void Judge::begin(const PortKey& key, Port& port, const PortPopulation& population, Metric metric, const Level* against) {
  Wave wave;
  wave.protocol = key.first;
  wave.port = key.second;
  wave.metric = metric;
  wave.population = wave.born = population;
  wave.first_day = wave.onset_day = wave.peak_day = wave.last_day = today_;
  const Level narrow = against != nullptr ? *against : level_of(port, wave.population, metric, false);
  wave.usual_days = narrow.usual_days;
  wave.usual_rate = narrow.usual.level / exposure(today_);
  wave.dispersion = narrow.usual.dispersion;
  wave.onset_day = onset_of(port.series.days_of(wave.population), metric, wave.usual_rate, wave.dispersion, wave.usual_days);
  wave.usual_at_port = level_of(port, {}, Metric::hosts, false).usual.level;
  wave.group = groups_++;
  const std::size_t index = waves_.size();
  waves_.push_back(std::move(wave));
  begun_.push_back(index);
  // Its days so far, the first of the rise included; today is settled with those of the other waves.
  Wave& begun = waves_.back();
  const std::int64_t today = today_;
  for (today_ = begun.onset_day; today_ < today; ++today_) {
    if (exposure(today_) <= 0) continue;
    measure(port, begun);
    settle(port, begun);
  }
  today_ = today;
  begun.quiet_since.reset();
  begun.calm_since.reset();
  begun.end_day.reset();
  begun.closed = false;
  measure(port, begun);
  port.waves.push_back(index);
}

void Judge::look_for_hosts(const PortKey& key, Port& port) {
  std::map<Tool, double> tools;
  std::map<CountryCode, double> countries;
  std::vector<std::pair<Cell, double>> cells;
  for (const auto& [cell, days] : port.series.cells()) {
    if (days.back().day != today_) continue;
    tools[cell.tool] += days.back().hosts;
    countries[cell.country] += days.back().hosts;
    cells.emplace_back(cell, days.back().hosts);
  }
  // A tool tells populations apart better than a country, both together better than the port as a whole.
  std::vector<PortPopulation> looked_at;
  for (const auto& [tool, hosts] : by_size(tools)) {
    if (hosts >= rules_.fewest_hosts) looked_at.push_back({{}, {tool}});
  }
  for (const auto& [country, hosts] : by_size(countries)) {
    if (hosts >= rules_.fewest_hosts) looked_at.push_back({{country}, {}});
  }
  for (const auto& [cell, hosts] : cells) {
    if (hosts >= rules_.fewest_hosts) looked_at.push_back({{cell.country}, {cell.tool}});
  }
  if (day_in(port.series.whole(), today_).hosts >= rules_.fewest_hosts) looked_at.push_back({});
  for (const PortPopulation& population : looked_at) {
    if (!rises(level_of(port, population, Metric::hosts, false), Metric::hosts)) continue;
    Level residual;
    if (!residual_rises(port, population, residual)) continue;
    const auto told = told_of(port, population, residual, Metric::hosts);
    if (!told || (told->everybody() && is_of_a_wave(port, residual))) continue;
    if (!joins(port, *told) && !is_left_of_a_wave(port, *told, Metric::hosts)) begin(key, port, *told, Metric::hosts);
  }
}

bool Judge::known_hosts(const Port& port, const PortPopulation& risen) const {
  // Of everybody's wave what the cells do not hold is known too: countries with a host each.
  const bool everybody = std::any_of(port.waves.begin(), port.waves.end(),
                                     [&](std::size_t index) { return !waves_[index].closed && waves_[index].population.everybody(); });
  if (everybody) return true;
  double all = 0, known = 0;
  for (const auto& [cell, days] : port.series.cells()) {
    if (!risen.holds(cell)) continue;
    const double packets = day_in(days, today_).packets;
    all += packets;
    const Cell* const at = &cell;
    const bool of_wave = std::any_of(port.waves.begin(), port.waves.end(),
                                     [&](std::size_t index) { return !waves_[index].closed && waves_[index].population.holds(*at); });
    known += of_wave ? packets : 0;
  }
  return known >= 0.5 * all && known > 0;
}

void Judge::look_for_packets(const PortKey& key, Port& port) {
  const double of_port = day_in(port.series.whole(), today_).packets;
  if (of_port < rules_.fewest_packets) return;
  std::vector<PortPopulation> looked_at = {{}};
  std::map<CountryCode, double> countries;
  for (const auto& [cell, days] : port.series.cells()) {
    if (days.back().day == today_) countries[cell.country] += days.back().packets;
  }
  for (const auto& [country, packets] : by_size(countries)) {
    if (packets >= rules_.fewest_packets) looked_at.push_back({{country}, {}});
  }
  for (const PortPopulation& population : looked_at) {
    if (!rises(level_of(port, population, Metric::packets, false), Metric::packets)) continue;
    if (known_hosts(port, population)) continue;
    const Level residual = level_of(port, population, Metric::packets, true);
    if (!rises(residual, Metric::packets)) continue;
    if (!population.countries.empty() && residual.excess() < rules_.country_packet_share * of_port) continue;
    const auto told = told_of(port, population, residual, Metric::packets);
    if (told && !is_left_of_a_wave(port, *told, Metric::packets)) begin(key, port, *told, Metric::packets);
  }
}

}  // namespace nightjar
