#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"

namespace nightjar {

/// A network interface of this machine (of its network name space), as the kernel knows it at the moment.
struct NetInterface {
  std::string name;
  bool up = false;       ///< somebody has set it up (IFF_UP)
  bool carrier = false;  ///< and something is at the other end (IFF_RUNNING)
  bool loopback = false;
  std::vector<Address> addresses;  ///< of IPv4 and IPv6, link-local ones too
};
Result<std::vector<NetInterface>> network_interfaces();

/// The one of that name; null if there is none.
const NetInterface* find_interface(const std::vector<NetInterface>& interfaces, const std::string& name);

/// Whether the kernel or the card puts packets together before a capture sees them: then packets are counted too few and too long.
struct PacketMerging {
  bool gro = false;  ///< by the kernel (ethtool -K IF gro off)
  bool lro = false;  ///< by the card (ethtool -K IF lro off)
};
/// Nothing where the interface does not say.
std::optional<PacketMerging> packet_merging(const std::string& interface);

/// A port at which something on this machine listens, or (UDP) a socket is bound without a peer.
struct PortTaken {
  bool tcp = false;
  std::uint16_t port = 0;
  std::uint64_t inode = 0;  ///< of the socket: names the process, see holder_of
  friend bool operator==(const PortTaken&, const PortTaken&) = default;
};
/// Of IPv4 and IPv6, from /proc/net, in no order; the same port may stand there several times.
std::vector<PortTaken> ports_taken();

/// Name of the process that holds a socket ("systemd-resolve"); empty if it cannot be told, which for others' processes needs root.
std::string holder_of(std::uint64_t inode);

}  // namespace nightjar
