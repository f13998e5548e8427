#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "simulate/drdos.hpp"

namespace nightjar::simulate {

inline constexpr std::uint32_t kCarpetAddresses = 256;

/// Where victims of some attacks are.
struct VictimPlace {
  const Origins::Pool* pool = nullptr;
  CountryCode country = 0;
  std::uint32_t asn = 0;
};

/// Gives every attack its victim, an address of the place whose index `place_of` has for it; some are hit again and again. Attacks on one
/// address, and a carpet and any other attack in its /24, are at least two hours apart, so that no rule joins them. Fails where a
/// place has too few addresses for that.
Result<void> draw_victims(std::span<DrdosAttack> attacks, std::span<const std::uint32_t> place_of, std::span<const VictimPlace> places,
                          std::uint64_t seed);

}  // namespace nightjar::simulate
