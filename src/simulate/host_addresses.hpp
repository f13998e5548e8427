#pragma once
#include <cstdint>

namespace nightjar::simulate {

/// IPv4 addresses that look like a host's, numbered upwards from 0: all but those that end in .0 or .255.
/// The number of such addresses below `address`, which may be 2^32.
constexpr std::uint32_t hosts_below(std::uint64_t address) {
  const std::uint64_t octet = address & 255;
  return static_cast<std::uint32_t>((address >> 8) * 254 + (octet == 0 ? 0 : octet - 1));
}

/// The address with a number; `number` below hosts_below(2^32).
constexpr std::uint32_t host_address(std::uint32_t number) { return number / 254 * 256 + number % 254 + 1; }

}  // namespace nightjar::simulate
