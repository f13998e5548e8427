#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "live/capture_progress.hpp"
#include "live/packet_ring.hpp"
#include "live/pcapng_blocks.hpp"

namespace nightjar {

/// When a segment is full, and how much of the disk is left alone.
struct SegmentRules {
  std::uint64_t bytes = 256 << 20;         ///< a segment is closed at this size ...
  std::int64_t seconds = 3600;             ///< ... or age
  std::uint64_t keep_free = 512ULL << 20;  ///< so much of the disk stays free for the lake, which needs room to work
};

/// Where segments go.
struct SegmentPlace {
  std::filesystem::path folder;
  std::string sensor;
  std::uint32_t queue = 0;  ///< number of the ring
};

/// Writes the packets of one ring into segments, one after the other. What is committed in the progress is on the disk's cache: it survives
/// the death of this process, and its successor cuts off what was not. A disk that is full stops nothing: packets are counted as unwritten
/// until there is room again.
class SegmentWriter {
 public:
  /// Goes on where `progress` says; makes no file yet. `progress` must outlive this.
  SegmentWriter(SegmentPlace place, SegmentRules rules, PcapngHeader header, CaptureProgress& progress);
  SegmentWriter(const SegmentWriter&) = delete;
  SegmentWriter& operator=(const SegmentWriter&) = delete;
  ~SegmentWriter();

  void add(const RingPacket& packet);
  /// Writes what was added and remembers that the ring's block `block` is done and `place` comes next. Fails only for faults that waiting
  /// does not mend (a folder that is gone, a disk that breaks); a full disk is counted.
  Result<void> commit(std::uint64_t block, std::uint32_t place, std::int64_t now_ns);
  /// Writes a sign of life with the counts, at least once a minute; closes a segment that is old. `comment`: empty for none.
  Result<void> beat(std::int64_t now_ns, const std::string& comment);
  /// Writes the last counts and closes.
  Result<void> close(std::int64_t now_ns);

 private:
  Result<void> open(std::int64_t now_ns);
  Result<void> write_out();
  Result<void> finish(std::int64_t now_ns);
  void add_statistics(std::int64_t now_ns, const std::string& comment);
  bool room() const;
  void forget_added();
  bool disk_said_full(int error);

  SegmentPlace place_;
  SegmentRules rules_;
  PcapngHeader header_;
  CaptureProgress& progress_;
  int file_ = -1;
  CapturePosition at_;
  std::uint64_t written_ = 0;  ///< bytes of the file, committed or not
  PcapngBytes bytes_;          ///< not written yet
  std::uint64_t added_packets_ = 0, added_bytes_ = 0;
  std::int64_t last_packet_ns_ = 0;
  std::int64_t beat_ns_ = 0, asked_room_ns_ = 0;
  bool full_ = false;
  bool lost_ = false;  ///< something of the block at hand could not be written
};

}  // namespace nightjar
