#include "capture/erf.hpp"

#include <algorithm>
#include <array>

#include "base/byte_reader.hpp"

namespace nightjar {
namespace {

constexpr std::uint8_t kHasExtension = 0x80;
constexpr std::size_t kExtensionBytes = 8;

enum ErfType : std::uint8_t {
  kHdlcPos = 1,
  kEthernet = 2,
  kMcHdlc = 5,
  kColorHdlcPos = 10,
  kColorEthernet = 11,
  kIpCounter = 13,
  kTcpFlowCounter = 14,
  kDsmColorHdlcPos = 15,
  kDsmColorEthernet = 16,
  kColorMcHdlc = 17,
  kColorHashPos = 19,
  kColorHashEthernet = 20,
  kIpv4 = 22,
  kIpv6 = 23,
  kMeta = 27,
  kPad = 48,
};

constexpr std::uint16_t kLinkEthernet = 1, kLinkPppHdlc = 50, kLinkCiscoHdlc = 104, kLinkErf = 197, kLinkIpv4 = 228, kLinkIpv6 = 229;

struct ErfHeader {
  std::uint64_t time = 0;  ///< seconds since 1970 in the upper half, 2^-32 seconds in the lower
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  bool extended = false;
  std::uint16_t record_bytes = 0;  ///< with this header
  std::uint16_t wire_bytes = 0;
};

/// Little endian time in a header that is big endian otherwise.
ErfHeader read_header(ByteReader& reader) {
  ErfHeader header;
  const std::uint64_t fraction = reader.le32();
  header.time = std::uint64_t{reader.le32()} << 32 | fraction;
  const std::uint8_t type = reader.u8();
  header.type = type & 0x7f;
  header.extended = (type & kHasExtension) != 0;
  header.flags = reader.u8();
  header.record_bytes = reader.be16();
  reader.skip(2);  // lost packets or colour
  header.wire_bytes = reader.be16();
  return header;
}

std::int64_t time_of(std::uint64_t time) {
  const std::uint64_t nanos = ((time & 0xffffffff) * static_cast<std::uint64_t>(kNanosPerSecond)) >> 32;
  return static_cast<std::int64_t>(time >> 32) * kNanosPerSecond + static_cast<std::int64_t>(nanos);
}

bool known_type(std::uint8_t type) { return (type >= kHdlcPos && type <= kMeta) || type == kPad; }
bool holds_packet(std::uint8_t type) { return type != kPad && type != kMeta && type != kIpCounter && type != kTcpFlowCounter; }

/// PPP frames on HDLC begin with all-stations address and unnumbered information (RFC 1662); else Cisco's.
std::uint16_t hdlc_link_type(ByteReader frame) { return frame.be16() == 0xff03 ? kLinkPppHdlc : kLinkCiscoHdlc; }

class Erf : public RecordFormat {
 public:
  std::string_view name() const override { return "erf"; }
  std::string_view record_word() const override { return "record"; }

  WalkEnd walk(RecordWindow& window, PacketTally& tally) override {
    while (!tally.full()) {
      if (window.size() < kErfHeaderBytes) return WalkEnd::more(kErfHeaderBytes, true);
      ByteReader reader(window.begin, window.size());
      const ErfHeader header = read_header(reader);
      if (header.record_bytes < kErfHeaderBytes) {
        return WalkEnd::broken("the record at byte " + std::to_string(window.offset) + " says it has " +
                               std::to_string(header.record_bytes) + " bytes; its header alone has 16");
      }
      if (window.size() < header.record_bytes) return WalkEnd::more(header.record_bytes, false);
      if (!read_record(window, header, tally)) {
        return WalkEnd::broken("the headers of the record at byte " + std::to_string(window.offset) + " are longer than its " +
                               std::to_string(header.record_bytes) + " bytes");
      }
      window.advance(header.record_bytes);
    }
    return WalkEnd::full();
  }

 private:
  /// False where the extension headers run past the record.
  static bool read_record(const RecordWindow& window, const ErfHeader& header, PacketTally& tally) {
    ByteReader reader(window.begin, header.record_bytes);
    reader.skip(kErfHeaderBytes);
    for (bool more = header.extended; more;) {
      more = (reader.u8() & kHasExtension) != 0;
      if (!reader.skip(kExtensionBytes - 1)) return false;
    }
    if (!holds_packet(header.type)) return true;

    std::uint16_t link_type = kLinkErf;
    switch (header.type) {
      case kEthernet:
      case kColorEthernet:
      case kDsmColorEthernet:
      case kColorHashEthernet:
        reader.skip(2);  // offset and padding
        link_type = kLinkEthernet;
        break;
      case kHdlcPos:
      case kColorHdlcPos:
      case kDsmColorHdlcPos:
      case kColorHashPos: link_type = hdlc_link_type(reader); break;
      case kMcHdlc:
      case kColorMcHdlc:
        reader.skip(4);  // number of the channel
        link_type = hdlc_link_type(reader);
        break;
      case kIpv4: link_type = kLinkIpv4; break;
      case kIpv6: link_type = kLinkIpv6; break;
      default: reader = ByteReader(window.begin, header.record_bytes);
    }
    if (!reader.ok()) return false;
    std::uint32_t captured = static_cast<std::uint32_t>(reader.remaining());
    // Records are padded; what is longer than the frame is not the frame's.
    if (link_type != kLinkErf) captured = std::min<std::uint32_t>(captured, header.wire_bytes);
    tally.add_link_type(link_type);
    tally.add(window.offset, time_of(header.time), reader.position(), captured, header.wire_bytes, link_type);
    return true;
  }
};

}  // namespace

bool may_be_erf(std::span<const std::uint8_t> head) {
  ByteReader reader(head);
  const ErfHeader header = read_header(reader);
  constexpr std::uint64_t kYear1980 = 315'532'800;
  constexpr std::uint8_t kReservedFlags = 0xc0;  // set in most letters, so most texts end here
  return reader.ok() && known_type(header.type) && (header.flags & kReservedFlags) == 0 && header.record_bytes >= kErfHeaderBytes &&
         header.time >> 32 >= kYear1980;
}

bool looks_like_erf(std::span<const std::uint8_t> head) {
  constexpr int kEnough = 16;
  constexpr std::uint64_t kApart = 10 * 365 * 86'400;  // seconds between neighbours
  std::uint64_t previous = 0;
  int records = 0, packets = 0;
  for (; records < kEnough && head.size() >= kErfHeaderBytes; ++records) {
    ByteReader reader(head);
    const ErfHeader header = read_header(reader);
    if (!may_be_erf(head)) return false;
    const std::uint64_t seconds = header.time >> 32;
    if (records > 0 && std::max(seconds, previous) - std::min(seconds, previous) > kApart) return false;
    previous = seconds;
    // Cut off: damage, if something came before it.
    if (header.record_bytes > head.size()) break;
    packets += holds_packet(header.type) ? 1 : 0;
    head = head.subspan(header.record_bytes);
  }
  // Padding is the digit 0 in text, which could go on for long.
  return packets > 0;
}

std::unique_ptr<RecordFormat> make_erf() { return std::make_unique<Erf>(); }

}  // namespace nightjar
