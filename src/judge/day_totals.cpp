#include "judge/day_totals.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "exposure/darknets.hpp"
#include "figure/values.hpp"

namespace nightjar {
namespace {

/// Packets of a total that come together: in modelled years the variance of the daily totals is three (TCP) to seven (its backscatter)
/// times their level; real ones are taken for somewhat wilder.
constexpr double kBurst = 10;
/// A total drifts less than its ports do. With it a rise of a quarter is six deviations, one of a third eight.
constexpr double kDriftOfTotals = 0.04;
/// Backscatter is a few victims' more or less: nothing is known of a day by the day before.
constexpr double kDriftOfBackscatter = 0.3;

constexpr double kNearlyWhole = 0.9;
constexpr std::int64_t kDaysOfWeek = 7;

std::string time_of(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

}  // namespace

Result<DayTotals> DayTotals::read(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                  std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day) {
  // Twice: the days before, and what of these had risen.
  const std::int64_t first_day = std::max(from_day - 2 * static_cast<std::int64_t>(rules.baseline_days), first_seen_day);
  auto darknets = darknet_condition(session);
  if (!darknets) return darknets.error();
  auto answer = session.run(
      "SELECT @day(minute, 0) AS m_day, protocol, sum(packets) AS m_packets, sum(CASE WHEN class = 2 THEN packets ELSE 0 END) AS m_back "
      "FROM minutes WHERE " +
      *darknets + " AND protocol IN (1, 6, 17) AND minute >= " + time_of(first_day) + " AND minute < " + time_of(to_day) +
      " GROUP BY m_day, protocol");
  if (!answer) return answer.error();
  DayTotals totals(rules, exposures, first_day);
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto day = parse_day(rows.text(i, "m_day"));
    if (!day) return day.error();
    totals.packets_[{static_cast<std::uint8_t>(rows.number(i, "protocol")), *day}] = {static_cast<double>(rows.number(i, "m_packets")),
                                                                                      static_cast<double>(rows.number(i, "m_back"))};
  }
  return totals;
}

double DayTotals::packets(std::uint8_t protocol, std::int64_t day, Part part) const {
  const auto found = packets_.find({protocol, day});
  if (found == packets_.end()) return 0;
  return part == Part::all ? found->second.all : found->second.backscatter;
}

std::int64_t last_whole_day(const std::map<std::int64_t, Exposure>& exposures, std::int64_t before) {
  for (std::int64_t day = before - 1; day >= before - kDaysOfWeek; --day) {
    const auto found = exposures.find(day);
    if (found != exposures.end() && found->second.coverage >= kNearlyWhole) return day;
  }
  return before - 1;
}

double DayTotals::exposure(std::int64_t day) const {
  const auto found = exposures_.find(day);
  return found == exposures_.end() || found->second.trouble ? 0 : found->second.address_days;
}

std::vector<std::int64_t> DayTotals::days_before(std::int64_t before) const {
  std::vector<std::int64_t> days;
  for (std::int64_t day = before - static_cast<std::int64_t>(rules_.baseline_days); day < before; ++day)
    if (comparable(day)) days.push_back(day);
  return days;
}

Usual DayTotals::usual_by(std::uint8_t protocol, std::int64_t day, const std::vector<std::int64_t>& days, Part part) const {
  std::vector<DayLevel> levels;
  for (const std::int64_t one : days) levels.push_back({one, packets(protocol, one, part), exposure(one)});
  return usual_of(levels, day, exposure(day), kBurst, part == Part::all ? kDriftOfTotals : kDriftOfBackscatter);
}

bool DayTotals::is_rise(double observed, const Usual& usual) const {
  return static_cast<double>(usual.days) >= rules_.shortest_baseline_days && observed >= rules_.total_ratio * usual.level &&
         score_of(observed, usual) >= rules_.total_score;
}

bool DayTotals::rose(std::uint8_t protocol, std::int64_t day, Part part) const {
  return is_rise(packets(protocol, day, part), usual_by(protocol, day, days_before(day), part));
}

DayTotals::Level DayTotals::usual(std::uint8_t protocol, std::int64_t day, std::int64_t before, Part part) const {
  Level level;
  const std::vector<std::int64_t> all = days_before(before);
  for (const std::int64_t one : all) {
    const bool recent = static_cast<double>(before - one) <= rules_.new_usual_days;
    if (!recent || !rose(protocol, one, part)) level.days.push_back(one);
  }
  // A lake of which all days have risen has none that has not.
  if (static_cast<double>(level.days.size()) < rules_.shortest_baseline_days) level.days = all;
  level.usual = usual_by(protocol, day, level.days, part);
  return level;
}

}  // namespace nightjar
