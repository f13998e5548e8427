#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "figure/figure.hpp"
#include "figure/observation.hpp"
#include "figure/shapes.hpp"

namespace nightjar {

/// Protocol and destination port.
using Port = std::pair<std::uint8_t, std::uint16_t>;

/// All packets of a span, taken apart by what a destination port says of them.
struct PortParts {
  std::uint64_t total = 0;
  std::uint64_t ports = 0;                ///< scan, request and other packets with a destination port
  std::uint64_t backscatter = 0;          ///< their port is that of a victim
  std::uint64_t icmp = 0;                 ///< both families, without backscatter
  std::map<Port, std::uint64_t> by_port;  ///< the packets of `ports`

  /// Fragments and protocols without ports.
  std::uint64_t rest() const { return total - ports - backscatter - icmp; }
  /// What is left when `shown` packets of `ports` stand in rows of their own.
  std::vector<FigurePart> list(std::uint64_t shown, const std::string& ports_name) const;
};

/// Asks the query `ports`: packets by protocol, port and class.
Result<PortParts> ask_port_parts(FigureRun& run, HourSpan hours);

}  // namespace nightjar
