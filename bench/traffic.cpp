#include "bench/traffic.hpp"

#include <cmath>
#include <cstring>
#include <string_view>
#include <unordered_set>

#include "enrich/geolocation.hpp"
#include "net/packet.hpp"
#include "simulate/frame.hpp"

namespace nightjar::bench {
namespace {

struct Service {
  std::uint8_t protocol;
  std::uint16_t port;
  double percent;  ///< of all packets
};

// Figure 2 of the report (23/tcp 38.5 %, others 35.8 %), and ports of that year's incidents inside "others".
constexpr std::array kServices = std::to_array<Service>({
    {6, 23, 38.5},   {6, 22, 5.8},   {6, 445, 4.4},   {6, 1433, 2.9}, {6, 2323, 2.7}, {6, 7547, 2.5}, {6, 5358, 2.4},
    {17, 1900, 2.0}, {6, 81, 1.6},   {6, 80, 1.4},    {17, 53, 1.3},  {6, 3389, 1.2}, {17, 123, 1.0}, {6, 8080, 1.0},
    {17, 5060, 0.9}, {6, 52869, .8}, {6, 37215, 0.7}, {6, 443, 0.6},  {6, 3306, 0.6}, {6, 21, 0.5},   {17, 19, 0.4},
    {17, 161, 0.4},  {6, 25, 0.4},   {6, 8545, 0.4},  {6, 5555, 0.3},
});
constexpr double kRareUdpPercent = 2, kBackscatterPercent = 5, kEchoPercent = 1;
enum : std::size_t { kRareTcp = kServices.size(), kRareUdp, kBackscatter, kEcho };

std::vector<double> kind_weights() {
  std::vector<double> weights;
  double rest = 100 - kRareUdpPercent - kBackscatterPercent - kEchoPercent;
  for (const Service& service : kServices) {
    weights.push_back(service.percent);
    rest -= service.percent;
  }
  weights.insert(weights.end(), {rest, kRareUdpPercent, kBackscatterPercent, kEchoPercent});
  return weights;
}

std::vector<double> zipf_weights(std::size_t count, double offset, double exponent) {
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < count; ++i) weights[i] = std::pow(static_cast<double>(i) + offset, -exponent);
  return weights;
}

// The order of TCP options is how systems are told apart; sizes and values are those of ordinary stacks.
constexpr std::array<std::uint8_t, 20> kLinuxOptions = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 1, 2, 3, 0, 0, 0, 0, 1, 3, 3, 7};
constexpr std::array<std::uint8_t, 12> kWindowsOptions = {2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2};
constexpr std::array<std::uint8_t, 4> kBareOptions = {2, 4, 5, 0xb4};

struct System {
  std::uint8_t first_ttl;
  bool dont_fragment;
  std::uint16_t window;
  std::span<const std::uint8_t> options;
};
const std::array<System, 8> kSystems = {{
    {64, true, 5840, kLinuxOptions},
    {64, true, 29200, kLinuxOptions},
    {64, true, 14600, kLinuxOptions},
    {128, true, 8192, kWindowsOptions},
    {128, true, 64240, kWindowsOptions},
    {64, false, 5840, kBareOptions},
    {255, false, 1024, {}},
    {64, false, 16384, {}},
}};

constexpr std::array kVictims = std::to_array<std::uint32_t>({0x68101010, 0x2d4c0102, 0x5db8d822, 0xc1210bee, 0xb9646464});

std::span<const std::uint8_t> as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

using namespace std::string_view_literals;
constexpr std::string_view kSsdpSearch =
    "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n"sv;
constexpr std::string_view kDnsAnyRoot =
    "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\xff\x00\x01\x00\x00\x29\x10\x00\x00\x00\x00\x00\x00\x00"sv;
constexpr std::string_view kNtpMonlist = "\x17\x00\x03\x2a\x00\x00\x00\x00"sv;
constexpr std::string_view kSipOptions =
    "OPTIONS sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-1;rport\r\nMax-Forwards: 70\r\n"
    "To: <sip:100@192.0.2.1>\r\nFrom: <sip:100@192.0.2.9>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"sv;
constexpr std::string_view kSnmpGetBulk =
    "\x30\x26\x02\x01\x01\x04\x06public\xa5\x19\x02\x04\x00\x00\x00\x01\x02\x01\x00\x02\x01\x32\x30\x0b\x30\x09\x06\x05\x2b\x06\x01\x02\x01\x05\x00"sv;

