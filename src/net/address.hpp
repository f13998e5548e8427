#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// An IP address as the lake keeps it. IPv4: `high` is the address, `low` 0. IPv6: upper and lower 64 bits.
struct Address {
  std::uint8_t version = 0;  ///< 4 or 6; 0 for "none"
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const Address&, const Address&) = default;
};

/// "192.0.2.7", or RFC 5952 text for IPv6 ("2001:db8::1").
std::string format(const Address& address);
/// Dotted quad or any RFC 4291 form (no zone); nothing for other text.
std::optional<Address> parse_address(std::string_view text);

/// A block of addresses, e.g. 198.18.0.0/16.
struct Prefix {
  Address first;            ///< host bits are 0
  std::uint8_t length = 0;  ///< 0 to 32, or 0 to 128

  bool contains(const Address& address) const;
  /// The highest address of the block.
  Address last() const;
  /// Number of addresses; saturates at 2^64 - 1 for IPv6 blocks larger than a /64.
  std::uint64_t size() const;
  /// Place of an address inside the block (0 = first); only the lower 64 bits count in IPv6.
  std::uint64_t index_of(const Address& address) const;

  friend bool operator==(const Prefix&, const Prefix&) = default;
};

std::string format(const Prefix& prefix);
/// "198.18.0.0/16" or a single address; host bits must be 0, the sentence of the error names the block that would be right.
Result<Prefix> parse_prefix(std::string_view text);

/// "tcp", "udp", "icmp", "icmpv6", "igmp", "gre", "ip-in-ip", "ipv6-in-ip"; else "ipproto-89".
std::string protocol_name(std::uint8_t number);
/// The number for such a name or for digits; nothing for other text.
std::optional<std::uint8_t> protocol_number(std::string_view name);

}  // namespace nightjar
