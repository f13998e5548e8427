#include "net/packet.hpp"
#include "simulate/tcp_stacks.hpp"
#include "simulate/udp_questions.hpp"

// Programs made to scan: masscan, ZMap, nmap, and the surveys that run them.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kTcp[] = {6};
constexpr std::uint8_t kTcpAndUdp[] = {6, 17};

void start_masscan(const Event& event, const Draws& draws, Knock& knock) {
  start_syn(event, draws, 255, knock);
  knock.src_port = port_between(draws.host >> 16, 40000, 20000);  // one for each run
  knock.sequence = plain_sequence(draws.probe, event);
  knock.ip_id = masscan_ip_id(event, knock.sequence);
  knock.fingerprints = marks().masscan | marks().irregular_syn;
}

void masscan(const Event& event, Knock& knock, Scratch&) {
  start_masscan(event, Draws(event), knock);
  knock.window = 1024;
}

void masscan_2023(const Event& event, Knock& knock, Scratch& scratch) {
  start_masscan(event, Draws(event), knock);
  knock.window = 1025;
  knock.tcp_options = syn_options(SynOptions::mss, 0, 0, scratch);
}

void zmap(const Event& event, Knock& knock, Scratch&) {
  const Draws draws(event);
  start_syn(event, draws, 255, knock);
  knock.src_port = linux_port(draws.probe);
  knock.sequence = plain_sequence(draws.probe >> 16, event);
  knock.ip_id = kZmapIpId;
  knock.window = 65535;
  knock.fingerprints = marks().zmap_classic | marks().irregular_syn;
}

void zmap_4_1(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_syn(event, draws, 64, knock);
  knock.src_port = linux_port(draws.probe);
  knock.sequence = plain_sequence(draws.probe >> 16, event);
  knock.ip_id = plain_ip_id(draws.probe >> 48, event, knock.sequence);
  knock.window = 65535;
  knock.tcp_options = syn_options(SynOptions::windows_scaled, 8, 0, scratch);
  knock.fingerprints = marks().zmap_4_1;
}

void nmap(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  const std::uint64_t packet = draws.more_of_probe(event.attempt);
  start_syn(event, draws, port_between(packet, 37, 23), knock);  // drawn anew for each packet
  knock.src_port = port_between(draws.host >> 16, 33000, 32000);
  knock.sequence = plain_sequence(draws.probe, event);
  knock.ip_id = plain_ip_id(packet >> 16, event, knock.sequence);
  knock.window = static_cast<std::uint16_t>(1024 * (1 + (packet >> 32 & 3)));
  knock.tcp_options = syn_options(SynOptions::mss, 0, 0, scratch);
}

/// A UDP probe as ZMap's module sends it: a question that fits the port.
void survey_udp(const Event& event, const Draws& draws, Knock& knock, Scratch& scratch) {
  start_question(event, draws, knock);
  knock.ttl = static_cast<std::uint8_t>(255 - distance(draws.host));
  knock.ip_id = kZmapIpId;
  knock.dont_fragment = false;
  knock.payload = question_for(event, draws, scratch);
}

void survey(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  if (event.protocol == protocol::kUdp) return survey_udp(event, draws, knock, scratch);
  return host_sort(draws.host) == 0 ? zmap(event, knock, scratch) : masscan(event, knock, scratch);
}

constexpr double kNmapAttempts[] = {0, 1};

constexpr Tool kTools[] = {
    {.name = "masscan",
     .sentence = "masscan up to 1.3.2: TTL 255, window 1024, no options, the identification is destination, port and sequence XORed",
     .source = "masscan's source, src/templ-pkt.c; Durumeric et al., USENIX Security 2014",
     .attempts = kOnce,
     .protocols = kTcp,
     .port = 0,
     .make = masscan},
    {.name = "masscan-2023",
     .sentence = "masscan since 2023-11: window 1025 and an MSS option, the relation as before",
     .source = "masscan's source, src/templ-pkt.c",
     .attempts = kOnce,
     .protocols = kTcp,
     .port = 0,
     .make = masscan_2023},
    {.name = "zmap",
     .sentence = "ZMap before 4.1: identification 54321, TTL 255, window 65535, no options",
     .source = "ZMap's source, src/probe_modules/packet.c until release 4.1.0; Durumeric et al., USENIX Security 2014",
     .attempts = kOnce,
     .protocols = kTcp,
     .port = 0,
     .make = zmap},
    {.name = "zmap-4.1",
     .sentence = "ZMap since 4.1: the options of Windows, window 65535, a random identification, may be fragmented",
     .source = "derived from ZMap's source, src/probe_modules/packet.c, release 4.1.1; not checked on real packets",
     .attempts = kOnce,
     .protocols = kTcp,
     .port = 0,
     .make = zmap_4_1},
    {.name = "nmap",
     .sentence = "nmap's SYN scan: an MSS option alone, windows from 1024 to 4096, TTL 37 to 59, one retransmission",
     .source = "nmap's source, libnetutil and scan_engine_raw.cc; the option layouts of docs/definitions.md",
     .attempts = kNmapAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = nmap},
    {.name = "survey",
     .sentence = "Research scanners that walk over many ports: half of the hosts with masscan, half with ZMap; UDP with a fitting question",
     .source = "as masscan and zmap; ZMap's examples/udp-probes for UDP",
     .attempts = kOnce,
     .protocols = kTcpAndUdp,
     .port = 0,
     .make = survey,
     .host_sorts = 2},
};

}  // namespace

std::span<const Tool> scanner_tools() { return kTools; }

}  // namespace nightjar::simulate
