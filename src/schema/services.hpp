#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nightjar {

/// UDP services that reflectors are asked for. FROZEN: the names are stored; append only.
enum class Service : std::uint8_t {
  unknown = 0,
  chargen,
  qotd,
  dns,
  ntp,
  ssdp,
  memcached,
  cldap,
  snmp,
  ws_discovery,
  coap,
  ard,
  mdns,
  stun,
  portmap,
  netbios,
  mssql,
  rdp,
  dahua,
  xdmcp,
  tftp,
  slp,
  ubiquiti,
  netis,
  openvpn,
  dtls,
  quake,
};
inline constexpr std::array<std::string_view, 27> kServiceNames = {
    "unknown",      "chargen", "qotd", "dns",  "ntp",      "ssdp",    "memcached", "cldap", "snmp",
    "ws-discovery", "coap",    "ard",  "mdns", "stun",     "portmap", "netbios",   "mssql", "rdp",
    "dahua",        "xdmcp",   "tftp", "slp",  "ubiquiti", "netis",   "openvpn",   "dtls",  "quake"};
inline constexpr std::size_t kServices = kServiceNames.size();
static_assert(static_cast<std::size_t>(Service::quake) + 1 == kServices);

constexpr std::string_view name_of(Service service) { return kServiceNames[static_cast<std::size_t>(service)]; }

}  // namespace nightjar
