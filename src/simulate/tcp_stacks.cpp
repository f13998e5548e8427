#include "simulate/tcp_stacks.hpp"

#include <cassert>
#include <cstring>

#include "fingerprint/catalogue.hpp"
#include "net/packet.hpp"

namespace nightjar::simulate {
namespace {

std::uint32_t bit_of(std::string_view name) {
  const Fingerprint* const entry = find_fingerprint(name);
  assert(entry != nullptr);
  return 1u << (entry - fingerprint_catalogue().data());
}

// RFC 9293, RFC 7323, RFC 2018; MSS 1460 is Ethernet's.
constexpr std::array<std::uint8_t, 4> kMss = {2, 4, 0x05, 0xb4};
constexpr std::array<std::uint8_t, 8> kWindowsPlain = {2, 4, 0x05, 0xb4, 1, 1, 4, 2};
constexpr std::array<std::uint8_t, 12> kWindowsScaled = {2, 4, 0x05, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2};

constexpr std::array<std::uint8_t, 20> kLinuxFull = {2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 0};

/// What a host's clock of TCP timestamps (RFC 7323) shows at the time of the event; 0 without one.
std::uint32_t timestamp(const TcpStack& stack, const Event& event, const Draws& draws) {
  if (stack.ticks_a_second == 0) return 0;
  const auto milliseconds = static_cast<std::uint64_t>(event.time_ns) / 1'000'000;
  return static_cast<std::uint32_t>(draws.more_of_host(1) + milliseconds * stack.ticks_a_second / 1000);
}

}  // namespace

const Marks& marks() {
  static const Marks kMarks = {.mirai = bit_of("mirai"),
                               .hajime_like = bit_of("hajime-like"),
                               .windows_7 = bit_of("windows-7"),
                               .masscan = bit_of("masscan"),
                               .zmap_classic = bit_of("zmap-classic"),
                               .zmap_4_1 = bit_of("zmap-4.1"),
                               .irregular_syn = bit_of("irregular-syn")};
  return kMarks;
}

std::span<const std::uint8_t> syn_options(SynOptions options, std::uint8_t window_scale, std::uint32_t timestamp, Scratch& scratch) {
  switch (options) {
    case SynOptions::none: break;
    case SynOptions::mss: return kMss;
    case SynOptions::windows_scaled: return kWindowsScaled;
    case SynOptions::windows_plain: return kWindowsPlain;
    case SynOptions::linux_full: {
      const std::uint32_t tick = __builtin_bswap32(timestamp);
      std::memcpy(scratch.options.data(), kLinuxFull.data(), kLinuxFull.size());
      std::memcpy(scratch.options.data() + 8, &tick, sizeof tick);
      scratch.options[19] = window_scale;
      return std::span(scratch.options).first(kLinuxFull.size());
    }
  }
  return {};
}

void start_syn(const Event& event, const Draws& draws, std::uint8_t initial_ttl, Knock& knock) {
  start(event, knock);
  knock.protocol = protocol::kTcp;
  knock.dst_port = event.port;
  knock.filed_port = event.port;
  knock.tcp_flags = tcp_flag::kSyn;
  knock.ttl = static_cast<std::uint8_t>(initial_ttl - distance(draws.host));
  knock.traffic_class = TrafficClass::scan;
}

std::uint32_t plain_sequence(std::uint64_t bits, const Event& event) {
  auto sequence = static_cast<std::uint32_t>(bits);
  while (sequence == event.dst || masscan_ip_id(event, sequence) == kZmapIpId) {
    bits = mix64(bits + 1);
    sequence = static_cast<std::uint32_t>(bits);
  }
  return sequence;
}

std::uint16_t plain_ip_id(std::uint64_t bits, const Event& event, std::uint32_t sequence) {
  auto id = static_cast<std::uint16_t>(bits);
  while (id == kZmapIpId || id == masscan_ip_id(event, sequence)) {
    bits = mix64(bits + 1);
    id = static_cast<std::uint16_t>(bits);
  }
  return id;
}

void make_connect(const TcpStack& stack, const Event& event, const Draws& draws, Knock& knock, Scratch& scratch) {
  start_syn(event, draws, stack.initial_ttl, knock);
  knock.src_port = port_between(draws.probe, stack.first_port, stack.ports);
  knock.sequence = plain_sequence(draws.probe >> 16, event);
  knock.ip_id = plain_ip_id((draws.probe >> 48) + event.attempt, event, knock.sequence);
  knock.window = stack.window;
  knock.dont_fragment = true;
  knock.tcp_options = syn_options(stack.options, stack.window_scale, timestamp(stack, event, draws), scratch);
}

}  // namespace nightjar::simulate
