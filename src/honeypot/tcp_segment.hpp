#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "net/address.hpp"

namespace nightjar {

/// A TCP segment and what its IP header says of it. Numbers in host order; `payload` points into the packet it was read from.
struct TcpSegment {
  Address src, dst;
  std::uint16_t src_port = 0, dst_port = 0, window = 0;
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint8_t flags = 0;         ///< net/packet.hpp, tcp_flag
  std::uint16_t mss = 0;          ///< the option, of SYNs that are written; 0: none
  std::size_t options_bytes = 0;  ///< of a segment that was read
  std::span<const std::uint8_t> payload{};
};

enum class SegmentFault : std::uint8_t {
  none,
  not_tcp,    ///< another protocol, a fragment, an extension header of IPv6
  malformed,  ///< lengths that do not fit
  wrong_checksum
};

/// Reads an IPv4 or IPv6 packet, from its IP header on; bytes behind its end are padding. `check`: the checksums of IPv4 and TCP (not where
/// packets come from the same machine, whose kernel leaves them to a card that is not there).
SegmentFault read_segment(std::span<const std::uint8_t> packet, bool check, TcpSegment& segment);

/// Overwrites `packet` with the segment, without payload, as an IP packet with right checksums. `ttl`: also the hop limit. The number of
/// an IPv4 packet is 0, as Linux has it in what is never sent in fragments.
void write_segment(const TcpSegment& segment, std::uint8_t ttl, std::vector<std::uint8_t>& packet);

}  // namespace nightjar
