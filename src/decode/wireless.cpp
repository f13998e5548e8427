#include "base/byte_reader.hpp"
#include "decode/link.hpp"

namespace nightjar::wire {
namespace {

constexpr unsigned kDataFrame = 2;
constexpr std::uint8_t kToDistribution = 0x01, kFromDistribution = 0x02, kProtected = 0x40, kOrder = 0x80;
constexpr std::uint8_t kAggregated = 0x80;  ///< QoS control: the body is an A-MSDU

}  // namespace

/// IEEE 802.11: frame control, addresses, sequence, perhaps a fourth address, QoS and HT control; then LLC.
Wireless strip_wireless(Bytes frame, bool padded) {
  ByteReader in(frame);
  const std::uint8_t kind = in.u8();
  const std::uint8_t flags = in.u8();
  if (!in.ok()) return {Undecodable::link_truncated, {}};
  if ((kind & 0x03) != 0) return {Undecodable::link_malformed, {}};  // protocol version
  const unsigned subtype = kind >> 4;
  const bool carries_data = (kind >> 2 & 3) == kDataFrame && (subtype & 4) == 0;
  if (!carries_data || (flags & kProtected)) return {};
  in.skip(22);
  if ((flags & kToDistribution) && (flags & kFromDistribution)) in.skip(6);
  bool aggregated = false;
  if (subtype & 8) {
    aggregated = in.u8() & kAggregated;
    in.skip(1);
    if (flags & kOrder) in.skip(4);
  }
  if (padded && in.offset() % 4 != 0) in.skip(4 - in.offset() % 4);
  if (aggregated) in.skip(14);  // the first of the aggregated frames counts
  if (!in.ok()) return {Undecodable::link_truncated, {}};
  return {Undecodable::none, Bytes(in.position(), in.remaining())};
}

/// radiotap.org: version 0, length, a chain of presence words, then fields at their natural alignment. Only `flags` matters here:
/// it says whether the 802.11 header is padded to 4 bytes. (A frame check sequence at the end is cut off by the IP length.)
Wireless strip_radiotap(Bytes frame) {
  constexpr std::uint32_t kHasTimestamp = 1u << 0, kHasFlags = 1u << 1, kMorePresence = 1u << 31;
  constexpr std::uint8_t kPadded = 0x20;
  constexpr std::size_t kFirstPresence = 4;
  ByteReader in(frame);
  const std::uint8_t version = in.u8();
  in.skip(1);
  const std::size_t length = in.le16();
  const std::uint32_t present = in.le32();
  if (!in.ok()) return {Undecodable::link_truncated, {}};
  if (version != 0 || length < kFirstPresence + 4) return {Undecodable::link_malformed, {}};
  if (length > frame.size()) return {Undecodable::link_truncated, {}};
  ByteReader header(frame.first(length));
  header.skip(kFirstPresence);
  while (header.le32() & kMorePresence) {
  }
  if (present & kHasTimestamp) {
    header.skip((8 - header.offset() % 8) % 8);
    header.skip(8);
  }
  const std::uint8_t flags = present & kHasFlags ? header.u8() : 0;
  if (!header.ok()) return {Undecodable::link_malformed, {}};
  return strip_wireless(frame.subspan(length), flags & kPadded);
}

}  // namespace nightjar::wire