std::string_view request_payload(std::uint16_t port) {
  switch (port) {
    case 19: return "\x01"sv;
    case 53: return kDnsAnyRoot;
    case 123: return kNtpMonlist;
    case 161: return kSnmpGetBulk;
    case 1900: return kSsdpSearch;
    case 5060: return kSipOptions;
    default: return {};
  }
}

bool may_send(std::uint32_t address, const Prefix& dark) { return !is_reserved(4, address, 0) && !dark.contains({4, address, 0}); }

}  // namespace

Traffic::Traffic(const TrafficConfig& config)
    : config_(config),
      random_(config.seed),
      kinds_(kind_weights()),
      sources_(zipf_weights(config.distinct_sources ? 1 : config.sources, 10, config.zipf)),
      rare_ports_(zipf_weights(65'535, 30, 0.8)) {
  if (config.distinct_sources) return;
  std::unordered_set<std::uint32_t> seen(config.sources * 2);
  while (source_addresses_.size() < config.sources) {
    const auto address = static_cast<std::uint32_t>(random_.next() >> 32);
    if (may_send(address, config.prefix) && seen.insert(address).second) source_addresses_.push_back(address);
  }
}

void Traffic::draw_source() {
  std::uint32_t address;
  if (config_.distinct_sources) {
    // An odd factor makes a walk through all 2^32 addresses without a repetition.
    do address = ++distinct_counter_ * 2654435761U;
    while (!may_send(address, config_.prefix));
  } else {
    address = source_addresses_[sources_.draw(random_)];
  }
  character_ = mix64(config_.seed ^ address * 0x9e3779b97f4a7c15ULL);
  if (knock_.from.version == 4) {
    knock_.from = {4, address, 0};
    knock_.to = {4, config_.prefix.first.high + random_.below(static_cast<std::uint32_t>(config_.prefix.size())), 0};
  } else {
    // 2a00::/12 is handed out by RIPE NCC; the address fills the /64, so hosts stay distinct.
    knock_.from = {6, 0x2a00000000000000ULL | address, 1 + (character_ & 0xff)};
    knock_.to = {6, config_.prefix6.first.high, random_.next()};
  }
}

const Knock& Traffic::next() {
  const double step_us = static_cast<double>(config_.span_seconds) * 1e6 / static_cast<double>(config_.packets);
  const double jitter = static_cast<double>(random_.next() >> 32) * 0x1p-32;
  knock_ = {};
  const auto time_us = config_.start_second * 1'000'000 + static_cast<std::int64_t>((static_cast<double>(index_++) + jitter) * step_us);
  knock_.time_ns = time_us * 1000;
  const bool ipv6 = config_.ipv6_share > 0 && random_.below(1'000'000) < config_.ipv6_share * 1e6;
  knock_.from.version = ipv6 ? 6 : 4;
  draw_source();
  knock_.src_port = static_cast<std::uint16_t>(1024 + random_.below(64'512));
  knock_.ip_id = static_cast<std::uint16_t>(random_.next());
  const auto distance = static_cast<std::uint8_t>(5 + (character_ >> 48) % 25);
  knock_.ttl = static_cast<std::uint8_t>(64 - distance);

  const std::uint32_t kind = kinds_.draw(random_);
  if (kind < kRareTcp && kServices[kind].protocol == protocol::kUdp) {
    fill_request(kServices[kind].port);
  } else if (kind <= kRareTcp) {
    // Rare ports in a shuffled order, so that the frequent ones are not the low ones.
    fill_scan(kind < kRareTcp ? kServices[kind].port : static_cast<std::uint16_t>(1 + mix64(rare_ports_.draw(random_)) % 65'535));
  } else if (kind == kRareUdp) {
    fill_request(static_cast<std::uint16_t>(1 + mix64(77 + rare_ports_.draw(random_)) % 65'535));
  } else if (kind == kBackscatter && !ipv6) {
    fill_backscatter();
  } else {
    fill_echo();
  }
  return knock_;
}

void Traffic::fill_scan(std::uint16_t port) {
  class_ = TrafficClass::scan;
  knock_.protocol = protocol::kTcp;
  knock_.tcp_flags = tcp_flag::kSyn;
  knock_.dst_port = port;
  knock_.sequence = static_cast<std::uint32_t>(random_.next());
  const auto percent = [&](int shift) { return (character_ >> shift) % 100; };
  const auto distance = static_cast<std::uint8_t>(64 - knock_.ttl);
  const bool telnet = port == 23 || port == 2323;

  System system = kSystems[character_ % kSystems.size()];
  if (telnet && percent(16) < 60) {  // Mirai: sequence number = destination, a window of its own
    system = {64, false, static_cast<std::uint16_t>(1024 + (character_ >> 32) % 40'000), {}};
    knock_.sequence = static_cast<std::uint32_t>(knock_.to.high);
  } else if ((port == 22 || port == 23 || port == 81 || port == 5358 || port == 7547) && percent(24) < 35) {  // Hajime
    system = {64, true, 14600, kLinuxOptions};
  } else if (port == 445 && percent(24) < 70) {  // Windows 7 in the year of WannaCry
    system = {128, true, 8192, kWindowsOptions};
  }
  if (percent(40) < 6) {  // ZMap until 2024
    system = {255, false, 65535, {}};
    knock_.ip_id = 54321;
  } else if (percent(40) < 9) {  // masscan until 2023
    system = {255, false, 1024, {}};
    knock_.ip_id = static_cast<std::uint16_t>(knock_.to.high ^ port ^ knock_.sequence);
  }
  knock_.window = system.window;
  knock_.dont_fragment = system.dont_fragment;
  knock_.tcp_options = system.options;
  knock_.ttl = static_cast<std::uint8_t>(system.first_ttl - distance);
}

void Traffic::fill_request(std::uint16_t port) {
  class_ = TrafficClass::request;
  knock_.protocol = protocol::kUdp;
  knock_.dst_port = port;
  // Ports of services are those of answers, not of requests: stay above the highest of them.
  knock_.src_port = static_cast<std::uint16_t>(28'000 + random_.below(37'000));
  knock_.payload = as_bytes(request_payload(port));
  if (knock_.payload.empty()) {
    std::uint64_t bits = character_;
    const std::size_t size = (character_ >> 12) % payload_.size();
    for (std::size_t i = 0; i < size; ++i) {
      if (i % 8 == 0) bits = mix64(bits + i);
      payload_[i] = static_cast<std::uint8_t>(bits >> i % 8 * 8);
    }
    payload_[0] = 0xff;   // not an answer of NTP or HTTP
    payload_[2] &= 0x7f;  // nor of DNS (QR bit)
    knock_.payload = {payload_.data(), size};
  }
}

void Traffic::fill_backscatter() {
  class_ = TrafficClass::backscatter;
  if (!config_.distinct_sources) knock_.from = {4, kVictims[random_.below(kVictims.size())], 0};
  const std::uint32_t dice = random_.below(100);
  const std::uint16_t service = dice % 10 < 8 ? 80 : 443;
  if (dice < 98) {
    knock_.protocol = protocol::kTcp;
    knock_.tcp_flags = dice < 92 ? tcp_flag::kSyn | tcp_flag::kAck : tcp_flag::kRst | tcp_flag::kAck;
    knock_.dst_port = knock_.src_port;
    knock_.src_port = service;
    knock_.window = dice < 92 ? 29200 : 0;
    knock_.sequence = static_cast<std::uint32_t>(random_.next());
    knock_.acknowledgement = static_cast<std::uint32_t>(random_.next());
    return;
  }
  // Host unreachable (RFC 792: type 3 code 1): quotes the header and 8 bytes of the forged SYN to the victim.
  Knock quoted;
  quoted.from = knock_.to;
  quoted.to = knock_.from;
  quoted.protocol = protocol::kTcp;
  quoted.src_port = knock_.src_port;
  quoted.dst_port = service;
  quoted.tcp_flags = tcp_flag::kSyn;
  std::array<std::uint8_t, 40> packet;
  simulate::write_packet(packet.data(), quoted);
  std::memcpy(payload_.data(), packet.data(), 28);
  knock_.protocol = protocol::kIcmp;
  knock_.icmp_type = 3;
  knock_.icmp_code = 1;
  knock_.src_port = knock_.dst_port = 0;
  knock_.payload = {payload_.data(), 28};
}

void Traffic::fill_echo() {
  class_ = TrafficClass::echo;
  const bool ipv6 = knock_.from.version == 6;
  knock_.protocol = ipv6 ? protocol::kIcmpv6 : protocol::kIcmp;
  knock_.icmp_type = ipv6 ? 128 : 8;
  knock_.src_port = 0;
  knock_.sequence = static_cast<std::uint32_t>(character_ << 16) | random_.below(65'536);
  payload_.fill(0x61);
  knock_.payload = {payload_.data(), 8};
}

std::uint16_t Traffic::filed_port() const {
  if (knock_.protocol == protocol::kIcmp || knock_.protocol == protocol::kIcmpv6) {
    return static_cast<std::uint16_t>(knock_.icmp_type << 8 | knock_.icmp_code);
  }
  return class_ == TrafficClass::backscatter ? knock_.src_port : knock_.dst_port;
}

}  // namespace nightjar::bench
