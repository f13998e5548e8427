#include "base/time.hpp"
#include "simulate/payload_builder.hpp"
#include "simulate/udp_questions.hpp"

// UDP that asks: scanners, file sharing, machines set up wrongly. No packet of them comes from a port of a service that answers, unless
// it goes to one, and no payload looks like an answer: docs/definitions.md has the rule.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kUdp[] = {17};
constexpr double kOnce[] = {0};

void dns_query(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.payload = dns_question(static_cast<DnsQuestion>(draws.host >> 40 & 3), event, draws, scratch);
}

void ntp_monlist_probe(const Event& event, Knock& knock, Scratch&) {
  start_question(event, Draws(event), knock);
  knock.payload = ntp_monlist();
}

void ntp_client_query(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  if (draws.host >> 41 & 1) knock.src_port = 123;  // daemons, unlike simple clients
  knock.payload = ntp_client(event, draws, scratch);
}

void ssdp(const Event& event, Knock& knock, Scratch&) {
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.payload = ssdp_search(draws.host >> 40 & 3);
}

void sip(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.src_port = port_between(draws.host >> 16, 5060, 120);  // the first that is free
  knock.payload = sip_options(event, draws, knock.src_port, scratch);
}

void snmp(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.payload = snmp_get_bulk(draws, scratch);
}

void netbios(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.src_port = 137;
  knock.payload = netbios_status(draws, scratch);
}

void memcached(const Event& event, Knock& knock, Scratch&) {
  start_question(event, Draws(event), knock);
  knock.payload = memcached_stats();
}

void netis(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  PayloadBuilder out(scratch.payload);
  if (draws.host >> 40 & 1) {
    out.u8('\n');
  } else {
    out.text("AAAAAAAAnetcore").u8(0);  // the router's own password
  }
  knock.payload = out.written();
}

/// Twenty random bytes: an identity of a DHT node, a target.
void add_identity(PayloadBuilder& out, std::uint64_t bits) {
  out.be64(mix64(bits)).be64(mix64(bits + 1)).be32(static_cast<std::uint32_t>(bits));
}

void bittorrent(const Event& event, Knock& knock, Scratch& scratch) {
  constexpr std::uint16_t kNtp = 123;
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.src_port = draws.host >> 40 & 1 ? 6881 : port_between(draws.host >> 16, 28000, 30000);  // one for each program
  PayloadBuilder out(scratch.payload);
  const unsigned kind = draws.probe >> 60 & 3;
  if (kind == 3 || event.port == kNtp) {  // "d" would be mode 4 there, a server's answer
    // uTP: SYN, version 1, no extension; connection, time, difference, window, sequence, acknowledgement.
    out.be16(0x4100).be16(draws.probe >> 16 & 0x7fff);  // on 53 a question, whatever the connection
    out.be32(static_cast<std::uint32_t>(event.time_ns / 1000)).be32(0).be32(0x00100000).be16(1).be16(0);
  } else {
    out.text("d1:ad2:id20:");
    add_identity(out, draws.host);
    if (kind == 1) {
      out.text("6:target20:");
    } else if (kind == 2) {
      out.text("9:info_hash20:");
    }
    if (kind != 0) add_identity(out, draws.probe);
    out.text(kind == 0 ? "e1:q4:ping" : kind == 1 ? "e1:q9:find_node" : "e1:q9:get_peers");
    out.text("1:t2:").be16(static_cast<std::uint16_t>(draws.probe >> 16)).text("1:y1:qe");
  }
  knock.payload = out.written();
}

void misconfigured(const Event& event, Knock& knock, Scratch& scratch) {
  constexpr std::uint16_t kSyslog = 514;
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const Draws draws(event);
  start_question(event, draws, knock);
  PayloadBuilder out(scratch.payload);
  const auto name = static_cast<std::uint16_t>(draws.host >> 16);
  if (event.port == kSyslog) {
    const std::int64_t second = second_of(event.time_ns);
    const Date date = date_from_days(floor_div(second, kSecondsPerDay));
    const auto of_day = static_cast<std::uint32_t>(second - floor_div(second, kSecondsPerDay) * kSecondsPerDay);
    knock.src_port = kSyslog;
    out.text("<134>").text(kMonths.substr(static_cast<std::size_t>(date.month - 1) * 3, 3)).text(date.day < 10 ? "  " : " ");
    out.decimal(static_cast<std::uint32_t>(date.day)).text(" ").decimal(of_day / 3600, 2).text(":").decimal(of_day / 60 % 60, 2);
    out.text(":").decimal(of_day % 60, 2).text(" gw-").hex(name, 4).text(" kernel: link state changed, count=");
  } else {
    out.text("alive device=").hex(name, 4).text(" count=");
  }
  out.decimal(static_cast<std::uint32_t>(draws.probe >> 48)).text("\n");
  knock.payload = out.written();
}

void random_payload(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_question(event, draws, knock);
  knock.payload = random_question(draws, 4 + scaled(draws.probe >> 48, 125), scratch);
}

constexpr std::string_view kProbes = "ZMap's examples/udp-probes and AMP-Research: real probes";

constexpr Tool kTools[] = {
    {"dns-query", "DNS scanners: ANY with EDNS, VERSION.BIND, or addresses of names; one sort for each host",
     "RFC 1035, RFC 6891; ZMap's examples/udp-probes", kOnce, kUdp, 53, dns_query},
    {"ntp-monlist", "Scanners for NTP servers that tell who asked them: mode 7, MON_GETLIST_1", kProbes, kOnce, kUdp, 123,
     ntp_monlist_probe},
    {"ntp-client", "Clients that were given a wrong time server", "RFC 5905", kOnce, kUdp, 123, ntp_client_query},
    {"ssdp-search", "Scanners for UPnP devices: M-SEARCH in four variants", kProbes, kOnce, kUdp, 1900, ssdp},
    {"sip-options", "Scanners for telephone systems: OPTIONS, source port 5060 and above",
     "RFC 3261; User-Agent of SIPVicious as honeypots record it", kOnce, kUdp, 5060, sip},
    {"snmp", "Scanners for SNMP: getBulk with the community public", kProbes, kOnce, kUdp, 161, snmp},
    {"netbios", "Windows and scanners that ask for names: node status, from 137 to 137", "RFC 1002; ZMap's examples/udp-probes", kOnce,
     kUdp, 137, netbios},
    {"memcached", "Scanners for memcached: stats items", kProbes, kOnce, kUdp, 11211, memcached},
    {"netis", "Scanners for the back door of Netis and Netcore routers: a line feed, or its password",
     "ZMap's examples/udp-probes; password as published by Trend Micro, 2014-08-25", kOnce, kUdp, 53413, netis},
    {"bittorrent", "BitTorrent: questions of its DHT (ping, find_node, get_peers) and SYNs of uTP, to peers that are gone",
     "BEP 5 and BEP 29 (bittorrent.org)", kOnce, kUdp, 0, bittorrent},
    {"misconfigured", "Machines that report to a wrong address: syslog on 514, a line of text elsewhere", "RFC 3164", kOnce, kUdp, 0,
     misconfigured},
    {"udp-random", "Payloads of 4 to 128 bytes without a meaning", "made up", kOnce, kUdp, 0, random_payload},
};

}  // namespace

std::span<const Tool> udp_request_tools() { return kTools; }

}  // namespace nightjar::simulate
