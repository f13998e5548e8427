#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cassert>
#include <functional>

#include "decode/decode.hpp"
#include "fingerprint/catalogue.hpp"
#include "fingerprint/classify.hpp"
#include "ingest/summary.hpp"

namespace nightjar {
namespace {

// What an address was seen doing: one look-up a packet and address, however many things are counted per host.
constexpr std::uint32_t kSource = 1u << 0, kDestination = 1u << 1, kSynSource = 1u << 2, kSynAckSource = 1u << 3;
constexpr unsigned kFirstFingerprint = 4;

using Roles = std::uint32_t;
using Ipv6Address = std::pair<std::uint64_t, std::uint64_t>;
constexpr std::size_t kPorts = 65'536;

/// Most frequent first; of equals in the order of their texts, as reference.sh sorts.
std::vector<Summary::PortCount> ranked(const std::vector<std::uint64_t>& counts) {
  std::vector<Summary::PortCount> list;
  for (std::size_t port = 0; port < counts.size(); ++port) {
    if (counts[port] > 0) list.emplace_back(static_cast<std::uint16_t>(port), counts[port]);
  }
  std::sort(list.begin(), list.end(), [](const Summary::PortCount& a, const Summary::PortCount& b) {
    return a.second != b.second ? a.second > b.second : std::to_string(a.first) < std::to_string(b.first);
  });
  return list;
}

template <class Container>
void add_all(Container& to, const Container& from) {
  std::transform(to.begin(), to.end(), from.begin(), to.begin(), std::plus<>());
}

}  // namespace

struct TrafficTally::State {
  DecodeOptions options;
  std::uint64_t packets = 0, bytes = 0, ipv4 = 0, ipv6 = 0, not_ip = 0;
  std::uint64_t syn = 0, syn_ack = 0, rst = 0, null_flags = 0;
  std::optional<std::int64_t> first_ns, last_ns;
  std::array<std::uint64_t, 256> protocols{};
  std::array<std::uint64_t, kUndecodableReasons> undecodable{};
  std::array<std::uint64_t, 6> classes{};
  std::vector<std::uint64_t> fingerprints = std::vector<std::uint64_t>(fingerprint_catalogue().size());
  std::vector<std::uint64_t> syn_windows = std::vector<std::uint64_t>(kPorts);
  std::vector<std::uint64_t> syn_ports = std::vector<std::uint64_t>(kPorts);
  std::vector<std::uint64_t> udp_ports = std::vector<std::uint64_t>(kPorts);
  absl::flat_hash_map<std::uint32_t, Roles> ipv4_hosts;
  absl::flat_hash_map<Ipv6Address, Roles> ipv6_hosts;
  Packet packet;

  void span(const std::optional<std::int64_t>& first, const std::optional<std::int64_t>& last) {
    if (first && (!first_ns || *first < *first_ns)) first_ns = first;
    if (last && (!last_ns || *last > *last_ns)) last_ns = last;
  }

  void add_roles(std::uint64_t high, std::uint64_t low, Roles roles) {
    if (packet.ip_version == 4) {
      ipv4_hosts[static_cast<std::uint32_t>(high)] |= roles;
    } else {
      ipv6_hosts[{high, low}] |= roles;
    }
  }

  Roles count_tcp(TrafficClass traffic_class) {
    using namespace tcp_flag;
    const std::uint8_t flags = packet.tcp_flags;
    if (flags & kRst) ++rst;
    if ((flags & ~(kEce | kCwr)) == 0) ++null_flags;
    if ((flags & (kSyn | kAck)) == (kSyn | kAck)) {
      ++syn_ack;
      return kSynAckSource;
    }
    if (!is_bare_syn(packet)) return 0;
    ++syn;
    ++syn_ports[packet.dst_port];
    ++syn_windows[packet.window];
    Roles roles = kSynSource;
    const std::uint32_t facts = facts_of(packet);
    const auto catalogue = fingerprint_catalogue();
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
      if (!catalogue[i].matches(facts, packet.window, packet.dst_port, static_cast<std::uint8_t>(traffic_class))) continue;
      ++fingerprints[i];
      roles |= 1u << (kFirstFingerprint + i);
    }
    return roles;
  }
};

TrafficTally::TrafficTally(const DecodeOptions& options) : state_(std::make_unique<State>()) {
  assert(kFirstFingerprint + fingerprint_catalogue().size() <= 32);
  state_->options = options;
}
TrafficTally::TrafficTally(TrafficTally&&) noexcept = default;
TrafficTally& TrafficTally::operator=(TrafficTally&&) noexcept = default;
TrafficTally::~TrafficTally() = default;

