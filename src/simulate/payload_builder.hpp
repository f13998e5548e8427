#pragma once
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace nightjar::simulate {

/// Puts a payload together, numbers in network order, in a room that is large enough (our own payloads: asserted, never checked).
class PayloadBuilder {
 public:
  explicit PayloadBuilder(std::span<std::uint8_t> room) : room_(room) {}

  std::span<const std::uint8_t> written() const { return room_.first(size_); }

  PayloadBuilder& text(std::string_view words) {
    assert(size_ + words.size() <= room_.size());
    std::memcpy(room_.data() + size_, words.data(), words.size());
    size_ += words.size();
    return *this;
  }
  PayloadBuilder& bytes(std::span<const std::uint8_t> source) {
    assert(size_ + source.size() <= room_.size());
    std::memcpy(room_.data() + size_, source.data(), source.size());
    size_ += source.size();
    return *this;
  }
  PayloadBuilder& u8(unsigned value) {
    assert(size_ < room_.size());
    room_[size_++] = static_cast<std::uint8_t>(value);
    return *this;
  }
  PayloadBuilder& be16(unsigned value) { return store(__builtin_bswap16(static_cast<std::uint16_t>(value))); }
  PayloadBuilder& be32(std::uint32_t value) { return store(__builtin_bswap32(value)); }
  PayloadBuilder& be64(std::uint64_t value) { return store(__builtin_bswap64(value)); }
  PayloadBuilder& le64(std::uint64_t value) { return store(value); }
  PayloadBuilder& zeros(std::size_t count) {
    assert(size_ + count <= room_.size());
    std::memset(room_.data() + size_, 0, count);
    size_ += count;
    return *this;
  }

  PayloadBuilder& decimal(std::uint32_t value, unsigned least_digits = 1) {
    std::array<char, 10> digits;
    std::size_t first = digits.size();
    while (value != 0 || digits.size() - first < least_digits) {
      digits[--first] = static_cast<char>('0' + value % 10);
      value /= 10;
    }
    return text(std::string_view(digits.data() + first, digits.size() - first));
  }
  PayloadBuilder& hex(std::uint64_t value, unsigned digits) {
    while (digits-- > 0) u8(static_cast<unsigned char>("0123456789abcdef"[value >> digits * 4 & 15]));
    return *this;
  }
  PayloadBuilder& dotted(std::uint32_t address) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      decimal(address >> shift & 255);
      if (shift > 0) u8('.');
    }
    return *this;
  }

 private:
  static_assert(std::endian::native == std::endian::little);

  template <class Number>
  PayloadBuilder& store(Number value) {
    assert(size_ + sizeof value <= room_.size());
    std::memcpy(room_.data() + size_, &value, sizeof value);
    size_ += sizeof value;
    return *this;
  }

  std::span<std::uint8_t> room_;
  std::size_t size_ = 0;
};

}  // namespace nightjar::simulate
