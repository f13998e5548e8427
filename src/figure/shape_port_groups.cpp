#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "figure/port_groups.hpp"
#include "figure/port_parts.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

std::string groups_sql(const std::vector<PortGroup>& groups) {
  std::map<std::uint8_t, std::string> ranges;
  for (const PortGroup& group : groups) {
    for (const PortRange& range : group.ports) {
      std::string& list = ranges[range.protocol];
      list += (list.empty() ? "" : " OR ") + (range.first == range.last
                                                  ? "port = " + std::to_string(range.first)
                                                  : "port BETWEEN " + std::to_string(range.first) + " AND " + std::to_string(range.last));
    }
  }
  std::string out;
  for (const auto& [protocol, list] : ranges)
    out += (out.empty() ? "" : " OR ") + ("(protocol = " + std::to_string(protocol)) + " AND (" + list + "))";
  return out.empty() ? "1 = 0" : "(" + out + ")";
}

}  // namespace

Result<void> shape_port_groups(FigureRun& run) {
  const FigureSurroundings& around = run.surroundings;
  auto groups = parse_port_groups(around.port_groups ? *around.port_groups : run.catalogue.port_groups(), around.port_groups_origin);
  if (!groups) return groups.error();
  auto rows = run.ask("chosen", {{"ports", groups_sql(*groups)}});
  if (!rows) return rows.error();
  auto parts = ask_port_parts(run, run.observation.hours);
  if (!parts) return parts.error();

  std::vector<std::pair<std::string, std::uint64_t>> sums;
  for (const PortGroup& group : *groups) sums.emplace_back(group.name, 0);
  std::uint64_t shown = 0;
  const NamedRows named(*rows);
  for (std::size_t i = 0; i < named.size(); ++i) {
    for (std::size_t g = 0; g < groups->size(); ++g) {
      if (!(*groups)[g].contains(static_cast<std::uint8_t>(named.number(i, "protocol")),
                                 static_cast<std::uint16_t>(named.number(i, "port"))))
        continue;
      sums[g].second += named.number(i, "packets");
      shown += named.number(i, "packets");
    }
  }
  std::ranges::stable_sort(sums, [](const auto& a, const auto& b) { return a.second > b.second; });
  run.answer.total = parts->total;
  for (const auto& [name, packets] : sums) run.answer.rows.push_back({name, packets, percent(packets, parts->total)});
  run.answer.rows.push_back({std::string("other"), parts->total - shown, percent(parts->total - shown, parts->total)});
  run.answer.other_parts = parts->list(shown, "ports of no group");
  return {};
}

}  // namespace nightjar
