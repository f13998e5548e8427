#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "net/address.hpp"
#include "reflector/reply_budget.hpp"

namespace nightjar::reflector {

/// An attack on its way between a reflector and the process that keeps its link to the hub: one datagram of a socket pair, whose two ends
/// are this same program. "A" and the prefix's IP version, length and 16 bytes of its first address, the most significant first.
inline constexpr std::size_t kHubMessageBytes = 19;
std::array<std::uint8_t, kHubMessageBytes> hub_message(const Prefix& attack);
/// Nothing for anything else, and for prefixes that ReplyBudget::add_attack does not take.
std::optional<Prefix> attack_of(std::span<const std::uint8_t> message);

/// An order of prefixes, for maps.
struct PrefixOrder {
  bool operator()(const Prefix& a, const Prefix& b) const { return a.first != b.first ? a.first < b.first : a.length < b.length; }
};

/// Whether a prefix is what attacks are shared as: a /32 or /24, of IPv6 a /64 or /48, with nothing behind it.
bool is_shared_prefix(const Prefix& prefix);

}  // namespace nightjar::reflector
