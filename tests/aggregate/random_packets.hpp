#pragma once
#include <cstdint>
#include <random>
#include <vector>

#include "net/packet.hpp"
#include "schema/traffic.hpp"

namespace nightjar {

/// A packet with what the tables are told beside it.
struct Arrival {
  Packet packet;
  std::uint16_t sensor;
  TrafficClass traffic_class;
  std::uint32_t facts;
  std::uint16_t port;
  std::uint8_t destination_index;
};

/// Traffic over few keys, so that many packets meet in one row: `spread` is the number of different sources.
inline std::vector<Arrival> random_arrivals(std::size_t count, unsigned spread, std::uint64_t seed,
                                            std::int64_t first_second = 1'511'395'200, std::int64_t seconds = 3 * 86'400) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < count; ++i) {
    Arrival arrival{};
    Packet& packet = arrival.packet;
    packet.time_ns = (first_second + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(seconds)))) * 1'000'000'000 +
                     static_cast<std::int64_t>(below(1'000'000'000));
    packet.ip_version = below(20) == 0 ? 6 : 4;
    packet.src = packet.ip_version == 4 ? (below(spread) * 2654435761u & 0xffffffff) : 0x20010db800000000ULL + below(spread);
    packet.src_low = packet.ip_version == 4 ? 0 : below(3);
    packet.protocol = below(3) == 0 ? protocol::kUdp : below(20) == 0 ? std::uint8_t{89} : protocol::kTcp;
    packet.ip_length = packet.ip_version == 6 && below(50) == 0 ? 70'000 : static_cast<std::uint32_t>(40 + 4 * below(2));
    packet.src_port = static_cast<std::uint16_t>(below(2) == 0 ? 1234 : below(65536));
    packet.ttl = static_cast<std::uint8_t>(50 + below(2));
    packet.window = static_cast<std::uint16_t>(1024 + below(2));
    packet.has_transport = true;
    arrival.traffic_class = packet.protocol == protocol::kTcp   ? TrafficClass::scan
                            : packet.protocol == protocol::kUdp ? TrafficClass::request
                                                                : TrafficClass::other;
    if (packet.protocol == protocol::kTcp) {
      packet.tcp_flags = tcp_flag::kSyn;
      arrival.facts = static_cast<std::uint32_t>(below(4));
    }
    if (below(30) == 0) arrival.traffic_class = TrafficClass::backscatter;
    arrival.port = static_cast<std::uint16_t>(below(3) == 0 ? below(65536) : 23);
    arrival.sensor = static_cast<std::uint16_t>(below(2));
    arrival.destination_index = static_cast<std::uint8_t>(below(64));
    arrivals.push_back(arrival);
  }
  return arrivals;
}

}  // namespace nightjar
