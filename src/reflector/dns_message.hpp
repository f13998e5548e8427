#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace nightjar::reflector {

/// The first question of a query, and what the sender can take.
struct DnsQuestion {
  std::array<char, 255> name{};  ///< as on the wire, lower case
  std::size_t name_size = 0;
  std::uint16_t type = 0, class_number = 0;
  std::size_t end = 0;    ///< where the question ends in the message; it begins at 12
  bool extended = false;  ///< an OPT record follows (RFC 6891)
  std::uint16_t reply_size = 512;

  std::string_view name_view() const { return {name.data(), name_size}; }
};

/// Nothing where the message has no whole question, or a compressed one (before the first question there is nothing to point to).
std::optional<DnsQuestion> read_dns_question(std::span<const std::uint8_t> message);

inline constexpr std::size_t kDnsHeader = 12;
inline constexpr std::uint16_t kDnsNameOfQuestion = 0xc00c;  ///< pointer to the question's name

}  // namespace nightjar::reflector
