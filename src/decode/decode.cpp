#include "decode/decode.hpp"

#include "decode/ip.hpp"
#include "decode/link.hpp"
#include "decode/transport.hpp"
#include "decode/tunnel.hpp"

namespace nightjar {
namespace {

using wire::Bytes;
using wire::Linked;
using wire::Network;

/// `payload` is what the IP header carries, as far as it was captured.
inline Undecodable read_transport(const RawPacket& raw, Bytes payload, Packet& packet) {
  if (packet.later_fragment) return Undecodable::none;
  const bool tcp = packet.protocol == protocol::kTcp;
  const Undecodable reason = tcp ? wire::read_tcp(payload, packet) : wire::read_other_transport(payload, packet);
  if (packet.payload_size == 0) return reason;
  // UDP's payload may end before the IP packet does, TCP's never.
  const auto begin = static_cast<std::uint32_t>(payload.data() - raw.bytes);
  const std::size_t header = tcp ? payload.size() - packet.payload_size : wire::kUdpHeader;
  packet.payload_offset = begin + static_cast<std::uint32_t>(header);
  return reason;
}

/// Everything but plain IPv4 in Ethernet.
Undecodable read_any(const RawPacket& raw, Linked link, const DecodeOptions& options, Packet& packet) {
  const std::int64_t time_ns = packet.time_ns;
  for (unsigned tunnels = 0;; ++tunnels) {
    if (link.reason != Undecodable::none) return link.reason;
    if (link.network == Network::not_ip) {
      // The frame inside a tunnel is what was seen; it is no IP, so there is nothing to say of it.
      packet = Packet{};
      packet.time_ns = time_ns;
      return Undecodable::none;
    }
    Bytes payload;
    if (const Undecodable reason = wire::read_ip(link.network, link.bytes, packet, payload); reason != Undecodable::none) return reason;
    if (!packet.later_fragment) {
      const wire::Tunnelled tunnel = wire::open_tunnel(packet, payload, options);
      if (tunnel.is_tunnel) {
        if (tunnels == wire::kMaxTunnels) return Undecodable::too_many_headers;
        link = tunnel.inner;
        continue;
      }
    }
    return read_transport(raw, payload, packet);
  }
}

bool any_tunnel(const DecodeOptions& options) { return options.gre || options.ipip || options.vxlan || options.erspan; }

}  // namespace

Undecodable decode(const RawPacket& raw, const DecodeOptions& options, Packet& packet) {
  constexpr std::uint16_t kEthernet = 1;
  constexpr std::size_t kEthernetHeader = 14;
  constexpr std::uint16_t kIpv4EtherType = 0x0800;
  const Bytes frame(raw.bytes, raw.captured);
  packet = Packet{};
  packet.time_ns = raw.time_ns;
  // Nearly every packet of a telescope: inlined to the end.
  const bool plain = raw.link_type == kEthernet && frame.size() >= kEthernetHeader && wire::load16(raw.bytes + 12) == kIpv4EtherType;
  if (plain && !any_tunnel(options)) [[likely]] {
    Bytes payload;
    if (const Undecodable reason = wire::read_ipv4(frame.subspan(kEthernetHeader), packet, payload); reason != Undecodable::none) {
      return reason;
    }
    return read_transport(raw, payload, packet);
  }
  return read_any(raw, wire::strip_link(raw.link_type, frame), options, packet);
}

}  // namespace nightjar
