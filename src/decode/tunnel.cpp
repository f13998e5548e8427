#include "decode/tunnel.hpp"

#include "base/byte_reader.hpp"

namespace nightjar::wire {
namespace {

constexpr Tunnelled kNoTunnel = {};
Tunnelled failed(Undecodable reason) { return {true, {reason, Network::not_ip, {}}}; }
Bytes rest_of(const ByteReader& in) { return {in.position(), in.remaining()}; }

/// ERSPAN types I and II (draft-foschiano-erspan-03): type II has a sequence number in GRE and a header of 8 bytes.
Tunnelled open_erspan(ByteReader in, bool sequenced) {
  if (sequenced) {
    const std::uint8_t version = in.u8() >> 4;
    in.skip(7);
    if (!in.ok()) return failed(Undecodable::tunnel_truncated);
    if (version != 1) return failed(Undecodable::tunnel_malformed);
  }
  return {true, strip_ethernet(rest_of(in))};
}

/// ERSPAN type III (the same draft): 12 bytes, 8 more where the O bit says so, then an Ethernet frame or an IP packet.
Tunnelled open_erspan3(ByteReader in) {
  constexpr unsigned kEthernet = 0, kIp = 2;
  const std::uint8_t version = in.u8() >> 4;
  in.skip(9);
  const std::uint16_t flags = in.be16();
  if (flags & 1) in.skip(8);
  if (!in.ok()) return failed(Undecodable::tunnel_truncated);
  if (version != 2) return failed(Undecodable::tunnel_malformed);
  switch (flags >> 10 & 31) {
    case kEthernet: return {true, strip_ethernet(rest_of(in))};
    case kIp: return {true, {Undecodable::none, Network::any_ip, rest_of(in)}};
    default: return kNoTunnel;
  }
}

/// GRE (RFC 2784, RFC 2890, routing of RFC 1701) and the version of PPTP (RFC 2637).
Tunnelled open_gre(Bytes payload, const DecodeOptions& options) {
  constexpr std::uint16_t kChecksum = 0x8000, kRouting = 0x4000, kKey = 0x2000, kSequence = 0x1000, kAcknowledgement = 0x0080;
  constexpr std::uint16_t kEthernet = 0x6558, kErspan = 0x88be, kErspan3 = 0x22eb;
  constexpr unsigned kPptp = 1;
  ByteReader in(payload);
  const std::uint16_t flags = in.be16();
  const std::uint16_t carried = in.be16();
  if (!in.ok()) return failed(Undecodable::tunnel_truncated);
  const bool is_erspan = carried == kErspan || carried == kErspan3;
  if (is_erspan ? !options.erspan : !options.gre) return kNoTunnel;
  const unsigned version = flags & 7;
  if (version > kPptp) return failed(Undecodable::tunnel_malformed);
  if (flags & (kChecksum | kRouting)) in.skip(4);
  if (flags & kKey) in.skip(4);
  if (flags & kSequence) in.skip(4);
  if (version == kPptp && (flags & kAcknowledgement)) in.skip(4);
  if (flags & kRouting) {
    for (bool last = false; !last && in.ok();) {
      in.skip(3);
      const std::uint8_t length = in.u8();
      last = length == 0;
      in.skip(length);
    }
  }
  if (!in.ok()) return failed(Undecodable::tunnel_truncated);
  switch (carried) {
    case kErspan: return open_erspan(in, flags & kSequence);
    case kErspan3: return open_erspan3(in);
    case kEthernet: return {true, strip_ethernet(rest_of(in))};
    default: break;
  }
  const Linked inner = carried <= 1500 ? Linked{} : strip_ethertype(carried, rest_of(in));
  // A protocol we do not read (a keepalive, a routing protocol): the outer packet is what was seen.
  return inner.reason == Undecodable::none && inner.network == Network::not_ip ? kNoTunnel : Tunnelled{true, inner};
}

/// VXLAN (RFC 7348). Anybody can knock on port 4789: without the header's I flag it is an ordinary datagram.
Tunnelled open_vxlan(Bytes datagram) {
  constexpr std::uint16_t kPort = 4789;
  constexpr std::uint8_t kHasNetwork = 0x08;
  ByteReader in(datagram);
  in.skip(2);
  const std::uint16_t port = in.be16();
  in.skip(4);
  const std::uint8_t flags = in.u8();
  if (!in.ok() || port != kPort || !(flags & kHasNetwork)) return kNoTunnel;
  if (!in.skip(7)) return failed(Undecodable::tunnel_truncated);
  return {true, strip_ethernet(rest_of(in))};
}

}  // namespace

Tunnelled open_tunnel(const Packet& packet, Bytes payload, const DecodeOptions& options) {
  switch (packet.protocol) {
    case protocol::kGre: return options.gre || options.erspan ? open_gre(payload, options) : kNoTunnel;
    case protocol::kIpInIp: return options.ipip ? Tunnelled{true, {Undecodable::none, Network::ipv4, payload}} : kNoTunnel;
    case protocol::kIpv6InIp: return options.ipip ? Tunnelled{true, {Undecodable::none, Network::ipv6, payload}} : kNoTunnel;
    case protocol::kUdp: return options.vxlan ? open_vxlan(payload) : kNoTunnel;
    default: return kNoTunnel;
  }
}

}  // namespace nightjar::wire
