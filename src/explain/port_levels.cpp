#include "explain/port_levels.hpp"

#include <variant>

#include "explain/population.hpp"

namespace nightjar {

Result<PortLevels> PortLevels::load(QuerySession& session, const std::set<Port>& ports) {
  PortLevels levels;
  if (ports.empty()) return levels;
  std::string list;
  for (const auto& [protocol, port] : ports)
    list += (list.empty() ? "" : ", ") + std::to_string(static_cast<std::uint32_t>(protocol) << 16 | port);
  auto answer = session.run(
      "SELECT day - DATE '1970-01-01' AS d, protocol, port, country, CAST(sum(hosts) AS DOUBLE) AS h, CAST(sum(packets) AS DOUBLE) AS p, "
      "part = 'port' AS whole FROM port_days WHERE CAST(protocol AS UINTEGER) * 65536 + port IN (" +
      list + ") AND (part = 'port' OR country <> '') GROUP BY d, protocol, port, country, whole");
  if (!answer) return answer.error();
  for (const auto& row : answer->rows) {
    const Port port{static_cast<std::uint8_t>(whole(row[1])), static_cast<std::uint16_t>(whole(row[2]))};
    const auto* country = std::get_if<std::string>(&row[3]);
    levels.levels_[{port, country == nullptr ? std::string() : *country}][static_cast<std::int64_t>(whole(row[0]))] = {real(row[4]),
                                                                                                                       real(row[5])};
  }
  return levels;
}

std::map<std::int64_t, double> PortLevels::of(const Port& port, const std::string& country, Metric metric) const {
  std::map<std::int64_t, double> days;
  const auto found = levels_.find({port, country});
  if (found == levels_.end()) return days;
  for (const auto& [day, level] : found->second) days[day] = metric == Metric::hosts ? level.hosts : level.packets;
  return days;
}

}  // namespace nightjar
