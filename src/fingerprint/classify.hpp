#pragma once
#include <cstdint>

#include "net/packet.hpp"
#include "schema/traffic.hpp"

namespace nightjar {

/// The class of a decoded IP packet (rules: definitions in docs/definitions.md).
TrafficClass classify(const Packet& packet);

/// The bits of schema/traffic.hpp that hold for a bare TCP SYN or for TCP backscatter; 0 for any other packet.
std::uint32_t facts_of(const Packet& packet);

/// The port a row is filed under: destination port; of backscatter the source port; of ICMP type x 256 + code; else 0.
std::uint16_t row_port(const Packet& packet, TrafficClass traffic_class);

}  // namespace nightjar
