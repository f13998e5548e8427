#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nightjar {

/// Why a packet could not be decoded. The first header that fails gives the reason. FROZEN: the names are columns
/// of `sensor_days` (undecodable_NAME); append only, never rename.
enum class Undecodable : std::uint8_t {
  none = 0,
  link_unsupported,    ///< a link type that Nightjar does not know
  link_truncated,      ///< the link header is cut off
  link_malformed,      ///< the link header contradicts itself
  too_many_headers,    ///< more tags, labels or extension headers than anybody sends in earnest
  ip_version,          ///< the link says IP, the first four bits say another version
  ipv4_truncated,      ///< fewer than 20 bytes, or than its header length
  ipv4_header_length,  ///< a header length below 20
  ipv4_total_length,   ///< a total length below the header's
  ipv6_truncated,      ///< fewer than 40 bytes
  ipv6_extension,      ///< an extension header that is cut off or contradicts itself
  tcp_truncated,       ///< fewer than 20 bytes
  udp_truncated,       ///< fewer than 8 bytes
  icmp_truncated,      ///< fewer than 4 bytes (ICMPv6 too)
  tunnel_truncated,    ///< a tunnel that was to be unpacked is cut off
  tunnel_malformed,    ///< a tunnel that was to be unpacked contradicts itself
};

inline constexpr std::array<std::string_view, 16> kUndecodableNames = {
    "none",           "link_unsupported",   "link_truncated",    "link_malformed",  "too_many_headers", "ip_version",
    "ipv4_truncated", "ipv4_header_length", "ipv4_total_length", "ipv6_truncated",  "ipv6_extension",   "tcp_truncated",
    "udp_truncated",  "icmp_truncated",     "tunnel_truncated",  "tunnel_malformed"};
inline constexpr std::size_t kUndecodableReasons = kUndecodableNames.size();

constexpr std::string_view name_of(Undecodable reason) { return kUndecodableNames[static_cast<std::size_t>(reason)]; }

}  // namespace nightjar
