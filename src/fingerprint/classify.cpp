#include "fingerprint/classify.hpp"

#include <array>
#include <cstddef>

#include "net/option_layout.hpp"

namespace nightjar {
namespace {

using namespace tcp_flag;

// UDP services that answer forged requests and so show up as the source port of backscatter: the rule of Nightjar's definitions,
// which widens Corsaro's (source port 53 alone) by the amplifiers of US-CERT alert TA14-017A, QUIC and game servers.
constexpr std::array<std::uint16_t, 18> kAnsweringPorts = {17,  19,  53,   69,   111,  123,  137,  161,   389,
                                                           443, 520, 1900, 3283, 3702, 5353, 5683, 11211, 27015};

constexpr std::uint16_t kDns = 53, kMulticastDns = 5353, kNtp = 123;

/// The same as a bit per port: one load a packet.
constexpr std::array<std::uint64_t, 1024> kAnswers = [] {
  std::array<std::uint64_t, 1024> bits{};
  for (const std::uint16_t port : kAnsweringPorts) bits[port / 64] |= std::uint64_t{1} << port % 64;
  return bits;
}();

bool answers(std::uint16_t port) { return kAnswers[port / 64] >> port % 64 & 1; }

bool uses(const Packet& packet, std::uint16_t port) { return packet.src_port == port || packet.dst_port == port; }

/// RFC 1035: the header's QR bit.
bool is_dns_answer(const Packet& packet) {
  constexpr std::size_t kHeader = 12;
  return (uses(packet, kDns) || uses(packet, kMulticastDns)) && packet.payload_head_size >= kHeader && (packet.payload_head[2] & 0x80);
}

/// RFC 5905 mode 4 (server); control mode 6 (RFC 9327) with R in the second byte, private mode 7 with it in the first.
bool is_ntp_answer(const Packet& packet) {
  if (!uses(packet, kNtp) || packet.payload_head_size < 2) return false;
  switch (packet.payload_head[0] & 7) {
    case 4: return true;
    case 6: return packet.payload_head[1] & 0x80;
    case 7: return packet.payload_head[0] & 0x80;
    default: return false;
  }
}

/// What SSDP devices answer to M-SEARCH; on any port, as they answer to wherever the forged request claimed to be.
bool is_http_answer(const Packet& packet) {
  constexpr std::array<std::uint8_t, 12> kAnswer = {'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '2', '0', '0'};
  return packet.payload_head_size == kAnswer.size() && packet.payload_head == kAnswer;
}

TrafficClass classify_udp(const Packet& packet) {
  const bool from_service = answers(packet.src_port) && !answers(packet.dst_port);
  const bool answer = from_service || is_dns_answer(packet) || is_ntp_answer(packet) || is_http_answer(packet);
  return answer ? TrafficClass::backscatter : TrafficClass::request;
}

/// Corsaro's list: echo reply, the errors, and the replies of the old query types (RFC 792, RFC 950).
TrafficClass classify_icmp(std::uint8_t type) {
  constexpr std::uint8_t kEchoRequest = 8;
  constexpr std::uint32_t kAnswerTypes = 1u << 0 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 11 | 1u << 12 | 1u << 14 | 1u << 16 | 1u << 18;
  if (type == kEchoRequest) return TrafficClass::echo;
  return type < 32 && (kAnswerTypes >> type & 1) ? TrafficClass::backscatter : TrafficClass::other;
}

/// The same for RFC 4443: errors 1 to 4 and echo reply; neighbour discovery and the rest are other.
TrafficClass classify_icmpv6(std::uint8_t type) {
  constexpr std::uint8_t kEchoRequest = 128, kEchoReply = 129;
  if (type == kEchoRequest) return TrafficClass::echo;
  return type == kEchoReply || (type >= 1 && type <= 4) ? TrafficClass::backscatter : TrafficClass::other;
}

TrafficClass classify_tcp(std::uint8_t flags) {
  if ((flags & (kSyn | kAck | kRst | kFin)) == kSyn) return TrafficClass::scan;
  return (flags & kRst) || (flags & (kSyn | kAck)) == (kSyn | kAck) ? TrafficClass::backscatter : TrafficClass::other;
}

/// Bands that initial TTLs of 32, 64, 128 and 255 fall into; 201 and more is what Spoki calls irregular.
std::uint32_t ttl_band(std::uint8_t ttl) { return ttl <= 32 ? 1 : ttl <= 64 ? 2 : ttl <= 128 ? 3 : ttl <= 200 ? 4 : 5; }

/// Of whatever is no bare SYN. A bare SYN has neither bit, so both are set for backscatter alone.
std::uint32_t facts_of_answer(const Packet& packet) {
  if (packet.protocol != protocol::kTcp || !packet.has_transport) return 0;
  const std::uint8_t flags = packet.tcp_flags;
  return ((flags & (kSyn | kAck)) == (kSyn | kAck) ? fact::kSynAck : 0) | ((flags & kRst) != 0 ? fact::kReset : 0);
}

}  // namespace

TrafficClass classify(const Packet& packet) {
  if (!packet.has_transport) return TrafficClass::other;
  switch (packet.protocol) {
    case protocol::kTcp: return classify_tcp(packet.tcp_flags);
    case protocol::kUdp: return classify_udp(packet);
    case protocol::kIcmp: return classify_icmp(packet.icmp_type);
    case protocol::kIcmpv6: return classify_icmpv6(packet.icmp_type);
    default: return TrafficClass::other;
  }
}

std::uint32_t facts_of(const Packet& packet) {
  constexpr std::uint16_t kZmapId = 54321;
  if (!is_bare_syn(packet)) return facts_of_answer(packet);
  std::uint32_t facts = ttl_band(packet.ttl) << fact::kTtlBandShift | std::uint32_t{packet.option_layout} << fact::kLayoutShift;
  if (packet.option_layout == option_layout::kNone) facts |= fact::kNoOptions;
  if (packet.ip_version != 4) return facts;
  const auto destination = static_cast<std::uint32_t>(packet.dst);
  if (packet.tcp_sequence == destination) facts |= fact::kSeqIsDst;
  if (packet.ip_id == kZmapId) facts |= fact::kIpId54321;
  if (packet.ip_id == ((destination ^ packet.dst_port ^ packet.tcp_sequence) & 0xffff)) facts |= fact::kIpIdXor;
  if (packet.ip_id == 0) facts |= fact::kIpIdZero;
  if (packet.dont_fragment) facts |= fact::kDontFragment;
  return facts;
}

std::uint16_t row_port(const Packet& packet, TrafficClass traffic_class) {
  switch (packet.protocol) {
    case protocol::kTcp:
    case protocol::kUdp: return traffic_class == TrafficClass::backscatter ? packet.src_port : packet.dst_port;
    case protocol::kIcmp:
    case protocol::kIcmpv6: return static_cast<std::uint16_t>(packet.icmp_type << 8 | packet.icmp_code);
    default: return 0;
  }
}

}  // namespace nightjar
