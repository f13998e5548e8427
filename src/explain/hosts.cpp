#include "explain/hosts.hpp"

#include <cmath>

#include "explain/attributes.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kDaysBefore = 28;
constexpr std::int64_t kEnoughDaysBefore = 14;  ///< watched; with fewer a host that is long there may never have been seen
constexpr double kHalf = 0.5;
constexpr std::uint64_t kMostSources = 20'000;
constexpr std::uint64_t kMostBotHosts = 300'000;
constexpr std::uint64_t kLeastSeenAgain = 20, kFewSeenAgain = 5;
constexpr double kLeastShareSeenAgain = 0.1;
constexpr std::uint64_t kLeastSeveral = 20;

/// Rows of the population on a day.
std::string members_on(const Population& population, std::int64_t day) {
  return "FROM flows WHERE " + within_days(day, day + 1) + " AND " + population.port + " AND " + population.members;
}

std::string thinned(std::uint64_t every) { return every > 1 ? " AND hash(src) % CAST(" + std::to_string(every) + " AS UBIGINT) = 0" : ""; }

/// Whether enough of one day's sources are seen on the next one to speak of hosts that come back.
bool seen_again(std::uint64_t hosts, std::uint64_t again, std::uint64_t every) {
  const double share = hosts == 0 ? 0 : static_cast<double>(again) / static_cast<double>(hosts);
  return share >= kLeastShareSeenAgain && again * every >= (share >= kHalf ? kFewSeenAgain : kLeastSeenAgain);
}

}  // namespace

Result<std::optional<double>> returning_hosts(QuerySession& session, const Population& population, const Rise& rise,
                                              const std::map<std::int64_t, Exposure>& exposures, Basis& basis) {
  std::int64_t watched = 0;
  for (std::int64_t day = rise.onset_day - kDaysBefore; day < rise.onset_day; ++day) {
    const auto found = exposures.find(day);
    if (found != exposures.end() && found->second.address_days > 0) ++watched;
  }
  if (watched == 0) return std::optional<double>();

  const std::int64_t peak = rise.peak_day;
  auto rows = session.run_raw("SELECT count(*) " + members_on(population, peak));
  if (!rows) return rows.error();
  const std::uint64_t every = whole(rows->rows[0][0]) / kMostSources + 1;
  basis.nth_returning = every;
  basis.hosts_before_day = rise.onset_day;
  auto days = session.run_raw(
      "SELECT count(*) FILTER (before), count(*) FILTER (before AND peak), count(*) FILTER (peak), count(*) FILTER (peak AND after) FROM "
      "(SELECT src, bool_or(" +
      within_days(peak - 1, peak) + ") AS before, bool_or(" + within_days(peak, peak + 1) + ") AS peak, bool_or(" +
      within_days(peak + 1, peak + 2) + ") AS after FROM flows WHERE " + within_days(peak - 1, peak + 2) + " AND " + population.port +
      " AND " + population.members + thinned(every) + " GROUP BY src)");
  if (!days) return days.error();
  const auto number = [&](std::size_t column) { return whole(days->rows[0][column]); };
  if (!seen_again(number(0), number(1), every) && !seen_again(number(2), number(3), every)) return std::optional<double>();

  auto returning = session.run_raw("SELECT count(DISTINCT src) FROM flows WHERE " +
                                   within_days(rise.onset_day - kDaysBefore, rise.onset_day) + " AND " + population.darknets +
                                   thinned(every) + " AND src IN (SELECT src " + members_on(population, peak) + thinned(every) + ")");
  if (!returning) return returning.error();
  const double share = static_cast<double>(whole(returning->rows[0][0])) / static_cast<double>(number(2));
  return watched >= kEnoughDaysBefore || share >= kHalf ? std::optional(share) : std::nullopt;
}

Result<std::optional<std::uint64_t>> bots_behind(QuerySession& session, const Population& population, std::uint64_t hosts, Basis& basis) {
  const std::uint64_t every = hosts / kMostBotHosts + 1;
  basis.nth_bots = every;
  auto answer = session.run_raw(
      "SELECT count(*), CAST(sum(pairs) AS UBIGINT), count(*) FILTER (entries > 1), count(*) FILTER (pairs < entries) FROM (SELECT src, "
      "count(*) AS pairs, sum(entries) AS entries FROM (SELECT src, src_port, \"window\", count(*) AS entries " +
      members_on(population, population.peak_day) + " AND " + tools_condition({"mirai"}) + " AND src_port <> 0" + thinned(every) +
      " GROUP BY ALL) GROUP BY src)");
  if (!answer) return answer.error();
  const auto number = [&](std::size_t column) { return whole(answer->rows[0][column]); };
  const std::uint64_t mirai = number(0), pairs = number(1), several = number(2), repeating = number(3);
  if (10 * mirai * every < 9 * hosts || several * every < kLeastSeveral || 2 * repeating < several) return std::optional<std::uint64_t>();
  const auto bots = static_cast<std::uint64_t>(std::llround(static_cast<double>(pairs) * static_cast<double>(every)));
  return bots > hosts ? std::optional(bots) : std::nullopt;
}

}  // namespace nightjar
