#include "simulate/udp_questions.hpp"

#include "net/packet.hpp"
#include "simulate/payload_builder.hpp"

namespace nightjar::simulate {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// The bytes of a literal, without its closing 0.
template <std::size_t Size>
constexpr std::array<std::uint8_t, Size - 1> octets(const char (&literal)[Size]) {
  std::array<std::uint8_t, Size - 1> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(literal[i]);
  return bytes;
}

// Version 2, mode 7, implementation XNTPD, request MON_GETLIST_1.
constexpr std::array<std::uint8_t, 8> kMonlist = {0x17, 0x00, 0x03, 0x2a, 0, 0, 0, 0};

// By the book, without MX, with plain line feeds, and the shortest one seen.
constexpr auto kSearch =
    octets("M-SEARCH * HTTP/1.1\r\nHost: 239.255.255.250:1900\r\nMan: \"ssdp:discover\"\r\nMX: 3\r\nST: ssdp:all\r\n\r\n");
constexpr auto kSearchNoMx =
    octets("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nST: upnp:rootdevice\r\n\r\n");
constexpr auto kSearchLineFeeds =
    octets("M-SEARCH * HTTP/1.1\nHOST: 239.255.255.250:1900\nMAN: \"ssdp:discover\"\nMX: 2\nST: ssdp:all\n\n");
constexpr auto kSearchShort = octets("M-SEARCH\nST:ssdp:all\nMAN:\"ssdp:discover\"\n");

constexpr auto kMemcached = octets("\0\1\0\0\0\1\0\0stats items\r\n");
constexpr auto kHttp = octets("GET / HTTP/1.1\r\nHost: www\r\n\r\n");
constexpr auto kTftp = octets("\0\1/a\0netascii\0");
constexpr std::array<std::uint8_t, 1> kOne = {1}, kTwo = {2}, kLineFeed = {10};
constexpr auto kCrLf = octets("\r\n");
constexpr auto kDiscovery = octets("<:/>\n");
constexpr std::array<std::uint8_t, 5> kRemoteDesktop = {0x00, 0x14, 0x00, 0x01, 0x03};
constexpr auto kCoap = octets(
    "\x40\x01\x7d\x70\xbb.well-known\x04"
    "core");
constexpr auto kServices = octets("\0\0\0\0\0\1\0\0\0\0\0\0\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0c\0\1");
constexpr auto kGame = octets("\xff\xff\xff\xffTSource Engine Query\0");
constexpr auto kDirectory = octets(
    "\x30\x84\0\0\0\x2d\x02\x01\x01\x63\x84\0\0\0\x24\x04\0\x0a\x01\0\x0a\x01\0\x02\x01\0\x02\x01\0\x01\x01\0\x87\x0bobjectclass\x30\x84\0"
    "\0\0\0");
constexpr auto kVersionBind = octets("\7VERSION\4BIND\0\0\x10\0\3");
constexpr auto kAnyOfExample = octets("\7example\3com\0\0\xff\0\1");
constexpr auto kEdns = octets("\0\0\x29\x10\0\0\0\x80\0\0\0");
constexpr auto kAddressOfExample = octets("\3www\7example\3org\0\0\1\0\1");
constexpr auto kScannersZone = octets("\4scan\7example\3net\0\0\1\0\1");

}  // namespace

void start_question(const Event& event, const Draws& draws, Knock& knock) {
  start(event, knock);
  const bool windows = draws.host >> 63;
  knock.protocol = protocol::kUdp;
  knock.src_port = windows ? windows_port(draws.probe) : linux_port(draws.probe);
  knock.dst_port = event.port;
  knock.ip_id = static_cast<std::uint16_t>((draws.probe >> 16) + event.attempt);
  knock.ttl = static_cast<std::uint8_t>((windows ? 128 : 64) - distance(draws.host));
  knock.dont_fragment = !windows;
  knock.traffic_class = TrafficClass::request;
  knock.filed_port = event.port;
}

Bytes dns_question(DnsQuestion kind, const Event& event, const Draws& draws, Scratch& scratch) {
  PayloadBuilder out(scratch.payload);
  out.be16(static_cast<std::uint16_t>(draws.probe >> 32));
  out.be16(0x0100).be16(1).be16(0).be16(0).be16(kind == DnsQuestion::any ? 1 : 0);
  switch (kind) {
    case DnsQuestion::any: out.bytes(kAnyOfExample).bytes(kEdns); break;
    case DnsQuestion::version: out.bytes(kVersionBind); break;
    case DnsQuestion::own_name: out.u8(8).hex(event.dst, 8).bytes(kScannersZone); break;
    case DnsQuestion::address: out.bytes(kAddressOfExample); break;
  }
  return out.written();
}

Bytes ntp_monlist() { return kMonlist; }

