#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "net/address.hpp"
#include "schema/traffic.hpp"
#include "simulate/knock.hpp"
#include "simulate/random.hpp"

namespace nightjar::bench {

using simulate::Knock;
using simulate::Random;
using simulate::WeightedChoice;

/// What the traffic is made of. Equal settings make equal bytes.
struct TrafficConfig {
  std::uint64_t seed = 2017;
  std::uint64_t packets = 20'000'000;
  std::uint32_t sources = 300'000;
  double zipf = 0.9;  ///< activity of the n-th source ~ (n + 10)^-zipf
  std::int64_t start_second = 0;
  std::uint64_t span_seconds = 86'400;
  Prefix prefix;                  ///< the dark addresses, IPv4
  Prefix prefix6;                 ///< the dark addresses of the IPv6 share
  double ipv6_share = 0;          ///< 0 to 1: packets that come over IPv6
  bool distinct_sources = false;  ///< every packet from a source of its own
};

/// A day of a darknet after the numbers of NICTER's report of 2017: ports, tools that leave marks, backscatter of a few
/// victims, UDP requests with their real payloads, ICMP. Ports are drawn independently of sources, so there are more
/// (source, port) pairs than in real traffic: the hard case for a store.
class Traffic {
 public:
  explicit Traffic(const TrafficConfig& config);

  /// The i-th packet in time; to be called with 0, 1, 2 ... The spans of the result are valid until the next call.
  const Knock& next();
  /// What the packet of the last `next` is, by construction: for the truth that tools are compared with.
  TrafficClass traffic_class() const { return class_; }
  /// The port it is filed under: see the column `port` of `flows`.
  std::uint16_t filed_port() const;

 private:
  void draw_source();
  void fill_scan(std::uint16_t port);
  void fill_request(std::uint16_t port);
  void fill_backscatter();
  void fill_echo();

  TrafficConfig config_;
  Random random_;
  WeightedChoice kinds_;    ///< index into the table of services, then the four rests
  WeightedChoice sources_;  ///< index into source_addresses_
  WeightedChoice rare_ports_;
  std::vector<std::uint32_t> source_addresses_;
  std::uint64_t index_ = 0;
  std::uint32_t distinct_counter_ = 0;
  std::uint64_t character_ = 0;  ///< the source's own random number: its tool, system and distance
  Knock knock_;
  TrafficClass class_ = TrafficClass::other;
  std::array<std::uint8_t, 64> payload_{};
};

}  // namespace nightjar::bench
