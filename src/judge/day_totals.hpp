#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "exposure/exposure.hpp"
#include "exposure/usual.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Of what is over the level is told on days up to so many after its last one: then nothing of it is told anew (detect_incidents.cpp).
inline constexpr std::int64_t kDaysToldAfter = 8;
/// The last UTC day before `before` of which nearly all was watched; of a week without one the last.
std::int64_t last_whole_day(const std::map<std::int64_t, Exposure>& exposures, std::int64_t before);

/// Packets a UTC day of all darknets together, by IANA protocol (1, 6 and 17), and what is usual of them.
class DayTotals {
 public:
  /// Reads `minutes` of [from_day, to_day) and of the 2 x `baseline_days` days before that judging them needs, as far as the session shows
  /// them (from first_seen_day on). `exposures` of days before from_day are used as far as they are there: a day without one is compared
  /// with nothing. It outlives the totals.
  static Result<DayTotals> read(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day);

  /// All classes, or backscatter alone.
  enum class Part : std::uint8_t { all, backscatter };
  double packets(std::uint8_t protocol, std::int64_t day, Part part = Part::all) const;
  /// Whether the day can be compared at all.
  bool comparable(std::int64_t day) const { return day >= first_day_ && exposure(day) > 0; }

  struct Level {
    Usual usual;
    std::vector<std::int64_t> days;  ///< it was made from, ascending
  };
  /// What is usual on a day, by the days before `before`: up to `baseline_days` back, without those of the last `new_usual_days` on which
  /// the total itself had risen.
  Level usual(std::uint8_t protocol, std::int64_t day, std::int64_t before, Part part = Part::all) const;
  bool is_rise(double observed, const Usual& usual) const;

 private:
  DayTotals(const Rules& rules, const std::map<std::int64_t, Exposure>& exposures, std::int64_t first_day)
      : rules_(rules), exposures_(exposures), first_day_(first_day) {}
  double exposure(std::int64_t day) const;
  Usual usual_by(std::uint8_t protocol, std::int64_t day, const std::vector<std::int64_t>& days, Part part) const;
  std::vector<std::int64_t> days_before(std::int64_t before) const;
  bool rose(std::uint8_t protocol, std::int64_t day, Part part) const;

  const Rules& rules_;
  const std::map<std::int64_t, Exposure>& exposures_;
  std::int64_t first_day_;  ///< whose packets were read
  struct Packets {
    double all = 0, backscatter = 0;
  };
  std::map<std::pair<std::uint8_t, std::int64_t>, Packets> packets_;
};

}  // namespace nightjar
