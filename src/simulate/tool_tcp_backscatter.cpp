#include "net/packet.hpp"
#include "simulate/tcp_stacks.hpp"

// What victims of floods with forged sources answer over TCP: from the attacked port, to whatever port the forger drew.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kTcp[] = {6};

void start_answer(const Event& event, const Draws& draws, std::uint8_t flags, Knock& knock) {
  start(event, knock);
  const bool windows = (draws.host >> 62) == 0;
  knock.protocol = protocol::kTcp;
  knock.src_port = event.port;
  knock.dst_port = port_between(draws.probe, 1024, 64512);
  knock.tcp_flags = flags;
  knock.ttl = static_cast<std::uint8_t>((windows ? 128 : 64) - distance(draws.host));
  knock.dont_fragment = true;
  knock.ip_id = windows ? static_cast<std::uint16_t>((draws.host >> 16) + (draws.probe >> 48)) : 0;  // Linux: 0 where DF is set
  knock.traffic_class = TrafficClass::backscatter;
  knock.filed_port = event.port;
}

void syn_ack(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  start_answer(event, draws, tcp_flag::kSyn | tcp_flag::kAck, knock);
  constexpr std::array<std::uint16_t, 4> kWindows = {8192, 5840, 14600, 29200};  // Windows first, as start_answer has it
  knock.window = kWindows[draws.host >> 62];
  knock.sequence = static_cast<std::uint32_t>(draws.more_of_probe(1));
  knock.acknowledgement = static_cast<std::uint32_t>(draws.probe >> 16) + 1;
  // Floods send bare SYNs, so nothing but the MSS may be answered (RFC 9293).
  knock.tcp_options = syn_options(SynOptions::mss, 0, 0, scratch);
}

void rst(const Event& event, Knock& knock, Scratch&) {
  const Draws draws(event);
  start_answer(event, draws, tcp_flag::kRst, knock);
  knock.sequence = static_cast<std::uint32_t>(draws.probe >> 16);
}

void rst_ack(const Event& event, Knock& knock, Scratch&) {
  const Draws draws(event);
  start_answer(event, draws, tcp_flag::kRst | tcp_flag::kAck, knock);
  knock.acknowledgement = static_cast<std::uint32_t>(draws.probe >> 16) + 1;
}

constexpr double kRetries[] = {0, 1, 3};

constexpr Tool kTools[] = {
    {"syn-ack", "Servers under a SYN flood that answer each forged SYN once (SYN cookies, load balancers)", "RFC 9293", kOnce, kTcp, 0,
     syn_ack},
    {"syn-ack-retry", "Servers under a SYN flood that send their SYN-ACK again after 1 and 3 s",
     "RFC 9293, RFC 6298; Linux sends up to five", kRetries, kTcp, 0, syn_ack},
    {"rst", "Victims of a flood of ACKs: a RST with the sequence number that the forger acknowledged", "RFC 9293", kOnce, kTcp, 0, rst},
    {"rst-ack", "Victims of a SYN flood on a closed port: RST and ACK, sequence number 0", "RFC 9293", kOnce, kTcp, 0, rst_ack},
};

}  // namespace

std::span<const Tool> tcp_backscatter_tools() { return kTools; }

}  // namespace nightjar::simulate
