#include "figure/port_parts.hpp"

namespace nightjar {

std::vector<FigurePart> PortParts::list(std::uint64_t shown, const std::string& ports_name) const {
  std::vector<FigurePart> parts = {
      {ports_name, ports - shown, 0}, {"backscatter", backscatter, 0}, {"icmp", icmp, 0}, {"fragments and other protocols", rest(), 0}};
  for (FigurePart& part : parts) part.share = total == 0 ? 0 : 100.0 * static_cast<double>(part.packets) / static_cast<double>(total);
  return parts;
}

Result<PortParts> ask_port_parts(FigureRun& run, HourSpan hours) {
  auto rows = run.ask("parts", run.file.table, hours, {});
  if (!rows) return rows.error();
  const NamedRows named(*rows);
  if (named.size() != 1) return Error{"figure " + run.file.name + ": the query \"parts\" gives one row"};
  return PortParts{named.number(0, "total"), named.number(0, "ports"), named.number(0, "backscatter"), named.number(0, "icmp")};
}

}  // namespace nightjar
