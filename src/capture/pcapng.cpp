#include "capture/pcapng.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "capture/pcapng_interface.hpp"

namespace nightjar {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in both byte orders
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kPacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kInterfaceStatistics = 5;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrder = 0x1a2b3c4d;

/// Type, length, and the length again at the end.
constexpr std::size_t kHead = 8;
constexpr std::size_t kTail = 4;
/// Interfaces a section may describe; the format sets no bound, memory does. Packet Blocks number 65,536.
constexpr std::size_t kMostInterfaces = 65'536;

std::uint32_t load(const std::uint8_t* at, bool big_endian) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return big_endian == (std::endian::native == std::endian::big) ? value : __builtin_bswap32(value);
}

/// The byte order that a Section Header Block declares; nothing for anything else.
std::optional<bool> section_is_big_endian(const std::uint8_t* block) {
  if (load(block + kHead, false) == kByteOrder) return false;
  if (load(block + kHead, true) == kByteOrder) return true;
  return std::nullopt;
}

std::string text(std::uint64_t number) { return std::to_string(number); }

class Pcapng : public RecordFormat {
 public:
  std::string_view name() const override { return "pcapng"; }
  std::string_view record_word() const override { return "block"; }

  WalkEnd walk(RecordWindow& window, PacketTally& tally) override {
    while (!tally.full()) {
      constexpr std::size_t kLeast = kHead + kTail;
      if (window.size() < kLeast) return WalkEnd::more(kLeast, true);
      offset_ = window.offset;
      const std::uint32_t type = load(window.begin, big_endian_);
      if (type == kSectionHeader) {
        const std::optional<bool> big_endian = section_is_big_endian(window.begin);
        if (!big_endian) return broken("is a section header without a byte order");
        big_endian_ = *big_endian;
      }
      const std::uint32_t size = u32(window.begin + 4);
      if (size < kLeast) return broken("says it has " + text(size) + " bytes; its frame alone has 12");
      if (size > kMostRecordBytes) return broken("says it has " + text(size) + " bytes, which no block has");
      // Some writers forget the padding in the length; Wireshark reads them this way.
      const std::size_t padded = (std::size_t{size} + 3) / 4 * 4;
      if (window.size() < padded) return WalkEnd::more(padded, false);
      const std::uint32_t size_again = u32(window.begin + padded - kTail);
      if (size_again != size)
        return broken("says it has " + text(size) + " bytes at its beginning, and " + text(size_again) + " at its end");
      const std::span<const std::uint8_t> body(window.begin + kHead, padded - kHead - kTail);
      if (std::string wrong = read_block(type, body, tally); !wrong.empty()) return broken(wrong);
      window.advance(padded);
    }
    return WalkEnd::full();
  }

