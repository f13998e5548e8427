#include "capture/pcapng_interface.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/byte_reader.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

using Wide = __int128;

constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kComment = 1;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;
constexpr std::uint16_t kInterfaceDrop = 5;
constexpr std::uint16_t kSystemDrop = 7;

constexpr std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

std::uint64_t u64(std::span<const std::uint8_t> value, bool big_endian) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | value[big_endian ? i : 7 - i];
  return number;
}

/// Calls `visit(code, value)` for each option; values are padded to 32 bits.
template <class Visit>
void for_each_option(std::span<const std::uint8_t> options, bool big_endian, Visit visit) {
  ByteReader reader(options);
  while (reader.can_read(4)) {
    const std::uint16_t code = big_endian ? reader.be16() : reader.le16();
    const std::uint16_t length = big_endian ? reader.be16() : reader.le16();
    if (code == kEndOfOptions) return;
    const std::span<const std::uint8_t> value = reader.bytes(length);
    if (!reader.ok()) return;
    visit(code, value);
    if (!reader.skip((4 - length % 4) % 4)) return;
  }
}

}  // namespace

std::int64_t PcapngInterface::time_ns(std::uint64_t ticks) const {
  constexpr unsigned kNanoExponent = 9;
  constexpr unsigned kLargestPower = 19;  // of ten, in 64 bits
  Wide nanos = 0;
  if (binary) {
    nanos = (static_cast<Wide>(ticks) * kNanosPerSecond) >> std::min<unsigned>(exponent, 127);
  } else if (exponent <= kNanoExponent) {
    nanos = static_cast<Wide>(ticks) * static_cast<Wide>(power_of_ten(kNanoExponent - exponent));
  } else if (exponent - kNanoExponent <= kLargestPower) {
    nanos = static_cast<Wide>(ticks / power_of_ten(exponent - kNanoExponent));
  }
  nanos += static_cast<Wide>(offset_seconds) * kNanosPerSecond;
  return static_cast<std::int64_t>(
      std::clamp<Wide>(nanos, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()));
}

PcapngInterface read_interface(std::span<const std::uint8_t> body, bool big_endian) {
  PcapngInterface interface;
  ByteReader reader(body);
  interface.link_type = big_endian ? reader.be16() : reader.le16();
  reader.skip(2);
  interface.snapshot_length = big_endian ? reader.be32() : reader.le32();
  for_each_option(body.subspan(reader.offset()), big_endian, [&](std::uint16_t code, std::span<const std::uint8_t> value) {
    if (code == kTimeResolution && value.size() == 1) {
      interface.binary = (value[0] & 0x80) != 0;
      interface.exponent = value[0] & 0x7f;
    } else if (code == kTimeOffset && value.size() == 8) {
      interface.offset_seconds = static_cast<std::int64_t>(u64(value, big_endian));
    }
  });
  return interface;
}

std::uint64_t read_dropped(std::span<const std::uint8_t> options, bool big_endian) {
  std::uint64_t dropped = 0;
  for_each_option(options, big_endian, [&](std::uint16_t code, std::span<const std::uint8_t> value) {
    if ((code != kInterfaceDrop && code != kSystemDrop) || value.size() != 8) return;
    const std::uint64_t count = u64(value, big_endian);
    dropped = count > ~dropped ? ~0ULL : dropped + count;
  });
  return dropped;
}

CaptureRemarks read_remarks(std::span<const std::uint8_t> options, bool big_endian) {
  CaptureRemarks remarks;
  const auto count = [](std::string_view text, std::string_view what) {
    std::uint64_t times = 0;
    for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) ++times;
    return times;
  };
  for_each_option(options, big_endian, [&](std::uint16_t code, std::span<const std::uint8_t> value) {
    if (code != kComment) return;
    const std::string_view text(reinterpret_cast<const char*>(value.data()), value.size());
    remarks.gaps += count(text, "nightjar gap ");
    remarks.clock_steps += count(text, "nightjar clock step ");
  });
  return remarks;
}

}  // namespace nightjar
