#include "judge/drdos_counts.hpp"

#include "base/time.hpp"
#include "figure/values.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

std::string time_of(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

Result<std::string> definition_of(QuerySession& session) {
  auto answer = session.run(
      "SELECT definition FROM attacks WHERE definition IN ('per-sensor', 'amppot', 'merged') GROUP BY definition ORDER BY definition DESC");
  if (!answer) return answer.error();
  std::string best;
  const NamedRows rows(*answer);
  for (const char* wanted : {"per-sensor", "amppot", "merged"})
    for (std::size_t i = 0; i < rows.size() && best.empty(); ++i)
      if (rows.text(i, "definition") == wanted) best = wanted;
  return best;
}

}  // namespace

Result<DrdosCounts> read_drdos_counts(QuerySession& session, std::int64_t from_day, std::int64_t to_day) {
  DrdosCounts counts;
  auto definition = definition_of(session);
  if (!definition) return definition.error();
  counts.definition = *definition;
  if (counts.definition.empty()) return counts;

  auto days = session.run("SELECT day, count(DISTINCT sensor) AS m_sensors FROM sensor_days WHERE kind = 'reflector' AND day >= @date('" +
                          format_day(from_day) + "') AND day < @date('" + format_day(to_day) + "') GROUP BY day");
  if (!days) return days.error();
  const NamedRows watched(*days);
  for (std::size_t i = 0; i < watched.size(); ++i) {
    auto day = parse_day(watched.text(i, "day"));
    if (!day) return day.error();
    counts.watch[*day] = static_cast<double>(watched.number(i, "m_sensors"));
  }

  auto answer = session.run(
      "SELECT @day(first, 0) AS m_day, country, asn, count(*) AS m_attacks, @hosts(src) AS m_victims FROM attacks WHERE level = 1 AND "
      "definition = " +
      sql_literal(counts.definition) + " AND first >= " + time_of(from_day) + " AND first < " + time_of(to_day) +
      " GROUP BY m_day, country, asn");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto day = parse_day(rows.text(i, "m_day"));
    if (!day) return day.error();
    const auto add = [&](AttackDays& by_day) {
      AttackDay& one = by_day[*day];
      one.attacks += rows.number(i, "m_attacks");
      one.victims += rows.number(i, "m_victims");
    };
    const std::string country = rows.text(i, "country");
    const auto asn = static_cast<std::uint32_t>(rows.number(i, "asn"));
    add(counts.all);
    if (!country.empty()) add(counts.countries[country]);
    if (asn != 0) add(counts.networks[{country, asn}]);
    counts.watch.try_emplace(*day, 1);
  }
  return counts;
}

}  // namespace nightjar
