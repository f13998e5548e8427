#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nightjar::reflector {

/// Writes BER (X.690) from its end to its beginning: a length is known when it is written. At most 1232 bytes; more turns fits() false for
/// good. `mark()`s nest: write the content, then its header over what was written since the mark.
class BerWriter {
 public:
  enum class Lengths { shortest, four_bytes };  ///< Windows writes 84 xx xx xx xx for sequences
  explicit BerWriter(Lengths lengths = Lengths::shortest) : lengths_(lengths) {}

  bool fits() const { return fits_; }
  std::span<const std::uint8_t> bytes() const { return {bytes_.data() + at_, bytes_.size() - at_}; }
  std::size_t size() const { return bytes_.size() - at_; }
  std::size_t mark() const { return size(); }

  void raw(std::span<const std::uint8_t> more) {
    if (!fits_ || more.size() > at_) {
      fits_ = false;
      return;
    }
    at_ -= more.size();
    std::copy(more.begin(), more.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_));
  }
  /// Tag and length in front of all that was written since the mark.
  void header(std::uint8_t tag, std::size_t mark) {
    const std::size_t length = size() - mark;
    constexpr std::uint8_t kConstructed = 0x20;
    if (lengths_ == Lengths::four_bytes && (tag & kConstructed)) {
      put(length, 4);
      put(0x84, 1);
    } else if (length < 0x80) {
      put(length, 1);
    } else if (length < 0x100) {
      put(length, 1);
      put(0x81, 1);
    } else {
      put(length, 2);
      put(0x82, 1);
    }
    put(tag, 1);
  }
  void value(std::uint8_t tag, std::span<const std::uint8_t> content) {
    const std::size_t end = mark();
    raw(content);
    header(tag, end);
  }
  void text(std::uint8_t tag, std::string_view content) {
    value(tag, {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
  }
  /// As few bytes as hold it, one more where the highest bit would make it negative.
  void number(std::uint8_t tag, std::uint32_t content) {
    const std::size_t end = mark();
    std::uint64_t rest = content;
    do {
      put(rest & 0xff, 1);
      rest >>= 8;
    } while (rest != 0);
    if (fits_ && (bytes_[at_] & 0x80)) put(0, 1);
    header(tag, end);
  }

 private:
  void put(std::uint64_t value, std::size_t size) {
    std::array<std::uint8_t, 8> big{};
    for (std::size_t i = 0; i < size; ++i) big[i] = static_cast<std::uint8_t>(value >> (size - 1 - i) * 8);
    raw(std::span(big).first(size));
  }

  Lengths lengths_;
  std::array<std::uint8_t, 1232> bytes_{};
  std::size_t at_ = bytes_.size();
  bool fits_ = true;
};

}  // namespace nightjar::reflector
