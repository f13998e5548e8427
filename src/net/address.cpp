#include "net/address.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <utility>

namespace nightjar {
namespace {

std::uint64_t mask64(int bits) { return bits <= 0 ? 0 : bits >= 64 ? ~0ULL : ~0ULL << (64 - bits); }

/// The network mask of a prefix as (high, low) in the form of Address.
std::pair<std::uint64_t, std::uint64_t> mask_of(std::uint8_t version, int length) {
  if (version == 4) return {length == 0 ? 0 : (0xffffffffULL << (32 - length)) & 0xffffffffULL, 0};
  return {mask64(length), mask64(length - 64)};
}

constexpr std::array<std::pair<std::uint8_t, std::string_view>, 8> kProtocolNames = {
    {{1, "icmp"}, {2, "igmp"}, {4, "ip-in-ip"}, {6, "tcp"}, {17, "udp"}, {41, "ipv6-in-ip"}, {47, "gre"}, {58, "icmpv6"}}};

}  // namespace

std::string format(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.version == 4) {
    const std::uint32_t bytes = htonl(static_cast<std::uint32_t>(address.high));
    inet_ntop(AF_INET, &bytes, text, sizeof text);
  } else if (address.version == 6) {
    std::array<std::uint8_t, 16> bytes;
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[i] = static_cast<std::uint8_t>(address.high >> (56 - 8 * i));
      bytes[8 + i] = static_cast<std::uint8_t>(address.low >> (56 - 8 * i));
    }
    inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  }
  return text;
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  if (copy.size() != std::string_view(copy.c_str()).size()) return std::nullopt;
  std::uint32_t quad;
  if (inet_pton(AF_INET, copy.c_str(), &quad) == 1) return Address{4, ntohl(quad), 0};
  std::array<std::uint8_t, 16> bytes;
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) != 1) return std::nullopt;
  Address address{6, 0, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    address.high = address.high << 8 | bytes[i];
    address.low = address.low << 8 | bytes[8 + i];
  }
  return address;
}

bool Prefix::contains(const Address& address) const {
  if (address.version != first.version) return false;
  const auto [high, low] = mask_of(first.version, length);
  return (address.high & high) == first.high && (address.low & low) == first.low;
}

Address Prefix::last() const {
  const auto [high, low] = mask_of(first.version, length);
  if (first.version == 4) return {4, first.high | (~high & 0xffffffffULL), 0};
  return {6, first.high | ~high, first.low | ~low};
}

std::uint64_t Prefix::size() const {
  const int host_bits = (first.version == 4 ? 32 : 128) - length;
  return host_bits >= 64 ? ~0ULL : 1ULL << host_bits;
}

std::uint64_t Prefix::index_of(const Address& address) const {
  return first.version == 4 ? address.high - first.high : address.low - first.low;
}

std::string format(const Prefix& prefix) { return format(prefix.first) + "/" + std::to_string(prefix.length); }

Result<Prefix> parse_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  const std::string quoted = "\"" + std::string(text) + "\"";
  if (!address) return Error{quoted + " is not an address or prefix; write it like 198.18.0.0/16 or 2001:db8::/32"};
  const int longest = address->version == 4 ? 32 : 128;
  int length = longest;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size() || length < 0 || length > longest) {
      return Error{quoted + " has no length between 0 and " + std::to_string(longest) + " after the slash"};
    }
  }
  const auto [high, low] = mask_of(address->version, length);
  const Prefix prefix{{address->version, address->high & high, address->low & low}, static_cast<std::uint8_t>(length)};
  if (prefix.first != *address) return Error{quoted + " has bits set after its length; did you mean " + format(prefix) + "?"};
  return prefix;
}

std::string protocol_name(std::uint8_t number) {
  for (const auto& [known, name] : kProtocolNames) {
    if (known == number) return std::string(name);
  }
  return "ipproto-" + std::to_string(number);
}

std::optional<std::uint8_t> protocol_number(std::string_view name) {
  for (const auto& [number, known] : kProtocolNames) {
    if (known == name) return number;
  }
  if (name.starts_with("ipproto-")) name.remove_prefix(8);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || name.empty() || number > 255) return std::nullopt;
  return static_cast<std::uint8_t>(number);
}

}  // namespace nightjar
