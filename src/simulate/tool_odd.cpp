#include "net/packet.hpp"
#include "simulate/payload_builder.hpp"
#include "simulate/tcp_stacks.hpp"
#include "simulate/udp_questions.hpp"

// Odd flags, fragments, other protocols, and packets that are broken on purpose.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kTcp[] = {6}, kUdp[] = {17}, kGre[] = {protocol::kGre}, kEsp[] = {50};

void odd_flags(const Event& event, std::uint8_t flags, Knock& knock) {
  const Draws draws(event);
  start_syn(event, draws, 64, knock);
  knock.tcp_flags = flags;
  knock.traffic_class = TrafficClass::other;
  knock.src_port = linux_port(draws.probe);
  knock.sequence = static_cast<std::uint32_t>(draws.probe >> 16);
  knock.ip_id = static_cast<std::uint16_t>(draws.probe >> 48);
  knock.window = 1024;
}

void null_scan(const Event& event, Knock& knock, Scratch&) { odd_flags(event, 0, knock); }
void xmas(const Event& event, Knock& knock, Scratch&) { odd_flags(event, tcp_flag::kFin | tcp_flag::kPsh | tcp_flag::kUrg, knock); }
void fin_scan(const Event& event, Knock& knock, Scratch&) { odd_flags(event, tcp_flag::kFin, knock); }
void ack_scan(const Event& event, Knock& knock, Scratch&) {
  odd_flags(event, tcp_flag::kAck, knock);
  knock.acknowledgement = static_cast<std::uint32_t>(Draws(event).more_of_probe(1));
}

/// What the second fragment carries; constant, as both packets have to know it.
constexpr std::array<std::uint8_t, 600> kRest{};

/// A datagram in two fragments: the first has ports and counts as a question, the second has none.
void fragment(const Event& event, Knock& knock, Scratch& scratch) {
  constexpr std::uint16_t kFirstPayload = 1448;  // with the UDP header a multiple of 8
  const Draws draws(event);
  start_question(event, draws, knock);
  const auto rest = std::span(kRest).first(20 + scaled(draws.probe >> 40, 580));
  knock.dont_fragment = false;
  knock.ip_id = static_cast<std::uint16_t>(draws.probe >> 16);  // what keeps the two together
  if (event.attempt == 0) {
    knock.more_fragments = true;
    knock.payload = random_question(draws, kFirstPayload, scratch);
    knock.fragmented_rest = rest;
    return;
  }
  knock.fragment_offset = (8 + kFirstPayload) / 8;
  knock.src_port = knock.dst_port = knock.filed_port = 0;
  knock.traffic_class = TrafficClass::other;
  knock.payload = rest;
}

void start_other(const Event& event, const Draws& draws, std::uint8_t number, Knock& knock) {
  start(event, knock);
  knock.protocol = number;
  knock.ip_id = static_cast<std::uint16_t>(draws.probe >> 16);
  knock.ttl = static_cast<std::uint8_t>(255 - distance(draws.host));
  knock.traffic_class = TrafficClass::other;
}

void gre(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_other(event, draws, protocol::kGre, knock);
  PayloadBuilder out(scratch.payload);
  // Version 1 with key and number: 12 bytes of PPP, the call, how many; then an LCP echo request of 8 bytes, magic number 0.
  out.be16(0x3001).be16(0x880b).be16(12).be16(draws.host >> 32 & 0xffff).be32(static_cast<std::uint32_t>(draws.probe >> 48));
  out.be16(0xff03).be16(0xc021).be32(0x09000008).be32(0);
  knock.payload = out.written();
}

void esp(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_other(event, draws, 50, knock);
  PayloadBuilder out(scratch.payload);
  out.be32(static_cast<std::uint32_t>(draws.host) | 0x10000).be32(static_cast<std::uint32_t>(draws.probe >> 48) + 1);  // SPI, number
  for (std::uint64_t i = 0; i < 8; ++i) out.be64(draws.more_of_probe(i));
  knock.payload = out.written();
}

void broken(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  constexpr std::array<Broken, 5> kKinds = {Broken::ip_header_length, Broken::ip_total_length, Broken::tcp_cut_off, Broken::udp_cut_off,
                                            Broken::wrong_checksum};
  const Broken kind = kKinds[scaled(draws.probe >> 32, kKinds.size())];
  if (kind == Broken::udp_cut_off) {
    start_question(event, draws, knock);
    knock.payload = random_question(draws, 24, scratch);
  } else {
    make_connect(kLinux, event, draws, knock, scratch);
  }
  knock.broken = kind;
  if (kind == Broken::wrong_checksum) return;  // nobody looks at checksums: it counts like any other SYN
  knock.decodable = false;
  knock.traffic_class = TrafficClass::other;
  knock.filed_port = 0;
}

constexpr double kFragments[] = {0, 12e-6};

constexpr Tool kTools[] = {
    {"null-scan", "Scans without any flag (nmap -sN)", "RFC 9293; nmap's manual", kOnce, kTcp, 0, null_scan},
    {"xmas", "Scans with FIN, PSH and URG (nmap -sX)", "RFC 9293; nmap's manual", kOnce, kTcp, 0, xmas},
    {"fin-scan", "Scans with FIN alone (nmap -sF)", "RFC 9293; nmap's manual", kOnce, kTcp, 0, fin_scan},
    {"ack-scan", "Scans and floods with ACK alone (nmap -sA)", "RFC 9293; nmap's manual", kOnce, kTcp, 0, ack_scan},
    {"fragment", "Large datagrams in two fragments", "RFC 791", kFragments, kUdp, 0, fragment},
    {"gre", "PPTP tunnels of somebody else: enhanced GRE with PPP echo requests", "RFC 2637, RFC 1661", kOnce, kGre, 0, gre},
    {"esp", "IPsec tunnels of somebody else", "RFC 4303", kOnce, kEsp, 0, esp},
    {"broken", "Headers with wrong lengths, cut-off segments, wrong checksums", "RFC 791, RFC 9293", kOnce, kTcp, 0, broken},
};

}  // namespace

std::span<const Tool> odd_tools() { return kTools; }

}  // namespace nightjar::simulate
