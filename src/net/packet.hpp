#pragma once
#include <array>
#include <cstdint>

namespace nightjar {

/// One captured frame, before anybody looked inside. Points into bytes that the capture's block owns: valid as
/// long as that block.
struct RawPacket {
  std::int64_t time_ns;       ///< nanoseconds since 1970 UTC
  const std::uint8_t* bytes;  ///< the captured bytes, link header first
  std::uint32_t captured;     ///< how many of them there are
  std::uint32_t original;     ///< how long the frame was on the wire (at least `captured` in an honest file)
  std::uint16_t link_type;    ///< LINKTYPE_ number (tcpdump.org/linktypes.html)
  std::uint16_t sensor;       ///< index of the sensor that the capture belongs to
};

/// IANA protocol numbers that Nightjar treats by name.
namespace protocol {
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kIgmp = 2;
inline constexpr std::uint8_t kIpInIp = 4;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kIpv6InIp = 41;
inline constexpr std::uint8_t kGre = 47;
inline constexpr std::uint8_t kIcmpv6 = 58;
}  // namespace protocol

/// Bits of the TCP flags octet (RFC 9293).
namespace tcp_flag {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
inline constexpr std::uint8_t kUrg = 0x20;
inline constexpr std::uint8_t kEce = 0x40;
inline constexpr std::uint8_t kCwr = 0x80;
}  // namespace tcp_flag

/// The packet that an ICMP error quotes, as far as it was quoted.
struct Quote {
  std::uint8_t ip_version = 0;  ///< 0: nothing quoted, or not readable
  std::uint8_t protocol = 0;
  std::uint16_t src_port = 0;  ///< 0 where the quote ends before the ports or the protocol has none
  std::uint16_t dst_port = 0;
  std::uint64_t src = 0, src_low = 0;
  std::uint64_t dst = 0, dst_low = 0;
};

/// A decoded packet: numbers in host order, fixed size, no pointer back to the bytes. Addresses are two integers
/// as in the lake: the IPv4 address and 0, or the upper and lower 64 bits of the IPv6 address.
struct Packet {
  std::int64_t time_ns = 0;
  std::uint64_t src = 0, src_low = 0;
  std::uint64_t dst = 0, dst_low = 0;
  std::uint32_t ip_length = 0;  ///< bytes of the IP packet by its own header (for TCP offload's 0: as captured)
  std::uint32_t tcp_sequence = 0;
  std::uint32_t tcp_acknowledgement = 0;  ///< as sent, whatever the flags say
  std::uint32_t payload_offset = 0;       ///< of what TCP or UDP carries, in the frame's bytes; only where payload_size is not 0
  std::uint32_t payload_size = 0;     ///< captured bytes of it: padding behind the IP packet and bytes that were cut off are not counted
  std::uint32_t payload_missing = 0;  ///< bytes at the end of the IP packet that the capture lacks
  std::uint16_t src_port = 0;         ///< TCP and UDP, else 0
  std::uint16_t dst_port = 0;
  std::uint16_t window = 0;     ///< TCP window as sent, unscaled
  std::uint16_t ip_id = 0;      ///< IPv4 identification
  std::uint8_t ip_version = 0;  ///< 4, 6, or 0: not an IP packet
  std::uint8_t protocol = 0;    ///< IANA number of the first transport header
  std::uint8_t ttl = 0;         ///< TTL or hop limit as received
  std::uint8_t tcp_flags = 0;
  std::uint8_t option_layout = 0;  ///< frozen number of the order of TCP options (decode/tcp_options.hpp)
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  bool dont_fragment = false;
  bool later_fragment = false;                  ///< not the first fragment: has a protocol, but no ports and no flags
  bool has_transport = false;                   ///< the fields of the transport header are filled
  std::uint8_t payload_head_size = 0;           ///< valid bytes of `payload_head`
  std::array<std::uint8_t, 12> payload_head{};  ///< the first bytes of an UDP payload
  Quote quote;                                  ///< for ICMP errors
};

/// SYN set, and ACK, RST, FIN clear; ECE, CWR, PSH, URG do not matter.
constexpr bool is_bare_syn(const Packet& packet) {
  using namespace tcp_flag;
  return packet.protocol == protocol::kTcp && packet.has_transport && (packet.tcp_flags & (kSyn | kAck | kRst | kFin)) == kSyn;
}

}  // namespace nightjar
