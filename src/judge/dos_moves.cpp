#include "judge/dos_moves.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"

namespace nightjar {
namespace {

/// Of the day's rise of the total a group carries at least so much: else something else moved it.
constexpr double kCarries = 0.3;
/// So much of a group's packets must be seen in the backscatter of the total that it is said to move.
constexpr double kSeenInTotal = 0.5;

std::int64_t day_of_ms(std::int64_t ms) { return floor_div(ms, kSecondsPerDay * 1000); }

}  // namespace

bool DosMoves::may_move(const DosGroup& group) const {
  for (std::int64_t day = day_of_ms(group.first_ms); day <= day_of_ms(group.last_ms) && day < to_day_; ++day) {
    const auto left = left_range(group, day);
    if (left && static_cast<double>(group.packets) >= (rules_.total_ratio - 1) * left->level.usual.level) return true;
  }
  return false;
}

/// What of a day that a group moved does not depend on its packets; nothing where the total did not leave its range.
std::optional<MovedDay> DosMoves::left_range(const DosGroup& group, std::int64_t day) const {
  if (!totals_.comparable(day)) return std::nullopt;
  const std::int64_t first = day_of_ms(group.first_ms);
  MovedDay moved{day,
                 0,
                 totals_.packets(group.total, day),
                 0,
                 totals_.packets(group.total, day, DayTotals::Part::backscatter),
                 0,
                 totals_.usual(group.total, day, first)};
  const Usual& usual = moved.level.usual;
  if (static_cast<double>(usual.days) < rules_.shortest_baseline_days || moved.observed <= usual.level) return std::nullopt;
  const Usual answers = totals_.usual(group.total, day, first, DayTotals::Part::backscatter).usual;
  moved.usual_backscatter = answers.level;
  moved.score = std::max(score_of(moved.backscatter, answers), score_of(moved.observed, usual));
  if (moved.backscatter <= answers.level || moved.score < rules_.flood_score) return std::nullopt;
  return moved;
}

std::optional<MovedDay> DosMoves::most_moved(const DosGroup& group, const DosCurve& curve) const {
  std::optional<MovedDay> most;
  for (std::int64_t day = day_of_ms(group.first_ms); day <= day_of_ms(group.last_ms) && day < to_day_; ++day)
    if (auto moved = moves(group, curve, day); moved && (!most || moved->packets > most->packets)) most = std::move(moved);
  return most;
}

/// Without the group the total would lie within its usual range, or at least lower by a good part of the rise: the group is judged by
/// the quarter (rules.total_ratio) of a usual day that it adds in 24 hours, midnight among them or not, which counts however many other
/// things rose that week; and the backscatter of the total must have left its range.
std::optional<MovedDay> DosMoves::moves(const DosGroup& group, const DosCurve& curve, std::int64_t day) const {
  auto moved = left_range(group, day);
  const double packets = curve.on(day);
  if (!moved || packets == 0) return std::nullopt;
  const double usual = moved->level.usual.level, rise = moved->observed - usual;
  if (curve.most_around(day) < (rules_.total_ratio - 1) * usual || packets < kCarries * rise) return std::nullopt;
  if (moved->backscatter - moved->usual_backscatter < kSeenInTotal * packets) return std::nullopt;
  moved->packets = packets;
  return moved;
}

}  // namespace nightjar
