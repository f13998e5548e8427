#include "decode/transport.hpp"

#include <algorithm>
#include <cstring>

#include "decode/ip.hpp"

namespace nightjar::wire {
namespace {

constexpr std::size_t kIcmpChecked = 4;  // type, code, checksum: RFC 792, RFC 4443
constexpr std::size_t kQuoteAt = 8;      // where an ICMP error quotes (both versions)

Undecodable read_udp(Bytes datagram, Packet& packet) {
  if (datagram.size() < kUdpHeader) return Undecodable::udp_truncated;
  packet.src_port = load16(datagram.data());
  packet.dst_port = load16(datagram.data() + 2);
  packet.has_transport = true;
  // Lengths below 8 are wrong or those of a jumbogram (RFC 2675): the IP length rules.
  const std::size_t stated = load16(datagram.data() + 4);
  const std::size_t length = stated >= kUdpHeader ? std::min(stated, datagram.size()) : datagram.size();
  const std::size_t head = std::min(length - kUdpHeader, packet.payload_head.size());
  std::memcpy(packet.payload_head.data(), datagram.data() + kUdpHeader, head);
  packet.payload_head_size = static_cast<std::uint8_t>(head);
  packet.payload_size = static_cast<std::uint32_t>(length - kUdpHeader);
  return Undecodable::none;
}

/// Destination unreachable, source quench, redirect, time exceeded, parameter problem (RFC 792; RFC 4443 for ICMPv6).
bool quotes_a_packet(const Packet& packet) {
  const unsigned type = packet.icmp_type;
  if (packet.protocol == protocol::kIcmpv6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/// The quoted packet as far as it is there; errors quote as little as 8 bytes of its transport.
Quote read_quote(Bytes bytes) {
  Packet inner;
  Bytes payload;
  if (read_ip(Network::any_ip, bytes, inner, payload) != Undecodable::none) return {};
  Quote quote;
  quote.ip_version = inner.ip_version;
  quote.protocol = inner.protocol;
  quote.src = inner.src;
  quote.src_low = inner.src_low;
  quote.dst = inner.dst;
  quote.dst_low = inner.dst_low;
  const bool has_ports = inner.protocol == protocol::kTcp || inner.protocol == protocol::kUdp;
  if (has_ports && !inner.later_fragment && payload.size() >= 4) {
    quote.src_port = load16(payload.data());
    quote.dst_port = load16(payload.data() + 2);
  }
  return quote;
}

Undecodable read_icmp(Bytes message, Packet& packet) {
  if (message.size() < kIcmpChecked) return Undecodable::icmp_truncated;
  packet.icmp_type = message[0];
  packet.icmp_code = message[1];
  packet.has_transport = true;
  if (quotes_a_packet(packet) && message.size() > kQuoteAt) packet.quote = read_quote(message.subspan(kQuoteAt));
  return Undecodable::none;
}

}  // namespace

Undecodable read_other_transport(Bytes payload, Packet& packet) {
  switch (packet.protocol) {
    case protocol::kUdp: return read_udp(payload, packet);
    case protocol::kIcmp:
    case protocol::kIcmpv6: return read_icmp(payload, packet);
    default: return Undecodable::none;
  }
}

}  // namespace nightjar::wire
