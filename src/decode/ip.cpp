#include "decode/ip.hpp"

#include "base/byte_reader.hpp"

namespace nightjar::wire {
namespace {

// Extension headers: IANA "IPv6 Extension Header Types". ESP (50) is not among them: nothing behind it can be read.
constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kAuthentication = 51, kNoNext = 59, kDestination = 60;
constexpr std::uint8_t kMobility = 135, kHip = 139, kShim6 = 140;
constexpr std::uint8_t kJumboOption = 0xc2;  // RFC 2675

bool is_extension(std::uint8_t protocol) {
  switch (protocol) {
    case kHopByHop:
    case kRouting:
    case kFragment:
    case kAuthentication:
    case kDestination:
    case kMobility:
    case kHip:
    case kShim6: return true;
    default: return false;
  }
}

/// The payload length that a hop-by-hop header's jumbo option states, 0 without one.
std::uint32_t jumbo_length(Bytes options) {
  ByteReader in(options);
  while (in.can_read(1)) {
    const std::uint8_t type = in.u8();
    if (type == 0) continue;  // Pad1 has no length
    const std::uint8_t length = in.u8();
    if (type == kJumboOption && length == 4) return in.be32();
    if (!in.skip(length)) return 0;
  }
  return 0;
}

}  // namespace

Undecodable read_ipv6(Bytes bytes, Packet& packet, Bytes& payload) {
  constexpr std::size_t kHeader = 40, kShortest = 8;
  if (bytes.size() < kHeader) return Undecodable::ipv6_truncated;
  const std::uint8_t* ip = bytes.data();
  if (ip[0] >> 4 != 6) return Undecodable::ip_version;
  const std::size_t stated = load16(ip + 4);
  packet.ip_version = 6;
  packet.ip_id = 0;
  packet.dont_fragment = false;
  packet.later_fragment = false;
  packet.protocol = ip[6];
  packet.ttl = ip[7];
  packet.src = load64(ip + 8);
  packet.src_low = load64(ip + 16);
  packet.dst = load64(ip + 24);
  packet.dst_low = load64(ip + 32);
  // 0: a jumbogram, or segmentation offload. The jumbo option corrects the first.
  Bytes rest = bytes.subspan(kHeader);
  packet.ip_length = static_cast<std::uint32_t>(kHeader + (stated != 0 ? stated : rest.size()));
  if (stated != 0 && stated < rest.size()) rest = rest.first(stated);
  packet.payload_missing = static_cast<std::uint32_t>(stated > rest.size() ? stated - rest.size() : 0);

  for (unsigned headers = 0; is_extension(packet.protocol); ++headers) {
    if (headers == kMaxExtensionHeaders) return Undecodable::too_many_headers;
    if (rest.size() < kShortest) return Undecodable::ipv6_extension;
    const std::uint8_t kind = packet.protocol;
    const std::uint8_t next = rest[0];
    const std::size_t length = kind == kFragment         ? kShortest
                               : kind == kAuthentication ? (std::size_t{rest[1]} + 2) * 4  // RFC 4302: 32-bit words minus 2
                                                         : (std::size_t{rest[1]} + 1) * 8;
    if (length > rest.size()) return Undecodable::ipv6_extension;
    if (kind == kHopByHop && stated == 0) {
      const std::uint32_t jumbo = jumbo_length(rest.subspan(2, length - 2));
      if (jumbo != 0 && jumbo < 0xffffffff - kHeader) packet.ip_length = static_cast<std::uint32_t>(kHeader + jumbo);
    }
    // Mobility, HIP and shim6 messages end with "no next header": they are the message then.
    if (next == kNoNext && kind >= kMobility) break;
    packet.protocol = next;
    if (kind == kFragment && (load16(rest.data() + 2) & 0xfff8) != 0) packet.later_fragment = true;
    rest = rest.subspan(length);
    if (packet.later_fragment) break;
  }
  payload = rest;
  return Undecodable::none;
}

Undecodable read_ip(Network network, Bytes bytes, Packet& packet, Bytes& payload) {
  if (network == Network::any_ip) {
    if (bytes.empty()) return Undecodable::ipv4_truncated;
    const unsigned version = bytes[0] >> 4;
    if (version != 4 && version != 6) return Undecodable::ip_version;
    network = version == 4 ? Network::ipv4 : Network::ipv6;
  }
  return network == Network::ipv4 ? read_ipv4(bytes, packet, payload) : read_ipv6(bytes, packet, payload);
}

}  // namespace nightjar::wire
