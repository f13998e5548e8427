#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "reflector/budget_settings.hpp"

namespace nightjar::reflector {

/// Writes one packet's payload, never past its end: what does not fit turns fits() false for good.
class PacketWriter {
 public:
  explicit PacketWriter(std::span<std::uint8_t> room) : room_(room) {}

  bool fits() const { return fits_; }
  std::size_t size() const { return size_; }
  std::size_t room() const { return room_.size() - size_; }

  void u8(std::uint64_t value) { number(value, 1); }
  void be16(std::uint64_t value) { number(value, 2); }
  void be32(std::uint64_t value) { number(value, 4); }
  void be64(std::uint64_t value) { number(value, 8); }
  void le16(std::uint64_t value) {
    u8(value & 0xff);
    u8(value >> 8 & 0xff);
  }
  void zeros(std::size_t count) {
    if (!take(count)) return;
    std::fill_n(room_.begin() + static_cast<std::ptrdiff_t>(size_ - count), count, std::uint8_t{0});
  }
  void bytes(std::span<const std::uint8_t> more) {
    if (!take(more.size())) return;
    std::copy(more.begin(), more.end(), room_.begin() + static_cast<std::ptrdiff_t>(size_ - more.size()));
  }
  void text(std::string_view words) { bytes({reinterpret_cast<const std::uint8_t*>(words.data()), words.size()}); }
  void decimal(std::uint64_t value) {
    std::array<char, 20> digits{};
    std::size_t at = digits.size();
    do digits[--at] = static_cast<char>('0' + value % 10);
    while ((value /= 10) != 0);
    text({digits.data() + at, digits.size() - at});
  }

  /// Writes over what stands at `at` already, for a length that is known only now.
  void patch_be16(std::size_t at, std::size_t value) {
    if (!fits_ || at + 2 > size_) return;
    room_[at] = static_cast<std::uint8_t>(value >> 8);
    room_[at + 1] = static_cast<std::uint8_t>(value);
  }
  /// Goes back to an earlier size(), as if nothing had been written since.
  void back_to(std::size_t size) {
    size_ = std::min(size, size_);
    fits_ = true;
  }

 private:
  void number(std::uint64_t value, std::size_t size) {
    if (!take(size)) return;
    for (std::size_t i = 0; i < size; ++i) room_[size_ - 1 - i] = static_cast<std::uint8_t>(value >> i * 8);
  }
  bool take(std::size_t count) {
    if (!fits_ || count > room()) {
      fits_ = false;
      return false;
    }
    size_ += count;
    return true;
  }

  std::span<std::uint8_t> room_;
  std::size_t size_ = 0;
  bool fits_ = true;
};

/// The packets of one reply, in memory of the caller's that is used again for every request: at most 10 of at most 1232 bytes.
class ReplyPackets {
 public:
  static constexpr std::size_t kMost = kMostReplyPackets, kMostBytes = kMostReplyBytes;

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::span<const std::uint8_t> operator[](std::size_t i) const { return {&bytes_[i * kMostBytes], sizes_[i]}; }
  void clear() { count_ = 0; }
  /// Keeps the first `count`.
  void keep(std::size_t count) { count_ = std::min(count, count_); }

  /// The next packet; has no room where there are `kMost` already.
  PacketWriter open() {
    if (count_ == kMost) return PacketWriter({});
    return PacketWriter({&bytes_[count_ * kMostBytes], kMostBytes});
  }
  /// Adds what was written into the last open(); not if it is nothing or did not fit.
  bool close(const PacketWriter& packet) {
    if (count_ == kMost || !packet.fits() || packet.size() == 0) return false;
    sizes_[count_++] = static_cast<std::uint16_t>(packet.size());
    return true;
  }

 private:
  std::array<std::uint8_t, kMost * kMostBytes> bytes_;  // not cleared: a reply a request
  std::array<std::uint16_t, kMost> sizes_{};
  std::size_t count_ = 0;
};

}  // namespace nightjar::reflector
