#pragma once
#include <cstdint>
#include <span>

#include "net/address.hpp"
#include "schema/traffic.hpp"

namespace nightjar::simulate {

/// What is broken on purpose in a packet.
enum class Broken : std::uint8_t {
  no,
  ip_header_length,  ///< of 16 bytes; IPv4
  ip_total_length,   ///< 16, below the header's 20; IPv4
  tcp_cut_off,       ///< the IP packet ends behind 12 bytes of TCP
  udp_cut_off,       ///< the IP packet ends behind the ports
  wrong_checksum     ///< of the transport; where the frame has none, of the IPv4 header. Decodable
};

/// A packet to be written: what decides its bytes (frame.hpp), and what it is by the model (for the truth, never read from the bytes).
struct Knock {
  std::int64_t time_ns = 0;
  Address from, to;            ///< of one version
  std::uint32_t sequence = 0;  ///< of ICMP: the 4 bytes behind the checksum (of an echo identifier and number)
  std::uint32_t acknowledgement = 0;
  std::uint16_t src_port = 0, dst_port = 0;
  std::uint16_t window = 0, ip_id = 0;
  std::uint8_t protocol = 0, ttl = 64, tcp_flags = 0, icmp_type = 0, icmp_code = 0;
  bool dont_fragment = false, more_fragments = false;
  std::uint16_t fragment_offset = 0;          ///< in units of 8 bytes; above 0 `payload` follows the IP header at once
  std::span<const std::uint8_t> tcp_options;  ///< a multiple of 4 bytes
  /// Behind the transport header, of ICMP behind its first 8 bytes; at most kLargestPayload (frame.hpp).
  std::span<const std::uint8_t> payload;
  /// Of a first fragment: what the later ones carry. Not written, but the transport's length and checksum are those of the whole.
  std::span<const std::uint8_t> fragmented_rest;
  Broken broken = Broken::no;

  // What it is, by the tool that made it.
  TrafficClass traffic_class = TrafficClass::other;
  std::uint16_t filed_port = 0;    ///< the column `port` of `flows`
  std::uint32_t fingerprints = 0;  ///< bit i: it has the mark of entry i of fingerprint_catalogue()
  bool decodable = true;           ///< false: counted as undecodable, in no table of hosts
};

}  // namespace nightjar::simulate
