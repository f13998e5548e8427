#include "incident/explain_measure.hpp"

#include <cassert>
#include <variant>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostConditions = 8;

// To what a row belongs: a bit for the population, one for what lies in any part, one for each part.
constexpr std::uint64_t kMember = 1, kAny = 2;
constexpr std::uint64_t bit_of(std::size_t part) { return 4ULL << (2 * part); }  ///< and of the population
constexpr std::uint64_t port_bit_of(std::size_t part) { return 2 * bit_of(part); }

/// A row's bits, as SQL.
std::string bits_of(const Population& population, const std::vector<std::string>& conditions) {
  const std::string member = "(" + population.members + ")";
  std::string bits = "CASE WHEN " + member + " THEN " + std::to_string(kMember) + " ELSE 0 END";
  std::string any = "FALSE";
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::string outside = std::to_string(port_bit_of(i)), inside = std::to_string(port_bit_of(i) + bit_of(i));
    bits += " + CASE WHEN NOT (" + conditions[i] + ") THEN 0 WHEN " + member + " THEN " + inside + " ELSE " + outside + " END";
    any += " OR (" + conditions[i] + ")";
  }
  return bits + " + CASE WHEN " + member + " AND (" + any + ") THEN " + std::to_string(kAny) + " ELSE 0 END";
}

/// Adds a day's packets or hosts with these bits to `level` of everything they belong to.
template <class Add>
void each_of(MeasuredRise& rise, std::uint64_t bits, Add add) {
  if ((bits & kMember) != 0) add(rise.all, true);
  add(rise.all, false);
  if ((bits & kAny) != 0) add(rise.any, true);
  for (std::size_t i = 0; i < rise.parts.size(); ++i) {
    if ((bits & bit_of(i)) != 0) add(rise.parts[i], true);
    if ((bits & port_bit_of(i)) != 0) add(rise.parts[i], false);
  }
}

}  // namespace

Result<MeasuredRise> measure_rise(QuerySession& session, const Population& population, Metric metric,
                                  const std::vector<std::string>& conditions) {
  assert(conditions.size() <= kMostConditions);
  MeasuredRise rise;
  rise.parts.resize(conditions.size());
  const std::string bits = bits_of(population, conditions);
  std::vector<std::int64_t> days = population.usual_days;
  days.push_back(population.peak_day);
  // Day by day, so that no more than one day's sources are held.
  for (const std::int64_t day : days) {
    const bool today = day == population.peak_day;
    // A source counts once wherever any of its rows belongs; a packet where its own row does.
    auto answer = session.run_raw(
        "WITH belonging AS MATERIALIZED (SELECT src, " + bits + " AS bits, CAST(sum(packets) AS UBIGINT) AS packets FROM flows WHERE " +
        within_days(day, day + 1) + " AND " + population.port + (today ? " AND " + population.members : "") +
        " GROUP BY 1, 2) SELECT 'packets', bits, CAST(sum(packets) AS UBIGINT), 0.0 FROM belonging GROUP BY bits "
        "UNION ALL SELECT 'hosts', bits, count(*), sum(members * members) FROM (SELECT bit_or(bits) AS bits, "
        "sum(CASE WHEN bits & 1 = 1 THEN CAST(packets AS DOUBLE) ELSE 0 END) AS members FROM belonging GROUP BY src) GROUP BY bits");
    if (!answer) return answer.error();
    for (const auto& row : answer->rows) {
      const bool hosts = std::get<std::string>(row[0]) == "hosts";
      const bool measured = hosts == (metric == Metric::hosts);
      const std::uint64_t count = whole(row[2]);
      if (today && hosts) rise.squares += real(row[3]);
      each_of(rise, whole(row[1]), [&](MeasuredPart& part, bool member) {
        if (today && member) (hosts ? part.hosts : part.packets) += count;
        if (!measured) return;
        const double amount = static_cast<double>(count);
        if (today && member) part.now += amount;
        if (!today) (member ? part.usual : part.usual_port) += amount * population.usual_factor;
      });
    }
  }
  return rise;
}

}  // namespace nightjar
