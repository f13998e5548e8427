#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "capture/packet_tally.hpp"

namespace nightjar {

/// No record of any format may be longer, whatever the file says: what libpcap and Wireshark allow a pcapng block.
inline constexpr std::uint32_t kMostRecordBytes = 16 << 20;
/// Packets above this are damage unless the file's snapshot length is larger: libpcap's MAXIMUM_SNAPLEN, Wireshark's
/// WTAP_MAX_PACKET_SIZE_STANDARD.
inline constexpr std::uint32_t kMostCapturedBytes = 262'144;
/// The largest packet that a file with this snapshot length may hold. Lengths that no record can have (0xffffffff is
/// common) mean that nobody set one.
constexpr std::uint32_t most_captured_bytes(std::uint32_t snapshot_length) {
  const bool larger = snapshot_length > kMostCapturedBytes && snapshot_length <= kMostRecordBytes;
  return larger ? snapshot_length : kMostCapturedBytes;
}

/// The bytes of a capture that are in memory and not yet read. `offset`: of `begin` in the decompressed bytes.
struct RecordWindow {
  const std::uint8_t* begin;
  const std::uint8_t* end;
  std::uint64_t offset;

  std::size_t size() const { return static_cast<std::size_t>(end - begin); }
  void advance(std::size_t bytes) {
    begin += bytes;
    offset += bytes;
  }
};

/// Why a walk ended.
struct WalkEnd {
  enum class Why {
    full,    ///< no more packets fit into the block
    more,    ///< the next record needs `needed` bytes from its beginning, more than the window has
    broken,  ///< `sentence` says what is wrong with the next record; nothing behind it can be read
  };
  Why why;
  std::size_t needed = 0;
  bool header_only = false;  ///< with `more`: so far only the record's header is wanted, its length is not known yet
  std::string sentence;

  static WalkEnd full() { return {Why::full, 0, false, {}}; }
  static WalkEnd more(std::size_t needed, bool header_only) { return {Why::more, needed, header_only, {}}; }
  static WalkEnd broken(std::string sentence) { return {Why::broken, 0, false, std::move(sentence)}; }
};

/// A capture file format: finds the records in bytes and gives their packets to a tally.
class RecordFormat {
 public:
  virtual ~RecordFormat() = default;
  virtual std::string_view name() const = 0;         ///< "pcap"
  virtual std::string_view record_word() const = 0;  ///< what sentences call a record: "record", "block"
  /// Reads complete records from the window's beginning and moves it behind them. Asked again with a window that
  /// begins where the last one ended; after `broken` it says the same again.
  virtual WalkEnd walk(RecordWindow& window, PacketTally& tally) = 0;
};

}  // namespace nightjar
