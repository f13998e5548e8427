#pragma once
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/time.hpp"
#include "capture/reader.hpp"

namespace nightjar {

/// Takes the packets that a format reads, one by one, drops those before `skip_bytes`, puts the others into a block
/// and keeps the facts about them. Does not own the facts.
class PacketTally {
 public:
  /// A packet's step back that is called a clock step is longer than this: packets of several queues or interfaces are
  /// out of order by far less.
  static constexpr std::int64_t kClockStepNs = 60 * kNanosPerSecond;
  static constexpr std::size_t kBlockPackets = 4096;
  /// Bound of CaptureFacts::minutes: 32 MB; four years of minutes, or a capture whose clock jumps to and fro.
  static constexpr std::size_t kMostMinutes = 2'000'000;
  /// Milestones stand at every packet of the first bytes, then at every new minute, and a quarter of the way so far apart at most,
  /// or this.
  static constexpr std::uint64_t kDenseMilestones = 1024, kMilestoneDistance = 512 << 10;
  /// Bound of CaptureFacts::milestones: 200 kB; 20 million packets of a day have 4,500.
  static constexpr std::size_t kMostMilestones = 8192;

  PacketTally(const CaptureReader::Options& options, CaptureFacts& facts, std::size_t most_minutes = kMostMinutes,
              std::size_t most_milestones = kMostMilestones);

  /// Packets go into `packets` (from its beginning) until `end_block`, which returns how many.
  void begin_block(std::vector<RawPacket>& packets);
  std::size_t end_block(std::vector<RawPacket>& packets);

  /// No more packets may be added to this block.
  bool full() const { return next_ == end_; }
  /// `stop_packets` are there.
  bool reached_stop() const { return facts_.packets >= options_.stop_packets; }
  void go_on(std::uint64_t more_packets) { options_.stop_packets = more_packets > ~facts_.packets ? ~0ULL : facts_.packets + more_packets; }
  /// The facts of packets begin anew.
  void begin_slice();
  /// Packets whose record starts here are dropped.
  bool skips(std::uint64_t offset) const { return offset < options_.skip_bytes; }

  /// `offset`: where the packet's record starts in the decompressed bytes. Only when not full.
  void add(std::uint64_t offset, std::int64_t time_ns, const std::uint8_t* bytes, std::uint32_t captured, std::uint32_t original,
           std::uint16_t link_type) {
    if (skips(offset)) {
      skipped(time_ns);
      return;
    }
    if (time_ns < minute_begin_ || time_ns > minute_last_) change_minute(offset, time_ns);
    if (offset >= next_milestone_) set_milestone(offset, time_ns);
    previous_ = time_ns;
    if (time_ns < first_) first_ = time_ns;
    if (time_ns > last_) last_ = time_ns;
    captured_bytes_ += captured;
    original_bytes_ += original;
    *next_++ = {time_ns, bytes, captured, original, link_type, options_.sensor};
  }

  void add_link_type(std::uint16_t link_type);
  void add_kernel_drops(std::uint64_t packets) { facts_.kernel_drops += packets; }
  /// What the file says of its own making.
  void add_remarks(std::uint64_t gaps, std::uint64_t clock_steps) {
    facts_.gaps += gaps;
    facts_.clock_steps += clock_steps;
  }

 private:
  void skipped(std::int64_t time_ns);
  void change_minute(std::uint64_t offset, std::int64_t time_ns);
  void set_milestone(std::uint64_t offset, std::int64_t time_ns);

  CaptureReader::Options options_;
  CaptureFacts& facts_;
  const std::size_t most_minutes_, most_milestones_;
  RawPacket* next_ = nullptr;
  RawPacket* end_ = nullptr;
  /// Of the packet emitted last: its minute (first and last nanosecond; empty at the start) and its time.
  std::int64_t minute_begin_ = 1, minute_last_ = 0;
  std::int64_t previous_ = std::numeric_limits<std::int64_t>::min();
  std::int64_t first_ = std::numeric_limits<std::int64_t>::max(), last_ = std::numeric_limits<std::int64_t>::min();
  std::uint64_t captured_bytes_ = 0, original_bytes_ = 0;
  std::uint64_t minute_distance_ = 0;  ///< least bytes between two entries of the minutes, once they are too many
  std::uint64_t next_milestone_;
  std::uint64_t milestone_distance_ = 0;  ///< least bytes between two of them, once they are too many
  std::bitset<65536> link_types_seen_;
};

}  // namespace nightjar
