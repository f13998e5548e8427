#pragma once
#include <atomic>
#include <cstdint>

#include "base/result.hpp"

namespace nightjar {

/// How far a ring's packets are on the disk. What is committed is exact: these bytes of this segment hold all packets of the ring's blocks
/// up to `block`, and no others.
struct CapturePosition {
  std::uint64_t block = 0;          ///< the kernel's number of the last block written; 0: none yet
  std::uint32_t place = 0;          ///< of the next block in the ring
  std::uint32_t segment_open = 0;   ///< 1: `segment` is being written
  std::int64_t segment_ns = 0;      ///< when the segment was begun: names it
  std::uint64_t segment_bytes = 0;  ///< committed bytes of it
  /// What earlier segments have told of the counts: the segment at hand counts on from there, so nothing is told twice or never.
  std::uint64_t told_received = 0, told_interface_drops = 0, told_system_drops = 0;
};

/// What a capture has counted since it was started; each rises only.
struct CaptureCounters {
  std::atomic<std::uint64_t> packets{0};          ///< written
  std::atomic<std::uint64_t> bytes{0};            ///< captured bytes of them
  std::atomic<std::uint64_t> kernel_drops{0};     ///< the ring was full
  std::atomic<std::uint64_t> interface_drops{0};  ///< the interface had no room
  std::atomic<std::uint64_t> unwritten{0};        ///< the disk was full: seen, counted, not kept
  std::atomic<std::uint64_t> segments{0};         ///< begun
  std::atomic<std::uint64_t> clock_steps{0};      ///< times the clock was set
  std::atomic<std::uint64_t> restarts{0};         ///< of the process that writes
  std::atomic<std::int64_t> last_packet_ns{0};
  std::atomic<std::int64_t> alive_ns{0};    ///< when the writing process last looked
  std::atomic<std::uint32_t> disk_full{0};  ///< 1: nothing is being written
};

/// Shared by the process that keeps the ring and the one that empties it; outlives the second, so that its successor goes on exactly there.
/// One process writes at a time.
class CaptureProgress {
 public:
  /// Memory that children inherit.
  static Result<CaptureProgress*> create();

  CapturePosition position() const { return slots_[current_.load(std::memory_order_acquire)]; }
  /// Either the old or the new position is there, whenever the process dies.
  void commit(const CapturePosition& position) {
    const std::uint32_t other = 1 - current_.load(std::memory_order_relaxed);
    slots_[other] = position;
    current_.store(other, std::memory_order_release);
  }

  CaptureCounters counters;

 private:
  CaptureProgress() = default;
  CapturePosition slots_[2];
  std::atomic<std::uint32_t> current_{0};
};

}  // namespace nightjar
