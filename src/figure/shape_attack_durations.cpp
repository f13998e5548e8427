#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "figure/attack_run.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

/// Seconds at which the distribution is told: about eight a decade, with those of NICTER's report (60, 600, 3600) and whole days among
/// them. It begins at 1 s, since the scale is logarithmic: an attack whose requests share a millisecond lasts 0 s and is within 1 s.
constexpr std::array<std::uint64_t, 47> kSeconds = {
    1,      2,      3,      4,       5,       6,       8,       10,      15,        20,        30,       40,
    50,     60,     80,     100,     120,     150,     200,     300,     400,       500,       600,      800,
    1000,   1200,   1500,   1800,    2400,    3600,    5400,    7200,    10'800,    14'400,    21'600,   28'800,
    43'200, 64'800, 86'400, 172'800, 259'200, 432'000, 604'800, 864'000, 1'209'600, 1'814'400, 2'592'000};

std::string within_sql() {
  std::string sql;
  for (std::size_t i = 0; i < kSeconds.size(); ++i) {
    sql += (i == 0 ? "sum(CASE WHEN @milliseconds(first, last) <= " : ", sum(CASE WHEN @milliseconds(first, last) <= ") +
           std::to_string(kSeconds[i] * 1000) + " THEN 1 ELSE 0 END) AS m_within_" + std::to_string(kSeconds[i]);
  }
  return sql;
}

}  // namespace

Result<void> shape_attack_durations(FigureRun& run) {
  auto words = begin_attacks(run);
  if (!words) return words.error();
  (*words)["within"] = within_sql();
  auto rows = run.ask("main", *words);
  if (!rows) return rows.error();
  const NamedRows named(*rows);
  const std::uint64_t all = named.number(0, "attacks");
  run.answer.total = all;
  if (all == 0) return {};
  for (const std::uint64_t seconds : kSeconds) {
    const std::uint64_t within = named.number(0, "within_" + std::to_string(seconds));
    if (within == all) break;
    run.answer.rows.push_back({seconds, within, percent(within, all)});
  }
  const std::uint64_t longest = (named.number(0, "longest") + 999) / 1000;
  run.answer.rows.push_back({std::max<std::uint64_t>(longest, 1), all, percent(all, all)});
  return {};
}

}  // namespace nightjar
