#include "capture/pcap.hpp"

#include <bit>
#include <cstring>
#include <utility>

#include "base/byte_reader.hpp"

namespace nightjar {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
/// Alexey Kuznetzov's: behind the lengths of a record come interface index, protocol and packet type, 8 bytes.
constexpr std::uint32_t kModified = 0xa1b2cd34;
/// Reserved in sf-pcap.c for Francisco Mesquita and for Navtel; libpcap knows the numbers, but does not read them,
/// as how their records look was never written down.
constexpr std::uint32_t kMesquita = 0xa1b234cd;
constexpr std::uint32_t kNavtel = 0xa12b3c4d;

constexpr std::size_t kRecordHeader = 16;
constexpr std::size_t kModifiedRecordHeader = 24;

/// In files of version 2.3 and before, the two lengths of a record are the other way round (2.3: in some).
enum class Lengths { captured_first, original_first, smaller_is_captured };

struct Layout {
  std::size_t record_header;
  std::uint32_t most_captured;
  std::uint16_t link_type;
  Lengths lengths;
};

/// One instantiation for each byte order and resolution: this loop sees every packet of every capture.
template <bool kBigEndian, bool kNano>
class Pcap : public RecordFormat {
 public:
  explicit Pcap(const Layout& layout) : layout_(layout) {}
  std::string_view name() const override { return "pcap"; }
  std::string_view record_word() const override { return "record"; }

  WalkEnd walk(RecordWindow& window, PacketTally& tally) override {
    const Layout layout = layout_;
    while (!tally.full()) {
      if (window.size() < layout.record_header) return WalkEnd::more(layout.record_header, true);
      const std::uint8_t* record = window.begin;
      const std::uint32_t seconds = u32(record), fraction = u32(record + 4);
      std::uint32_t captured = u32(record + 8), original = u32(record + 12);
      if (layout.lengths != Lengths::captured_first && (layout.lengths == Lengths::original_first || captured > original)) {
        std::swap(captured, original);
      }
      if (captured > layout.most_captured) {
        return WalkEnd::broken("the record at byte " + std::to_string(window.offset) + " says " + std::to_string(captured) +
                               " captured bytes, which no packet has");
      }
      const std::size_t size = layout.record_header + captured;
      if (window.size() < size) return WalkEnd::more(size, false);
      // A fraction of a second and more carries over.
      const std::int64_t time_ns = std::int64_t{seconds} * kNanosPerSecond + std::int64_t{fraction} * (kNano ? 1 : 1000);
      tally.add(window.offset, time_ns, record + layout.record_header, captured, original, layout.link_type);
      window.advance(size);
    }
    return WalkEnd::full();
  }

 private:
  static std::uint32_t u32(const std::uint8_t* at) {
    std::uint32_t value;
    std::memcpy(&value, at, sizeof value);
    return kBigEndian == (std::endian::native == std::endian::big) ? value : __builtin_bswap32(value);
  }

  const Layout layout_;
};

bool is_magic(std::uint32_t number) {
  return number == kMicroseconds || number == kNanoseconds || number == kModified || number == kMesquita || number == kNavtel;
}

}  // namespace

bool begins_pcap(std::span<const std::uint8_t> head) { return is_magic(ByteReader(head).be32()) || is_magic(ByteReader(head).le32()); }

Result<std::unique_ptr<RecordFormat>> make_pcap(std::span<const std::uint8_t> head, PacketTally& tally) {
  ByteReader reader(head);
  const bool big = is_magic(reader.be32());
  const auto u16 = [&] { return big ? reader.be16() : reader.le16(); };
  const auto u32 = [&] { return big ? reader.be32() : reader.le32(); };
  const std::uint32_t magic = big ? ByteReader(head).be32() : ByteReader(head).le32();
  if (magic == kMesquita || magic == kNavtel) {
    return Error{"is a vendor's variant of pcap whose records were never documented; convert it with the program that wrote it"};
  }
  const std::uint16_t major = u16(), minor = u16();
  // 543.0: an old release of DG/UX, otherwise 2.4 (sf-pcap.c).
  if (major != 2 && !(major == 543 && minor == 0)) {
    return Error{"is of pcap version " + std::to_string(major) + "." + std::to_string(minor) + ", which cannot be read (2.x can)"};
  }
  reader.skip(8);  // zone and accuracy, 0 everywhere
  Layout layout{};
  layout.most_captured = most_captured_bytes(u32());
  layout.link_type = static_cast<std::uint16_t>(u32());  // above: length of the frame check sequence
  layout.record_header = magic == kModified ? kModifiedRecordHeader : kRecordHeader;
  layout.lengths = major == 543 || minor > 3 ? Lengths::captured_first
                   : minor == 3              ? Lengths::smaller_is_captured
                                             : Lengths::original_first;
  tally.add_link_type(layout.link_type);
  using Pointer = std::unique_ptr<RecordFormat>;
  if (magic == kNanoseconds) return big ? Pointer(new Pcap<true, true>(layout)) : Pointer(new Pcap<false, true>(layout));
  return big ? Pointer(new Pcap<true, false>(layout)) : Pointer(new Pcap<false, false>(layout));
}

}  // namespace nightjar