void TrafficTally::count(const RawPacket& raw) {
  State& state = *state_;
  Packet& packet = state.packet;
  ++state.packets;
  state.bytes += raw.original;
  state.span(raw.time_ns, raw.time_ns);
  const Undecodable reason = decode(raw, state.options, packet);
  if (reason != Undecodable::none) ++state.undecodable[static_cast<std::size_t>(reason)];
  if (packet.ip_version == 0) {
    if (reason == Undecodable::none) ++state.not_ip;
    return;
  }
  ++(packet.ip_version == 4 ? state.ipv4 : state.ipv6);
  ++state.protocols[packet.protocol];
  Roles roles = kSource;
  if (reason == Undecodable::none) {
    const TrafficClass traffic_class = classify(packet);
    ++state.classes[static_cast<std::size_t>(traffic_class)];
    if (packet.has_transport && packet.protocol == protocol::kTcp) roles |= state.count_tcp(traffic_class);
    if (packet.has_transport && packet.protocol == protocol::kUdp) ++state.udp_ports[packet.dst_port];
  }
  state.add_roles(packet.src, packet.src_low, roles);
  state.add_roles(packet.dst, packet.dst_low, kDestination);
}

void TrafficTally::merge(const TrafficTally& other) {
  State& to = *state_;
  const State& from = *other.state_;
  to.packets += from.packets;
  to.bytes += from.bytes;
  to.ipv4 += from.ipv4;
  to.ipv6 += from.ipv6;
  to.not_ip += from.not_ip;
  to.syn += from.syn;
  to.syn_ack += from.syn_ack;
  to.rst += from.rst;
  to.null_flags += from.null_flags;
  to.span(from.first_ns, from.last_ns);
  add_all(to.protocols, from.protocols);
  add_all(to.undecodable, from.undecodable);
  add_all(to.classes, from.classes);
  add_all(to.fingerprints, from.fingerprints);
  add_all(to.syn_windows, from.syn_windows);
  add_all(to.syn_ports, from.syn_ports);
  add_all(to.udp_ports, from.udp_ports);
  for (const auto& [address, roles] : from.ipv4_hosts) to.ipv4_hosts[address] |= roles;
  for (const auto& [address, roles] : from.ipv6_hosts) to.ipv6_hosts[address] |= roles;
}

void TrafficTally::fill(Summary& summary) const {
  const State& state = *state_;
  summary.packets = state.packets;
  summary.bytes = state.bytes;
  summary.first_ns = state.first_ns;
  summary.last_ns = state.last_ns;
  summary.ipv4 = state.ipv4;
  summary.ipv6 = state.ipv6;
  summary.not_ip = state.not_ip;
  summary.protocols = state.protocols;
  summary.undecodable = state.undecodable;
  summary.classes = state.classes;
  summary.tcp_syn = state.syn;
  summary.tcp_syn_ack = state.syn_ack;
  summary.tcp_rst = state.rst;
  summary.tcp_null_flags = state.null_flags;
  summary.syn_windows = ranked(state.syn_windows);
  summary.tcp_syn_ports = ranked(state.syn_ports);
  summary.udp_ports = ranked(state.udp_ports);
  const auto catalogue = fingerprint_catalogue();
  summary.fingerprints.clear();
  for (std::size_t i = 0; i < catalogue.size(); ++i) {
    summary.fingerprints.push_back({catalogue[i].name, state.fingerprints[i], 0, catalogue[i].chance_bits});
  }
  const auto count_host = [&](Roles roles, std::uint64_t& sources) {
    if (roles & kSource) ++sources;
    if (roles & kDestination) ++summary.destinations;
    if (roles & kSynSource) ++summary.tcp_syn_sources;
    if (roles & kSynAckSource) ++summary.tcp_syn_ack_sources;
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
      if (roles >> (kFirstFingerprint + i) & 1) ++summary.fingerprints[i].sources;
    }
  };
  summary.sources_ipv4 = summary.sources_ipv6 = summary.destinations = summary.tcp_syn_sources = summary.tcp_syn_ack_sources = 0;
  for (const auto& [address, roles] : state.ipv4_hosts) count_host(roles, summary.sources_ipv4);
  for (const auto& [address, roles] : state.ipv6_hosts) count_host(roles, summary.sources_ipv6);
}

}  // namespace nightjar
