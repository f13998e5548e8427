#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace nightjar {

/// Reads numbers out of bytes that somebody else sent, never past their end. A read that does not fit returns
/// 0 and turns `ok()` false for good; so a header can be read field by field and judged once. Does not own the
/// bytes: they must outlive the reader.
class ByteReader {
 public:
  ByteReader(const std::uint8_t* bytes, std::size_t size) : begin_(bytes), at_(bytes), end_(bytes + size) {}
  explicit ByteReader(std::span<const std::uint8_t> bytes) : ByteReader(bytes.data(), bytes.size()) {}

  bool ok() const { return ok_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
  const std::uint8_t* position() const { return at_; }
  bool can_read(std::size_t bytes) const { return remaining() >= bytes; }

  std::uint8_t u8() { return take(1) ? at_[-1] : 0; }
  std::uint16_t be16() { return take(2) ? static_cast<std::uint16_t>(at_[-2] << 8 | at_[-1]) : 0; }
  std::uint32_t be32() {
    return take(4) ? std::uint32_t{at_[-4]} << 24 | std::uint32_t{at_[-3]} << 16 | std::uint32_t{at_[-2]} << 8 | at_[-1] : 0;
  }
  std::uint64_t be64() {
    const std::uint64_t high = be32();
    return high << 32 | be32();
  }
  std::uint16_t le16() { return take(2) ? static_cast<std::uint16_t>(at_[-1] << 8 | at_[-2]) : 0; }
  std::uint32_t le32() {
    return take(4) ? std::uint32_t{at_[-1]} << 24 | std::uint32_t{at_[-2]} << 16 | std::uint32_t{at_[-3]} << 8 | at_[-4] : 0;
  }
  bool skip(std::size_t bytes) { return take(bytes); }

  /// The next `bytes` bytes as a view; empty (and not ok) where fewer are there.
  std::span<const std::uint8_t> bytes(std::size_t count) {
    return take(count) ? std::span<const std::uint8_t>(at_ - count, count) : std::span<const std::uint8_t>();
  }

 private:
  bool take(std::size_t bytes) {
    if (!ok_ || remaining() < bytes) {
      ok_ = false;
      return false;
    }
    at_ += bytes;
    return true;
  }

  const std::uint8_t* begin_;
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  bool ok_ = true;
};

}  // namespace nightjar
