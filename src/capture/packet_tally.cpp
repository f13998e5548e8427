#include "capture/packet_tally.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinuteNs = kNanosPerSecond * kSecondsPerMinute;

}  // namespace

PacketTally::PacketTally(const CaptureReader::Options& options, CaptureFacts& facts, std::size_t most_minutes, std::size_t most_milestones)
    : options_(options),
      facts_(facts),
      most_minutes_(most_minutes),
      most_milestones_(most_milestones),
      next_milestone_(options.hash ? 0 : ~0ULL) {}

void PacketTally::begin_block(std::vector<RawPacket>& packets) {
  const std::uint64_t left = options_.stop_packets - std::min(options_.stop_packets, facts_.packets);
  const std::size_t limit = static_cast<std::size_t>(std::min<std::uint64_t>(kBlockPackets, left));
  // Not cleared: packets of the last use are overwritten, and only a grown vector has to be filled with zeros.
  packets.resize(limit);
  next_ = packets.data();
  end_ = next_ + limit;
}

std::size_t PacketTally::end_block(std::vector<RawPacket>& packets) {
  const std::size_t count = static_cast<std::size_t>(next_ - packets.data());
  packets.resize(count);
  next_ = end_ = nullptr;
  if (count == 0) return 0;
  facts_.packets += count;
  facts_.captured_bytes = captured_bytes_;
  facts_.original_bytes = original_bytes_;
  facts_.first_ns = first_;
  facts_.last_ns = last_;
  return count;
}

void PacketTally::begin_slice() {
  facts_.packets = facts_.captured_bytes = facts_.original_bytes = 0;
  facts_.clock_steps = facts_.kernel_drops = facts_.gaps = 0;
  facts_.first_ns = facts_.last_ns = std::nullopt;
  facts_.minutes.clear();
  facts_.milestones.clear();
  minute_begin_ = 1;
  minute_last_ = 0;
  minute_distance_ = milestone_distance_ = 0;
  next_milestone_ = options_.hash ? 0 : ~0ULL;
  first_ = kHighest;
  last_ = kLowest;
  captured_bytes_ = original_bytes_ = 0;
}

void PacketTally::add_link_type(std::uint16_t link_type) {
  if (link_types_seen_[link_type]) return;
  link_types_seen_.set(link_type);
  facts_.link_types.push_back(link_type);
}

void PacketTally::skipped(std::int64_t time_ns) { previous_ = time_ns; }

void PacketTally::change_minute(std::uint64_t offset, std::int64_t time_ns) {
  // A packet of the same minute cannot be a clock step: it is enough to look here.
  if (previous_ > kLowest + kClockStepNs && time_ns < previous_ - kClockStepNs) ++facts_.clock_steps;
  const std::int64_t minute = minute_of(time_ns);
  minute_begin_ = minute < kLowest / kMinuteNs ? kLowest : minute * kMinuteNs;
  minute_last_ = minute >= kHighest / kMinuteNs ? kHighest : (minute + 1) * kMinuteNs - 1;

  if (!facts_.milestones.empty()) next_milestone_ = std::min(next_milestone_, facts_.milestones.back().offset + milestone_distance_);

  std::vector<MinuteOffset>& minutes = facts_.minutes;
  if (!minutes.empty() && offset - minutes.back().offset < minute_distance_) return;
  minutes.push_back({minute, offset});
  if (minutes.size() < most_minutes_) return;
  for (std::size_t i = 0; 2 * i < minutes.size(); ++i) minutes[i] = minutes[2 * i];
  minutes.resize((minutes.size() + 1) / 2);
  minute_distance_ = (offset - minutes.front().offset) / minutes.size() + 1;
}

void PacketTally::set_milestone(std::uint64_t offset, std::int64_t time_ns) {
  std::vector<Milestone>& stones = facts_.milestones;
  if (stones.size() >= most_milestones_) {
    for (std::size_t i = 0; 2 * i < stones.size(); ++i) stones[i] = stones[2 * i];
    stones.resize((stones.size() + 1) / 2);
    milestone_distance_ = (offset - stones.front().offset) / stones.size() + 1;
  }
  stones.push_back({offset, time_ns});
  const std::uint64_t distance = offset < kDenseMilestones ? 1 : std::min(offset / 4, kMilestoneDistance);
  next_milestone_ = offset + std::max(distance, milestone_distance_);
}

}  // namespace nightjar
