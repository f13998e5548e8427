#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "budget/secret.hpp"
#include "net/address.hpp"

namespace nightjar {

/// What one honeypot pretends to be: names, serial numbers, versions and salts, all out of a seed of its own. The same seed gives the same
/// device for ever, two seeds give two devices, and no value tells another one or the seed. Immutable; shared by threads.
class Persona {
 public:
  /// `seed`: kept by the operator like a password; the same for all addresses of a sensor or one each, as he likes.
  explicit Persona(budget::Secret seed) : seed_(seed) {}

  /// The device at one of many addresses: as different from its neighbours as from those of another sensor.
  Persona at(const Address& address) const;

  /// A number for `what` ("ssh cookie"), and of `which` of them where there are many (the number of the conversation).
  std::uint64_t number(std::string_view what, std::uint64_t which = 0) const;
  /// `digits` hexadecimal digits, lower case.
  std::string hex(std::string_view what, std::size_t digits, std::uint64_t which = 0) const;
  /// `count` bytes.
  std::string bytes(std::string_view what, std::size_t count, std::uint64_t which = 0) const;
  /// A random UUID (RFC 4122, version 4), 36 characters.
  std::string uuid(std::string_view what) const;
  /// One of several texts; always the same one for `what`.
  std::string_view pick(std::string_view what, std::span<const std::string_view> texts) const;

 private:
  budget::Secret seed_;
};

}  // namespace nightjar
