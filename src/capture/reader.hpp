#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/packet.hpp"

namespace nightjar {

/// XXH3-128 of bytes: low half first, as XXH128_hash_t holds it.
struct Digest {
  std::uint64_t low = 0, high = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
};
/// 32 hexadecimal digits, most significant first (XXH128_canonical), and back (nothing for other text).
std::string format(const Digest& digest);
std::optional<Digest> parse_digest(std::string_view text);

/// Bytes behind packets: recycled by whoever made them once the last PacketBlock lets go.
struct BlockBytes {
  std::vector<std::uint8_t> bytes;
};

/// Some packets of one capture, in its order, with the bytes they point into. Handed from the reading thread to
/// one decoding thread; owns everything it needs (outlives the reader).
struct PacketBlock {
  std::shared_ptr<BlockBytes> storage;
  std::vector<RawPacket> packets;
};

/// Where a minute begins in a capture: the first packet read whose time lies in it, or that was read after
/// packets of another minute.
struct MinuteOffset {
  std::int64_t minute;   ///< minutes since 1970
  std::uint64_t offset;  ///< of the packet's record in the decompressed bytes
};

/// A place by which the beginning of a capture is known again, however short it is cut: where the record of an emitted packet begins,
/// and the digest of all bytes before it.
struct Milestone {
  std::uint64_t offset;      ///< in the decompressed bytes
  std::int64_t time_ns;      ///< of the packet
  std::uint64_t digest = 0;  ///< lower half of the XXH3-128 of the first `offset` bytes
  friend bool operator==(const Milestone&, const Milestone&) = default;
};

/// What is known of a capture once it has been read (complete after `next` returned false).
struct CaptureFacts {
  std::string format;                                    ///< "pcap", "pcapng", "erf" ...; with the compression: "pcap.gz"
  std::vector<std::uint16_t> link_types;                 ///< LINKTYPE numbers in order of appearance
  std::uint64_t bytes = 0;                               ///< decompressed bytes read so far
  Digest digest;                                         ///< of those bytes
  std::uint64_t readable_bytes = 0;                      ///< decompressed bytes up to the end of the last complete record
  Digest readable_digest;                                ///< of those bytes
  std::uint64_t packets = 0;                             ///< packets emitted (skipped ones not counted)
  std::uint64_t captured_bytes = 0, original_bytes = 0;  ///< of the emitted packets
  std::optional<std::int64_t> first_ns, last_ns;         ///< smallest and largest time of the emitted packets
  std::uint64_t clock_steps = 0;   ///< packets timed more than 60 s before the packet read before them, and steps the file tells of
  std::uint64_t gaps = 0;          ///< stretches without a capture that the file tells of (`nightjar capture` does)
  std::uint64_t kernel_drops = 0;  ///< as the file says (pcapng interface statistics)
  std::vector<MinuteOffset> minutes;
  std::vector<Milestone> milestones;   ///< of the emitted packets, ascending; none where no digests are computed
  std::optional<std::string> damage;   ///< where and how the file is broken, one sentence; its readable part was emitted
  std::optional<std::string> failure;  ///< the disk or the network failed before the end, one sentence: what follows may come another time
};

/// Reads one capture from its beginning to its end, in one thread. Formats are recognised by content, never by name:
/// pcap (both byte orders, micro- and nanoseconds, "modified"), pcapng, ERF; plain or as gzip, zstd, xz, bzip2
/// (also several members in a row). Memory stays bounded whatever the file says.
class CaptureReader {
 public:
  struct Options {
    std::uint64_t skip_bytes = 0;        ///< packets whose record starts before this offset (decompressed) are read and hashed, not emitted
    std::uint64_t stop_packets = ~0ULL;  ///< `next` ends after this many emitted packets, at a record's boundary
    std::uint64_t stop_bytes = ~0ULL;    ///< the same at this offset, if a record ends there; not to be gone on from
    std::uint16_t sensor = 0;            ///< copied into every packet
    bool hash = true;                    ///< compute digests
    std::size_t block_bytes = 1 << 20;   ///< of a buffer (a longer record gets one of its own)
  };

  /// Opens a file, or standard input for "-". Fails with a sentence for what cannot be opened or is no capture at all
  /// ("x.txt is not a capture: it begins with ..."); an empty file is an error, a file that breaks off later is damage.
  static Result<std::unique_ptr<CaptureReader>> open(const std::filesystem::path& path, Options options);
  /// The same out of memory, which must outlive the reader.
  static Result<std::unique_ptr<CaptureReader>> open_bytes(std::span<const std::uint8_t> bytes, Options options);
  /// Bytes [from, to) of a file.
  struct Part {
    std::uint64_t from = 0, to = 0;
  };
  /// Reads parts of a file that is not compressed as if they were all of it, one behind the other: the first is the header of the format,
  /// each other one begins and ends where a record does. Offsets of the facts count the bytes that were read. A file that ends before is a
  /// failure.
  static Result<std::unique_ptr<CaptureReader>> open_parts(const std::filesystem::path& path, std::vector<Part> parts, Options options);
  virtual ~CaptureReader() = default;

  /// Fills `block` with the next packets (about 1 MiB of bytes or 4,096 packets); false at the end of what is readable.
  virtual bool next(PacketBlock& block) = 0;
  /// True when `next` ended because of `stop_packets` and the capture may go on.
  virtual bool stopped() const = 0;
  /// After `stopped`: `next` goes on, for this many more packets.
  virtual void go_on(std::uint64_t more_packets) = 0;
  /// After `stopped`: packets, times, minutes, clock steps and drops of the facts begin anew; digests go on from the start.
  virtual void begin_slice() = 0;
  virtual const CaptureFacts& facts() const = 0;
  /// Compressed bytes consumed and file size (0 for pipes), for progress.
  virtual std::uint64_t consumed() const = 0;
  virtual std::uint64_t file_size() const = 0;
};

/// First bytes of a capture, to look it up among known ones.
inline constexpr std::uint64_t kHeadBytes = 1024;
/// Digests of the first `sizes[i]` decompressed bytes (ascending); shorter result where the capture ends before.
/// Reads the file once up to the last size. Fails also where the disk does on the way. Not for "-".
Result<std::vector<Digest>> digest_prefixes(const std::filesystem::path& path, const std::vector<std::uint64_t>& sizes);

}  // namespace nightjar
