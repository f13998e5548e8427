#include "net/packet.hpp"
#include "simulate/event_draws.hpp"
#include "simulate/payload_builder.hpp"
#include "simulate/tool.hpp"

// Pings, their answers, and errors that quote a packet whose source was forged.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kIcmp[] = {1};
constexpr double kOnce[] = {0};

constexpr std::uint8_t kEchoReply = 0, kUnreachable = 3, kEchoRequest = 8, kTimeExceeded = 11;

void start_icmp(const Event& event, const Draws& draws, std::uint8_t type, std::uint8_t code, std::uint8_t initial_ttl, Knock& knock) {
  start(event, knock);
  knock.protocol = protocol::kIcmp;
  knock.icmp_type = type;
  knock.icmp_code = code;
  knock.ip_id = static_cast<std::uint16_t>((draws.probe >> 48) + event.attempt);
  knock.ttl = static_cast<std::uint8_t>(initial_ttl - distance(draws.host));
  knock.traffic_class = TrafficClass::backscatter;
  knock.filed_port = static_cast<std::uint16_t>(type << 8 | code);
}

/// Windows sends letters, Linux its clock and then numbers that count up.
std::span<const std::uint8_t> echo_payload(bool windows, const Event& event, Scratch& scratch) {
  PayloadBuilder out(scratch.payload);
  if (windows) return out.text("abcdefghijklmnopqrstuvwabcdefghi").written();
  const auto microseconds = static_cast<std::uint64_t>(event.time_ns / 1000);
  out.le64(microseconds / 1'000'000).le64(microseconds % 1'000'000);
  for (unsigned number = 0x10; number < 0x38; ++number) out.u8(number);
  return out.written();
}

void ping(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  const bool windows = draws.host >> 63;
  start_icmp(event, draws, kEchoRequest, 0, windows ? 128 : 64, knock);
  knock.traffic_class = TrafficClass::echo;
  knock.dont_fragment = !windows;
  // Identifier and number: Windows has one identifier for all, Linux one for each process.
  const auto identifier = static_cast<std::uint32_t>(windows ? 1 : draws.host >> 16 & 0xffff);
  knock.sequence = identifier << 16 | (windows ? static_cast<std::uint32_t>(draws.probe >> 16 & 0xffff) : event.attempt + 1U);
  knock.payload = echo_payload(windows, event, scratch);
}

void echo_reply(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_icmp(event, draws, kEchoReply, 0, draws.host >> 63 ? 128 : 64, knock);
  knock.sequence = static_cast<std::uint32_t>(draws.probe);
  PayloadBuilder out(scratch.payload);
  knock.payload = out.zeros(draws.host >> 40 & 1 ? 56 : 8).written();
}

/// The forged packet as it reached `victim`'s network: IP header and 8 bytes, as RFC 792 wants it.
std::span<const std::uint8_t> quote(const Event& event, const Draws& draws, std::uint32_t victim, std::uint8_t left_ttl, Scratch& scratch) {
  PayloadBuilder out(scratch.payload);
  const bool udp = draws.host >> 60 & 1;  // one kind of flood for each victim
  const unsigned udp_length = 8 + scaled(draws.host >> 32, 500), length = 20 + (udp ? udp_length : 20);
  out.be16(0x4500).be16(length).be16(static_cast<std::uint16_t>(draws.probe >> 32)).be16(0);
  out.u8(left_ttl).u8(udp ? protocol::kUdp : protocol::kTcp).be16(0).be32(event.dst).be32(victim);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2) sum += static_cast<std::uint32_t>(scratch.payload[i] << 8 | scratch.payload[i + 1]);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~((sum & 0xffff) + (sum >> 16));
  scratch.payload[10] = static_cast<std::uint8_t>(sum >> 8);
  scratch.payload[11] = static_cast<std::uint8_t>(sum);
  out.be16(port_between(draws.probe, 1024, 64512)).be16(event.port);
  if (udp) {
    out.be16(udp_length).be16(0);  // no checksum
  } else {
    out.be32(static_cast<std::uint32_t>(draws.more_of_probe(1)));
  }
  return out.written();
}

/// Another address of the same /16: a router's victim.
std::uint32_t behind(const Event& event, const Draws& draws) {
  const auto low = static_cast<std::uint32_t>(draws.host >> 16 & 0xffff);
  return event.src ^ (low != 0 ? low : 1);
}

void unreachable(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  // Port and protocol: the victim itself says so. Network, host, and administratively prohibited: a router before it.
  constexpr std::array<std::uint8_t, 8> kCodes = {3, 3, 3, 3, 1, 1, 13, 10};
  const std::uint8_t code = kCodes[draws.host >> 44 & 7];
  start_icmp(event, draws, kUnreachable, code, code == 3 ? 64 : 255, knock);
  const std::uint32_t victim = code == 3 ? event.src : behind(event, draws);
  // What the forger's way left of its 64.
  knock.payload = quote(event, draws, victim, static_cast<std::uint8_t>(64 - distance(draws.probe >> 16)), scratch);
}

void time_exceeded(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_icmp(event, draws, kTimeExceeded, 0, 255, knock);
  knock.payload = quote(event, draws, behind(event, draws), 1, scratch);
}

constexpr Tool kTools[] = {
    {"ping", "Echo requests of Windows (32 letters) and Linux (56 bytes), half of the hosts each",
     "RFC 792; captures of both systems' ping", kOnce, kIcmp, 0, ping},
    {"echo-reply", "Victims of a ping flood with forged sources", "RFC 792", kOnce, kIcmp, 0, echo_reply},
    {"icmp-unreachable", "Victims of a flood and routers before them: port, host or net unreachable, with a quote of the forged packet",
     "RFC 792, RFC 1812", kOnce, kIcmp, 0, unreachable},
    {"icmp-ttl-exceeded", "Routers that a forged packet died at, often in a loop before the victim", "RFC 792", kOnce, kIcmp, 0,
     time_exceeded},
};

}  // namespace

std::span<const Tool> icmp_tools() { return kTools; }

}  // namespace nightjar::simulate
