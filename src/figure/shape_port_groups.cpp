#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "figure/port_groups.hpp"
#include "figure/port_parts.hpp"
#include "figure/shapes.hpp"

namespace nightjar {

Result<void> shape_port_groups(FigureRun& run) {
  const FigureSurroundings& around = run.surroundings;
  auto groups = parse_port_groups(around.port_groups ? *around.port_groups : run.catalogue.port_groups(), around.port_groups_origin);
  if (!groups) return groups.error();
  auto parts = ask_port_parts(run, run.observation.hours);
  if (!parts) return parts.error();

  std::vector<std::pair<std::string, std::uint64_t>> sums;
  std::uint64_t shown = 0;
  for (const PortGroup& group : *groups) {
    std::uint64_t packets = 0;
    for (const auto& [port, sum] : parts->by_port)
      if (group.contains(port.first, port.second)) packets += sum;
    shown += packets;
    sums.emplace_back(group.name, packets);
  }
  std::ranges::stable_sort(sums, [](const auto& a, const auto& b) { return a.second > b.second; });
  run.answer.total = parts->total;
  for (const auto& [name, packets] : sums) run.answer.rows.push_back({name, packets, percent(packets, parts->total)});
  run.answer.rows.push_back({std::string("other"), parts->total - shown, percent(parts->total - shown, parts->total)});
  run.answer.other_parts = parts->list(shown, "ports of no group");
  return {};
}

}  // namespace nightjar
