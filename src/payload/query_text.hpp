#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nightjar {

/// What a request asked for, as one line of printable ASCII in a buffer of fixed size. Outside bytes are escaped: `\t`, `\n`, `\r`, `\\`,
/// and
/// `\xHH` for all others that are not printable ASCII. What does not fit is left out and the text ends in "...".
class QueryText {
 public:
  /// A DNS name of 253 characters with its type and class fits.
  static constexpr std::size_t kMost = 300;

  std::string_view view() const { return {characters_.data(), size_}; }
  bool empty() const { return size_ == 0; }
  void clear() {
    size_ = 0;
    full_ = false;
  }

  /// A byte of somebody else's.
  void add(std::uint8_t byte) {
    if (byte > ' ' && byte < 0x7f && byte != '\\' && size_ < kMost - kDots) {
      characters_[size_++] = static_cast<char>(byte);
    } else {
      add_rare(byte);
    }
  }
  void add(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) add(byte);
  }
  /// A byte that must not stand for itself here, such as a dot inside a label of a DNS name.
  void add_as_hex(std::uint8_t byte);
  /// Words of ours.
  void add_words(std::string_view words);
  void add_number(std::uint32_t number);

 private:
  static constexpr std::size_t kDots = 3;
  void add_rare(std::uint8_t byte);
  /// All of it or, for good, three dots.
  void put(std::string_view text);

  std::array<char, kMost> characters_;  // not cleared: a request a packet
  std::uint16_t size_ = 0;
  bool full_ = false;
};

}  // namespace nightjar
