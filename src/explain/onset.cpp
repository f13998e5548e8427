#include "explain/onset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/time.hpp"
#include "explain/population.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerHour = 3'600'000;
/// Hours over which a rise may grow: from a jump at the start of an hour (all of it is there in that hour) or within it, to days.
constexpr std::array<double, 10> kGrowth = {0.5, 1, 2, 3, 6, 12, 24, 36, 48, 96};
/// A rise may have begun so many days before the first day that stirred.
constexpr std::int64_t kDaysBefore = 2;
/// Of an hour in which nothing is usual: one count in two days.
constexpr double kLeastUsual = 0.02;

std::string counted(Metric metric) { return metric == Metric::hosts ? "count(DISTINCT src)" : "sum(packets)"; }

Result<std::map<std::int64_t, double>> hours_of(QuerySession& session, const std::string& where, Metric metric) {
  auto answer = session.run("SELECT epoch_ms(hour) // 3600000 AS h, CAST(" + counted(metric) + " AS DOUBLE) AS n FROM flows WHERE " +
                            where + " GROUP BY h");
  if (!answer) return answer.error();
  std::map<std::int64_t, double> hours;
  for (const auto& row : answer->rows) hours[static_cast<std::int64_t>(whole(row[0]))] = real(row[1]);
  return hours;
}

/// First packet since `from_day` of the source that sent most on the peak day.
Result<std::int64_t> first_packet(QuerySession& session, const Population& population, const Rise& rise, std::int64_t from_day) {
  const std::string where = population.port + " AND " + population.members;
  auto answer = session.run("SELECT min(epoch_ms(hour) + 1000 * CAST(first AS BIGINT)) AS t FROM flows WHERE " + where + " AND " +
                            within_days(from_day, rise.peak_day + 1) + " AND src IN (SELECT src FROM flows WHERE " + where + " AND " +
                            within_days(rise.peak_day, rise.peak_day + 1) + " GROUP BY src ORDER BY sum(packets) DESC, src LIMIT 1)");
  if (!answer) return answer.error();
  return answer->rows.empty() ? 0 : static_cast<std::int64_t>(whole(answer->rows.front()[0]));
}

}  // namespace

std::size_t rise_begins(const std::vector<double>& counts, const std::vector<double>& usual) {
  double best = 0;
  std::size_t begins = 0;
  for (std::size_t start = 0; start < counts.size(); ++start) {
    for (const double growth : kGrowth) {
      double shape = 0, excess = 0;
      for (std::size_t i = start; i < counts.size(); ++i) {
        shape += std::min(1.0, (static_cast<double>(i - start) + 0.5) / growth);
        excess += counts[i] - usual[i];
      }
      if (excess <= 0) continue;
      const double height = excess / shape;
      // Log likelihood against that of no rise at all.
      double gain = 0;
      for (std::size_t i = start; i < counts.size(); ++i) {
        const double more = height * std::min(1.0, (static_cast<double>(i - start) + 0.5) / growth);
        gain += counts[i] * std::log1p(more / usual[i]) - more;
      }
      if (gain <= best) continue;
      best = gain;
      begins = start;
    }
  }
  return begins;
}

Result<std::int64_t> peak_ms(QuerySession& session, const Rise& rise, const std::map<std::int64_t, Exposure>& exposures) {
  auto population = population_without_sizes(session, rise, exposures);
  if (!population) return population.error();
  const std::string day = within_days(rise.peak_day, rise.peak_day + 1);
  auto hours = hours_of(session, population->port + " AND " + population->members + " AND " + day, rise.metric);
  if (!hours) return hours.error();
  const auto highest = std::max_element(hours->begin(), hours->end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return (highest == hours->end() ? rise.peak_day * kHoursPerDay : highest->first) * kMsPerHour;
}

Result<std::int64_t> onset_ms(QuerySession& session, const Rise& rise, bool one_source, const std::map<std::int64_t, Exposure>& exposures) {
  auto population = population_without_sizes(session, rise, exposures);
  if (!population) return population.error();
  const std::string where = population->port + " AND " + population->members;
  const std::int64_t from_day = rise.onset_day - kDaysBefore;
  if (one_source) {
    auto first = first_packet(session, *population, rise, from_day);
    if (!first) return first.error();
    return *first != 0 ? *first : rise.onset_day * kHoursPerDay * kMsPerHour;
  }
  auto around = hours_of(session, where + " AND " + within_days(from_day, rise.peak_day + 1), rise.metric);
  if (!around) return around.error();
  auto before = hours_of(session, where + " AND " + within_days(population->usual_days), rise.metric);
  if (!before) return before.error();
  std::array<double, 24> by_hour{};
  double together = 0;
  for (const auto& [hour, count] : *before) {
    by_hour[static_cast<std::size_t>(hour % kHoursPerDay)] += count;
    together += count;
  }
  const auto days = static_cast<double>(std::max<std::size_t>(1, population->usual_days.size()));
  // A rhythm of the day that is made of a few counts is chance.
  const bool rhythm = together >= 20 * static_cast<double>(kHoursPerDay);
  std::vector<double> counts, usual;
  for (std::int64_t hour = from_day * kHoursPerDay; hour < (rise.peak_day + 1) * kHoursPerDay; ++hour) {
    const auto found = around->find(hour);
    counts.push_back(found == around->end() ? 0 : found->second);
    const double level = rhythm ? by_hour[static_cast<std::size_t>(hour % kHoursPerDay)] / days : together / days / kHoursPerDay;
    usual.push_back(std::max(level, kLeastUsual));
  }
  return (from_day * kHoursPerDay + static_cast<std::int64_t>(rise_begins(counts, usual))) * kMsPerHour;
}

}  // namespace nightjar
