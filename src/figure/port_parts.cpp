#include "figure/port_parts.hpp"

#include <algorithm>
#include <array>

#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::array<std::uint64_t, 2> kIcmp = {1, 58};
/// TCP, UDP, DCCP, SCTP, UDP-Lite.
constexpr std::array<std::uint64_t, 5> kWithPorts = {6, 17, 33, 132, 136};

bool is(TrafficClass expected, std::uint64_t number) { return number == static_cast<std::uint64_t>(expected); }

}  // namespace

std::vector<FigurePart> PortParts::list(std::uint64_t shown, const std::string& ports_name) const {
  std::vector<FigurePart> parts = {
      {ports_name, ports - shown, 0}, {"backscatter", backscatter, 0}, {"icmp", icmp, 0}, {"fragments and other protocols", rest(), 0}};
  for (FigurePart& part : parts) part.share = total == 0 ? 0 : 100.0 * static_cast<double>(part.packets) / static_cast<double>(total);
  return parts;
}

Result<PortParts> ask_port_parts(FigureRun& run, HourSpan hours) {
  auto rows = run.ask("ports", run.file.table, hours, {});
  if (!rows) return rows.error();
  PortParts parts;
  for (const auto& row : rows->rows) {
    if (row.size() != 4) return Error{"figure " + run.file.name + ": the query \"ports\" gives protocol, class, port and packets"};
    const std::uint64_t protocol = number_of(row[0]), traffic_class = number_of(row[1]), port = number_of(row[2]),
                        packets = number_of(row[3]);
    parts.total += packets;
    // A packet of class other without a port is a later fragment (or aims at port 0 with flags that nobody sends).
    const bool fragment = is(TrafficClass::other, traffic_class) && port == 0;
    if (is(TrafficClass::backscatter, traffic_class)) {
      parts.backscatter += packets;
    } else if (std::ranges::find(kIcmp, protocol) != kIcmp.end()) {
      parts.icmp += packets;
    } else if (std::ranges::find(kWithPorts, protocol) != kWithPorts.end() && !fragment && !is(TrafficClass::echo, traffic_class)) {
      parts.ports += packets;
      parts.by_port[{static_cast<std::uint8_t>(protocol), static_cast<std::uint16_t>(port)}] += packets;
    }
  }
  return parts;
}

}  // namespace nightjar
