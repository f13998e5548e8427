#pragma once
#include <cstdint>

#include "decode/byte_order.hpp"
#include "decode/link.hpp"
#include "decode/tcp_options.hpp"
#include "net/packet.hpp"
#include "net/undecodable.hpp"

namespace nightjar::wire {

inline constexpr std::size_t kTcpHeader = 20;  ///< RFC 9293, without options
inline constexpr std::size_t kUdpHeader = 8;   ///< RFC 768

/// Reads a TCP header; `segment` ends where the IP packet or the capture ends. Twenty bytes suffice, whatever the data offset says.
inline Undecodable read_tcp(Bytes segment, Packet& packet) {
  if (segment.size() < kTcpHeader) return Undecodable::tcp_truncated;
  const std::uint8_t* tcp = segment.data();
  packet.src_port = load16(tcp);
  packet.dst_port = load16(tcp + 2);
  packet.tcp_sequence = load32(tcp + 4);
  packet.tcp_acknowledgement = load32(tcp + 8);
  packet.tcp_flags = tcp[13];
  packet.window = load16(tcp + 14);
  packet.has_transport = true;
  const std::size_t header = std::size_t{tcp[12]} >> 4 << 2;
  if (header >= kTcpHeader && header <= segment.size()) packet.payload_size = static_cast<std::uint32_t>(segment.size() - header);
  if (header == kTcpHeader) {
    packet.option_layout = option_layout::kNone;
  } else if (header < kTcpHeader || header > segment.size()) {
    packet.option_layout = option_layout::kCutOffOrMalformed;
  } else {
    packet.option_layout = option_layout_of(segment.subspan(kTcpHeader, header - kTcpHeader));
  }
  return Undecodable::none;
}

/// The others: UDP, ICMP, ICMPv6 (with the packet that an error quotes). A protocol that Nightjar does not look into is no error.
Undecodable read_other_transport(Bytes payload, Packet& packet);

}  // namespace nightjar::wire
