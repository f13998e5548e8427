#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// A stretch of ports of one protocol.
struct PortRange {
  std::uint8_t protocol = 0;
  std::uint16_t first = 0, last = 0;
};

/// Ports that belong together: [[group]] name, title, tcp = [23, "8000..8010"], udp = [...].
struct PortGroup {
  std::string name, title;
  std::vector<PortRange> ports;

  bool contains(std::uint8_t protocol, std::uint16_t port) const;
};

/// Reads the groups; `origin` names the text in sentences. A port in two groups is an error, since their shares would
/// count it twice.
Result<std::vector<PortGroup>> parse_port_groups(std::string_view toml, const std::string& origin);

}  // namespace nightjar
