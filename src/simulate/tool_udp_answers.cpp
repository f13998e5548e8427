#include "net/packet.hpp"
#include "simulate/event_draws.hpp"
#include "simulate/payload_builder.hpp"
#include "simulate/tool.hpp"

// Services that answer requests whose source was forged: backscatter over UDP.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kUdp[] = {17};
constexpr double kOnce[] = {0};

void start_answer(const Event& event, const Draws& draws, Knock& knock) {
  start(event, knock);
  knock.protocol = protocol::kUdp;
  knock.src_port = event.port;
  knock.dst_port = linux_port(draws.probe);
  knock.ip_id = static_cast<std::uint16_t>(draws.probe >> 16);
  knock.ttl = static_cast<std::uint8_t>(64 - distance(draws.host));
  knock.traffic_class = TrafficClass::backscatter;
  knock.filed_port = event.port;
}

/// To questions with eight letters before the attacked zone, as floods ask so that no cache helps.
void dns_answer(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_answer(event, draws, knock);
  constexpr unsigned kNoError = 0x8180, kNameError = 0x8583, kRefused = 0x8105;
  const unsigned kind = draws.host >> 40 & 3;
  const unsigned flags = kind < 2 ? kNameError : kind == 2 ? kNoError : kRefused;
  PayloadBuilder out(scratch.payload);
  out.be16(static_cast<std::uint16_t>(draws.probe >> 32)).be16(flags).be16(1).be16(flags == kNoError ? 1 : 0).be16(0).be16(0);
  out.u8(8);
  const std::uint64_t letters = draws.more_of_probe(1);
  for (unsigned i = 0; i < 64; i += 8) out.u8('a' + (letters >> i & 255) % 26);
  out.u8(7).text("example").u8(3).text("com").u8(0).be16(1).be16(1);
  if (flags == kNoError) {
    constexpr std::uint32_t kDocumentation = 0xc0000200;  // 192.0.2.0/24, RFC 5737
    out.be16(0xc00c).be16(1).be16(1).be32(300).be16(4).be32(kDocumentation | (draws.host >> 48 & 0xff));
  }
  knock.payload = out.written();
}

/// One of the peers that a server remembers (ntpd's info_monitor_1, 72 bytes).
void add_peer(PayloadBuilder& out, std::uint64_t bits) {
  out.be32(static_cast<std::uint32_t>(bits & 0xffff)).be32(static_cast<std::uint32_t>(bits >> 16 & 0xff)).be32(0).be32(1);
  out.be32(0xc6336400 | (bits >> 24 & 0xff)).be32(0xc0000201);  // documentation addresses, RFC 5737
  out.be32(1).be16(static_cast<std::uint16_t>(bits >> 32)).u8(3).u8(4).be32(0).be32(0).zeros(32);
}

void ntp_answer(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_answer(event, draws, knock);
  PayloadBuilder out(scratch.payload);
  if (draws.host >> 40 & 1) {
    constexpr std::uint32_t kSecondsFrom1900To1970 = 2'208'988'800;
    const std::uint32_t second = static_cast<std::uint32_t>(event.time_ns / 1'000'000'000) + kSecondsFrom1900To1970;
    // Version 4, mode 4 (server), stratum 2; then its times: set, asked, received, sent.
    out.be32(0x240203e9).be32(0x00000a00).be32(0x00000b00).be32(0xc0000201).be32(second - 100).be32(0);
    out.be64(draws.more_of_probe(1)).be32(second).be32(0x40000000).be32(second).be32(0x40010000);
  } else {
    // Mode 7 with the response bit, more to follow, MON_GETLIST_1, six items of 72 bytes.
    out.u8(0xd7).u8(draws.probe >> 32 & 0x7f).be16(0x032a).be16(6).be16(72);
    for (std::uint64_t i = 0; i < 6; ++i) add_peer(out, draws.more_of_host(i));
  }
  knock.payload = out.written();
}

void ssdp_answer(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_answer(event, draws, knock);
  PayloadBuilder out(scratch.payload);
  out.text("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nST: upnp:rootdevice\r\nUSN: uuid:")
      .hex(draws.host, 8)
      .text("-0000-1000-8000-");
  out.hex(draws.host >> 16, 12).text("::upnp:rootdevice\r\nEXT:\r\nSERVER: Linux UPnP/1.0\r\nLOCATION: http://192.168.1.1:52869/");
  out.text("picsdesc.xml\r\n\r\n");
  knock.payload = out.written();
}

void chargen_answer(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_answer(event, draws, knock);
  // Lines of 72 of the 95 printable characters, each a character further on.
  static constexpr unsigned kPrintable = 95, kLine = 72, kLines = 7;
  static constexpr auto kTwice = [] {
    std::array<std::uint8_t, std::size_t{2} * kPrintable> ring{};
    for (unsigned i = 0; i < ring.size(); ++i) ring[i] = static_cast<std::uint8_t>(' ' + i % kPrintable);
    return ring;
  }();
  PayloadBuilder out(scratch.payload);
  const unsigned first = scaled(draws.probe >> 32, kPrintable);
  for (unsigned line = 0; line < kLines; ++line) out.bytes(std::span(kTwice).subspan((first + line) % kPrintable, kLine)).text("\r\n");
  knock.payload = out.written().first(100 + scaled(draws.probe >> 48, 413));  // at most 512
}

/// Which versions a server knows: its answer to any other. The QUIC of 2017, not yet a standard's.
void quic_answer(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_answer(event, draws, knock);
  PayloadBuilder out(scratch.payload);
  out.u8(0x09).be64(draws.more_of_probe(1)).text("Q039Q038Q037Q035");
  knock.payload = out.written();
}

constexpr Tool kTools[] = {
    {"dns-answer", "Name servers under a flood of questions with forged sources: name errors, addresses or refusals, by server", "RFC 1035",
     kOnce, kUdp, 53, dns_answer},
    {"ntp-answer", "Time servers that answer forged requests: the time, or lists of peers (monlist), by server",
     "RFC 5905; ntpd's include/ntp_request.h for mode 7", kOnce, kUdp, 123, ntp_answer},
    {"ssdp-answer", "UPnP devices that answer forged searches", "UPnP Device Architecture 1.1; a Realtek device's own path", kOnce, kUdp,
     1900, ssdp_answer},
    {"chargen-answer", "Character generators that answer forged datagrams", "RFC 864", kOnce, kUdp, 19, chargen_answer},
    {"quic-answer", "Web servers that answer forged QUIC packets with their list of versions", "Google's QUIC wire format, 2017", kOnce,
     kUdp, 443, quic_answer},
};

}  // namespace

std::span<const Tool> udp_answer_tools() { return kTools; }

}  // namespace nightjar::simulate
