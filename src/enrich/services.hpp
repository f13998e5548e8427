#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace nightjar {

/// What usually answers, or is looked for, on a port. Named for the eye: a name says nothing about who really sent what.
struct NamedService {
  std::uint8_t protocol;  ///< IANA number
  std::uint16_t port;     ///< for ICMP type x 256 + code, as in the lake
  std::string_view name;  ///< short, lower case, without spaces
  std::string_view sentence;
};

/// Ports that matter in a darknet, by protocol and port. Ours and not the machine's (/etc/services), so that a figure
/// looks the same everywhere.
std::span<const NamedService> services();

/// nullptr where the table has none.
const NamedService* find_service(std::uint8_t protocol, std::uint16_t port);

/// "telnet", "realtek-upnp"; empty where the table has none.
std::string_view service_name(std::uint8_t protocol, std::uint16_t port);

}  // namespace nightjar
