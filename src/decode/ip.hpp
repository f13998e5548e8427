#pragma once
#include <algorithm>

#include "decode/byte_order.hpp"
#include "decode/link.hpp"
#include "net/packet.hpp"
#include "net/undecodable.hpp"

namespace nightjar::wire {

inline constexpr std::size_t kIpv4Header = 20;  ///< RFC 791, without options

/// Extension headers that one IPv6 packet may chain. RFC 8200 names eight kinds, each once or twice.
inline constexpr unsigned kMaxExtensionHeaders = 16;

/// Reads an IPv4 header from the front of `bytes` into the addresses and IP fields of `packet`; `payload` becomes what follows
/// it, to the end of the IP packet or of the capture.
inline Undecodable read_ipv4(Bytes bytes, Packet& packet, Bytes& payload) {
  const std::uint8_t* ip = bytes.data();
  if (bytes.size() < kIpv4Header) return Undecodable::ipv4_truncated;
  if (ip[0] >> 4 != 4) return Undecodable::ip_version;
  const std::size_t header = std::size_t{ip[0] & 15u} * 4;
  if (header < kIpv4Header) return Undecodable::ipv4_header_length;
  if (bytes.size() < header) return Undecodable::ipv4_truncated;
  // 0: written by a machine whose network card would have cut the packet into pieces (TCP segmentation offload).
  const std::size_t stated = load16(ip + 2);
  const std::size_t total = stated != 0 ? stated : bytes.size();
  if (total < header) return Undecodable::ipv4_total_length;
  const std::uint16_t fragment = load16(ip + 6);
  packet.ip_version = 4;
  packet.ip_length = static_cast<std::uint32_t>(total);
  packet.ip_id = load16(ip + 4);
  packet.dont_fragment = (fragment & 0x4000) != 0;
  packet.later_fragment = (fragment & 0x1fff) != 0;
  packet.ttl = ip[8];
  packet.protocol = ip[9];
  packet.src = load32(ip + 12);
  packet.src_low = 0;
  packet.dst = load32(ip + 16);
  packet.dst_low = 0;
  const std::size_t captured = std::min(total, bytes.size());
  packet.payload_missing = static_cast<std::uint32_t>(total - captured);
  payload = bytes.subspan(header, captured - header);
  return Undecodable::none;
}

/// The same for IPv6 with its extension headers: the protocol becomes that of the first header that is none of them.
Undecodable read_ipv6(Bytes bytes, Packet& packet, Bytes& payload);

/// The version that `network` names or, for any_ip, the first four bits.
Undecodable read_ip(Network network, Bytes bytes, Packet& packet, Bytes& payload);

}  // namespace nightjar::wire
