#pragma once
#include <cstdint>

namespace nightjar {

/// Spreads 64 bits over 64 bits (a bijection; the finaliser of splitmix64, public domain by Sebastiano Vigna).
/// For hash tables, never for anything an attacker must not foresee.
constexpr std::uint64_t mix64(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace nightjar