Bytes ntp_client(const Event& event, const Draws& draws, Scratch& scratch) {
  constexpr std::uint64_t kSecondsFrom1900To1970 = 2'208'988'800;
  const auto second = static_cast<std::uint64_t>(event.time_ns / 1'000'000'000);
  PayloadBuilder out(scratch.payload);
  // Clock not set, version 3 or 4, mode 3 (client); all else empty but the time of sending.
  out.u8(draws.host >> 40 & 1 ? 0xe3 : 0x1b).zeros(39);
  out.be32(static_cast<std::uint32_t>(second + kSecondsFrom1900To1970)).be32(static_cast<std::uint32_t>(draws.probe >> 32));
  return out.written();
}

Bytes ssdp_search(unsigned variant) {
  switch (variant) {
    case 1: return kSearchNoMx;
    case 2: return kSearchLineFeeds;
    case 3: return kSearchShort;
    default: return kSearch;
  }
}

Bytes sip_options(const Event& event, const Draws& draws, std::uint16_t own_port, Scratch& scratch) {
  const auto id = static_cast<std::uint32_t>(draws.probe >> 32);
  PayloadBuilder out(scratch.payload);
  out.text("OPTIONS sip:100@").dotted(event.dst).text(" SIP/2.0\r\nVia: SIP/2.0/UDP ").dotted(event.src).text(":").decimal(own_port);
  out.text(";branch=z9hG4bK-").decimal(id).text(";rport\r\nMax-Forwards: 70\r\nFrom: <sip:100@1.1.1.1>;tag=").hex(draws.probe, 16);
  out.text("\r\nTo: <sip:100@1.1.1.1>\r\nCall-ID: ").decimal(id ^ 0x5a5a5a5aU).text("\r\nCSeq: 1 OPTIONS\r\nContact: <sip:100@");
  out.dotted(event.src).text(":").decimal(own_port);
  out.text(">\r\nUser-Agent: friendly-scanner\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n");
  return out.written();
}

Bytes snmp_get_bulk(const Draws& draws, Scratch& scratch) {
  PayloadBuilder out(scratch.payload);
  out.be16(0x3020).u8(0x02).be16(0x0101).be16(0x0406).text("public").be16(0xa513);
  out.be16(0x0202).be16(static_cast<unsigned>(draws.probe >> 32 & 0x3fff) | 0x4000);  // two bytes, so at least 128 and not negative
  out.u8(0x02).be16(0x0100).u8(0x02).be16(0x0146).be16(0x3007).be16(0x3005).be16(0x0601).u8(0x28).be16(0x0500);
  return out.written();
}

Bytes netbios_status(const Draws& draws, Scratch& scratch) {
  PayloadBuilder out(scratch.payload);
  out.be16(static_cast<std::uint16_t>(draws.probe >> 32)).be16(0).be16(1).be16(0).be16(0).be16(0);
  out.u8(32).text("CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").u8(0).be16(0x0021).be16(1);
  return out.written();
}

Bytes memcached_stats() { return kMemcached; }

Bytes question_for(const Event& event, const Draws& draws, Scratch& scratch) {
  switch (event.port) {
    case 17: return kCrLf;
    case 19: return kOne;
    case 53: return dns_question(DnsQuestion::version, event, draws, scratch);
    case 69: return kTftp;
    case 111: {
      PayloadBuilder out(scratch.payload);  // RPC call: program 100000 (portmap), version 2, procedure 4 (DUMP)
      out.be32(static_cast<std::uint32_t>(draws.probe >> 32)).be32(0).be32(2).be32(100000).be32(2).be32(4).zeros(16);
      return out.written();
    }
    case 123: return ntp_monlist();
    case 137: return netbios_status(draws, scratch);
    case 161: return snmp_get_bulk(draws, scratch);
    case 389: return kDirectory;
    case 1434: return kTwo;
    case 1900: return ssdp_search(1);
    case 3283: return kRemoteDesktop;
    case 3702: return kDiscovery;
    case 5060: return sip_options(event, draws, linux_port(draws.probe), scratch);
    case 5353: return kServices;
    case 5683: return kCoap;
    case 11211: return memcached_stats();
    case 27015: return kGame;
    case 53413: return kLineFeed;
    default: return kHttp;
  }
}

Bytes random_question(const Draws& draws, std::size_t size, Scratch& scratch) {
  PayloadBuilder out(scratch.payload);
  for (std::size_t i = 0; i < size; i += 8) out.be64(draws.more_of_probe(i + 1));
  scratch.payload[0] = static_cast<std::uint8_t>((scratch.payload[0] & 0xf8) | 3);  // on 123: a client, no server
  scratch.payload[2] &= 0x7f;                                                       // on 53: a question
  return out.written().first(size);
}

}  // namespace nightjar::simulate