 private:
  std::uint16_t u16(const std::uint8_t* at) const {
    return static_cast<std::uint16_t>(big_endian_ ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
  }
  std::uint32_t u32(const std::uint8_t* at) const { return load(at, big_endian_); }

  WalkEnd broken(const std::string& how) const { return WalkEnd::broken("the block at byte " + text(offset_) + " " + how); }

  /// Empty, or what is wrong with the block.
  std::string read_block(std::uint32_t type, std::span<const std::uint8_t> body, PacketTally& tally) {
    switch (type) {
      case kEnhancedPacket: return read_packet(body, body.size() < 4 ? 0 : u32(body.data()), tally);
      case kPacket: return read_packet(body, body.size() < 4 ? 0 : u16(body.data()), tally);
      case kSimplePacket: return read_simple_packet(body, tally);
      case kSectionHeader: return read_section(body);
      case kInterfaceDescription: return read_description(body, tally);
      case kInterfaceStatistics: return read_statistics(body, tally);
      default: return {};  // names, secrets, custom and unknown blocks
    }
  }

  static std::string too_short(std::string_view what, std::size_t least, std::size_t bytes) {
    return "is " + std::string(what) + " of " + text(bytes + kHead + kTail) + " bytes; the least is " + text(least + kHead + kTail);
  }

  std::string no_interface(std::uint32_t number) const {
    return "belongs to interface " + text(number) + "; the section has described " + text(interfaces_.size());
  }

  std::string read_section(std::span<const std::uint8_t> body) {
    constexpr std::size_t kLeast = 16;
    if (body.size() < kLeast) return too_short("a section header", kLeast, body.size());
    const std::uint16_t major = u16(body.data() + 4), minor = u16(body.data() + 6);
    if (major != 1) return "is a section of pcapng version " + text(major) + "." + text(minor) + ", which cannot be read (1.x can)";
    interfaces_.clear();
    return {};
  }

  std::string read_description(std::span<const std::uint8_t> body, PacketTally& tally) {
    constexpr std::size_t kLeast = 8;
    if (body.size() < kLeast) return too_short("an interface description", kLeast, body.size());
    if (interfaces_.size() == kMostInterfaces) return "describes one interface more than the 65,536 that can be read";
    interfaces_.push_back(read_interface(body, big_endian_));
    tally.add_link_type(interfaces_.back().link_type);
    return {};
  }

  /// Enhanced Packet Block and Packet Block differ in how they number the interface (and count drops beside it).
  std::string read_packet(std::span<const std::uint8_t> body, std::uint32_t number, PacketTally& tally) {
    constexpr std::size_t kFixed = 20;
    if (body.size() < kFixed) return too_short("a packet", kFixed, body.size());
    if (number >= interfaces_.size()) return no_interface(number);
    const PcapngInterface& interface = interfaces_[number];
    const std::uint64_t ticks = std::uint64_t{u32(body.data() + 4)} << 32 | u32(body.data() + 8);
    const std::uint32_t captured = u32(body.data() + 12), original = u32(body.data() + 16);
    if (captured > body.size() - kFixed) {
      return "says " + text(captured) + " captured bytes, there is room for " + text(body.size() - kFixed);
    }
    if (captured > most_captured_bytes(interface.snapshot_length)) return "says " + text(captured) + " captured bytes, which no packet has";
    last_time_ns_ = interface.time_ns(ticks);
    tally.add(offset_, last_time_ns_, body.data() + kFixed, captured, original, interface.link_type);
    return {};
  }

  std::string read_simple_packet(std::span<const std::uint8_t> body, PacketTally& tally) const {
    constexpr std::size_t kFixed = 4;
    if (body.size() < kFixed) return too_short("a packet", kFixed, body.size());
    if (interfaces_.empty()) return no_interface(0);
    const PcapngInterface& interface = interfaces_.front();
    const std::uint32_t original = u32(body.data());
    std::uint32_t captured = original;
    if (interface.snapshot_length > 0) captured = std::min(captured, interface.snapshot_length);
    if (captured > body.size() - kFixed) {
      return "says " + text(captured) + " captured bytes, there is room for " + text(body.size() - kFixed);
    }
    if (captured > most_captured_bytes(interface.snapshot_length)) return "says " + text(captured) + " captured bytes, which no packet has";
    tally.add(offset_, last_time_ns_, body.data() + kFixed, captured, original, interface.link_type);
    return {};
  }

  std::string read_statistics(std::span<const std::uint8_t> body, PacketTally& tally) {
    constexpr std::size_t kFixed = 12;
    if (body.size() < kFixed) return too_short("an interface statistic", kFixed, body.size());
    const std::uint32_t number = u32(body.data());
    if (number >= interfaces_.size()) return {};  // Wireshark and libpcap read on, too
    // Each block counts from the start of the capture: what is new since the last one counts, unless that was skipped.
    const std::uint64_t dropped = read_dropped(body.subspan(kFixed), big_endian_);
    std::uint64_t& known = interfaces_[number].drops;
    if (dropped > known) {
      if (!tally.skips(offset_)) tally.add_kernel_drops(dropped - known);
      known = dropped;
    }
    if (!tally.skips(offset_)) {
      const CaptureRemarks remarks = read_remarks(body.subspan(kFixed), big_endian_);
      tally.add_remarks(remarks.gaps, remarks.clock_steps);
    }
    return {};
  }

  bool big_endian_ = false;
  std::uint64_t offset_ = 0;       ///< of the block being read
  std::int64_t last_time_ns_ = 0;  ///< of the packet before, for packets without a time
  std::vector<PcapngInterface> interfaces_;
};

}  // namespace

bool begins_pcapng(std::span<const std::uint8_t> head) {
  return head.size() >= kPcapngHeadBytes && load(head.data(), false) == kSectionHeader && section_is_big_endian(head.data()).has_value();
}

std::unique_ptr<RecordFormat> make_pcapng() { return std::make_unique<Pcapng>(); }

}  // namespace nightjar
