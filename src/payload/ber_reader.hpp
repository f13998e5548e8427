#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nightjar::requests {

/// One tag, length and value of BER (X.690), as far as it was sent.
struct BerValue {
  std::uint8_t tag = 0;
  bool ok = false;
  bool long_length = false;  ///< the length stands in bytes of its own
  std::span<const std::uint8_t> content;
};

/// Takes the next value off the front of `bytes`. Tolerant: a length beyond the end means "up to the end", as senders' lengths are often
/// wrong and captures cut. Not ok where no tag and length are there, or the length is of the indefinite form or above 4 bytes.
inline BerValue take_ber(std::span<const std::uint8_t>& bytes) {
  BerValue value;
  if (bytes.size() < 2) return value;
  value.tag = bytes[0];
  std::size_t length = bytes[1], header = 2;
  if (length & 0x80) {
    const std::size_t octets = length & 0x7f;
    if (octets == 0 || octets > 4 || bytes.size() < 2 + octets) return value;
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | bytes[2 + i];
    header += octets;
    value.long_length = true;
  }
  length = std::min(length, bytes.size() - header);
  value.content = bytes.subspan(header, length);
  value.ok = true;
  bytes = bytes.subspan(header + length);
  return value;
}

/// The number of an INTEGER's content, its lower 32 bits; 0 for none.
inline std::uint32_t ber_number(std::span<const std::uint8_t> content) {
  std::uint32_t number = 0;
  for (const std::uint8_t byte : content) number = number << 8 | byte;
  return number;
}

}  // namespace nightjar::requests
