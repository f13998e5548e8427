#pragma once
#include <cstdint>

#include "net/address.hpp"

namespace nightjar::budget {

/// Whom a budget is kept for, as one number. Made of the source's address alone: whatever else a packet has, its sender chose.
/// Keys of hosts and keys of prefixes belong in tables of their own.
enum class SourceKey : std::uint64_t { none = 0 };

/// IPv4 keys stand where IPv6 has its multicast, which no packet comes from.
inline constexpr std::uint64_t kIpv4Keys = 0xff00'0000'0000'0000;

/// One IPv4 address; of IPv6 the /64, as anybody who has one address of it has all of them.
constexpr SourceKey host_key(const Address& source) {
  if (source.version == 4) return static_cast<SourceKey>(kIpv4Keys | source.high);
  return static_cast<SourceKey>(source.high | static_cast<std::uint64_t>(source.high == 0));
}

/// The IPv4 /24 or the IPv6 /48: what one network is given at the least, and what carpet attacks are spread over.
constexpr SourceKey prefix_key(const Address& source) {
  if (source.version == 4) return static_cast<SourceKey>(kIpv4Keys | (source.high & ~std::uint64_t{0xff}));
  const std::uint64_t prefix = source.high & ~std::uint64_t{0xffff};
  return static_cast<SourceKey>(prefix | static_cast<std::uint64_t>(prefix == 0));
}

}  // namespace nightjar::budget
