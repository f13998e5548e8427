#include "reflector/hub_message.hpp"

namespace nightjar::reflector {
namespace {

constexpr std::uint8_t kAttack = 'A';
constexpr std::size_t kHigh = 3, kLow = 11;

}  // namespace

bool is_shared_prefix(const Prefix& prefix) {
  const Address& first = prefix.first;
  if (first.version == 4)
    return first.high <= 0xffff'ffff && first.low == 0 && (prefix.length == 32 || (prefix.length == 24 && (first.high & 0xff) == 0));
  return first.version == 6 && first.low == 0 && (prefix.length == 64 || (prefix.length == 48 && (first.high & 0xffff) == 0));
}

std::array<std::uint8_t, kHubMessageBytes> hub_message(const Prefix& attack) {
  std::array<std::uint8_t, kHubMessageBytes> message{kAttack, attack.first.version, attack.length};
  for (std::size_t i = 0; i < 8; ++i) {
    message[kHigh + i] = static_cast<std::uint8_t>(attack.first.high >> (56 - 8 * i));
    message[kLow + i] = static_cast<std::uint8_t>(attack.first.low >> (56 - 8 * i));
  }
  return message;
}

std::optional<Prefix> attack_of(std::span<const std::uint8_t> message) {
  if (message.size() != kHubMessageBytes || message[0] != kAttack) return std::nullopt;
  Prefix attack{{message[1], 0, 0}, message[2]};
  for (std::size_t i = 0; i < 8; ++i) {
    attack.first.high = attack.first.high << 8 | message[kHigh + i];
    attack.first.low = attack.first.low << 8 | message[kLow + i];
  }
  return is_shared_prefix(attack) ? std::optional(attack) : std::nullopt;
}

}  // namespace nightjar::reflector
