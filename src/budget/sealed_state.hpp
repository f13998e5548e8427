#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar::budget {

/// Bytes that are kept on a disk between two runs: 8 letters of what they are, version (u32), size (u64), the content, and the XXH3-64 of
/// all before it; numbers little-endian. The checksum tells damage, not malice: what is opened is still read as outside bytes are.
std::vector<std::uint8_t> seal(std::string_view eight_letters, std::uint32_t version, std::span<const std::uint8_t> content);

/// The content, a view into `bytes`; else what is wrong with them as the end of a sentence: "it is cut short: 12 of 90 bytes".
Result<std::span<const std::uint8_t>> unseal(std::string_view eight_letters, std::uint32_t version, std::span<const std::uint8_t> bytes);

/// Numbers behind each other, little-endian.
class StateWriter {
 public:
  void u8(std::uint8_t value) { number(value, 1); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  void number(std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> i * 8));
  }
  std::vector<std::uint8_t> bytes_;
};

}  // namespace nightjar::budget
