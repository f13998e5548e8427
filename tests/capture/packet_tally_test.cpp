#include "capture/packet_tally.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace nightjar {

bool operator==(const MinuteOffset& a, const MinuteOffset& b) { return a.minute == b.minute && a.offset == b.offset; }
void PrintTo(const MinuteOffset& m, std::ostream* out) { *out << "minute " << m.minute << " at " << m.offset; }

namespace {

using ::testing::ElementsAre;
constexpr std::int64_t kMinute = 60 * kNanosPerSecond;

/// Adds packets of these times, 100 bytes apart, in blocks as large as the tally allows.
CaptureFacts facts_of(const std::vector<std::int64_t>& times, const CaptureReader::Options& options = {},
                      std::size_t most_minutes = PacketTally::kMostMinutes, std::size_t most_milestones = PacketTally::kMostMilestones) {
  CaptureFacts facts;
  PacketTally tally(options, facts, most_minutes, most_milestones);
  std::vector<RawPacket> packets;
  tally.begin_block(packets);
  std::uint64_t offset = 0;
  for (const std::int64_t time : times) {
    if (tally.full()) {
      tally.end_block(packets);
      tally.begin_block(packets);
    }
    tally.add(offset, time, nullptr, 40, 60, 1);
    offset += 100;
  }
  tally.end_block(packets);
  return facts;
}

TEST(PacketTally, span_is_from_the_smallest_to_the_largest_time) {
  const CaptureFacts facts = facts_of({50, 20, 90, 70});
  EXPECT_EQ(facts.first_ns, 20);
  EXPECT_EQ(facts.last_ns, 90);
  EXPECT_EQ(facts.packets, 4u);
  EXPECT_EQ(facts.captured_bytes, 160u);
  EXPECT_EQ(facts.original_bytes, 240u);
}

TEST(PacketTally, minute_begins_wherever_it_differs_from_the_packet_before) {
  const CaptureFacts facts = facts_of({0, kMinute - 1, kMinute, 2 * kMinute - 1, 5 * kMinute, kMinute, -1, -kMinute, -kMinute - 1});
  EXPECT_THAT(facts.minutes, ElementsAre(MinuteOffset{0, 0}, MinuteOffset{1, 200}, MinuteOffset{5, 400}, MinuteOffset{1, 500},
                                         MinuteOffset{-1, 600}, MinuteOffset{-2, 800}));
}

TEST(PacketTally, clock_step_is_more_than_a_minute_back) {
  EXPECT_EQ(facts_of({100 * kMinute, 99 * kMinute, 98 * kMinute}).clock_steps, 0u);
  EXPECT_EQ(facts_of({100 * kMinute, 99 * kMinute - 1}).clock_steps, 1u);
  EXPECT_EQ(facts_of({100 * kMinute, 200 * kMinute, 100 * kMinute, 0}).clock_steps, 2u);
}

TEST(PacketTally, outermost_times_are_times_like_others) {
  constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min(), kHighest = std::numeric_limits<std::int64_t>::max();
  const CaptureFacts facts = facts_of({kLowest, kHighest, kLowest, kLowest + 1, kHighest, kHighest - 1});
  EXPECT_EQ(facts.clock_steps, 1u);
  EXPECT_THAT(facts.minutes, ElementsAre(MinuteOffset{-153722868, 0}, MinuteOffset{153722867, 100}, MinuteOffset{-153722868, 200},
                                         MinuteOffset{153722867, 400}));
}

TEST(PacketTally, skipped_packets_are_only_remembered_for_the_clock) {
  const CaptureFacts facts = facts_of({500 * kMinute, 500 * kMinute, 7 * kMinute, 7 * kMinute}, {.skip_bytes = 200});
  EXPECT_EQ(facts.packets, 2u);
  EXPECT_EQ(facts.last_ns, 7 * kMinute);
  EXPECT_EQ(facts.clock_steps, 1u);
  EXPECT_THAT(facts.minutes, ElementsAre(MinuteOffset{7, 200}));
}

TEST(PacketTally, block_ends_at_4096_packets_and_at_the_stop) {
  CaptureFacts facts;
  PacketTally tally({.stop_packets = 5000}, facts);
  std::vector<RawPacket> packets;
  for (const std::size_t expected : {4096u, 904u, 0u}) {
    EXPECT_EQ(tally.reached_stop(), expected == 0);
    tally.begin_block(packets);
    while (!tally.full()) tally.add(0, 0, nullptr, 0, 0, 1);
    EXPECT_EQ(tally.end_block(packets), expected);
    EXPECT_EQ(packets.size(), expected);
  }
}

TEST(PacketTally, too_many_minutes_are_thinned_out) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < 10'000; ++i) times.push_back(i * kMinute);
  const CaptureFacts facts = facts_of(times, {}, 100);
  EXPECT_LT(facts.minutes.size(), 100u);
  EXPECT_GT(facts.minutes.size(), 40u);
  EXPECT_EQ(facts.minutes.front(), (MinuteOffset{0, 0}));
  EXPECT_GT(facts.minutes.back().offset, 900'000u) << "spread over the whole capture";
  for (const MinuteOffset& entry : facts.minutes) EXPECT_EQ(entry.offset, static_cast<std::uint64_t>(entry.minute) * 100);
}

std::vector<std::uint64_t> milestones(const CaptureFacts& facts) {
  std::vector<std::uint64_t> offsets;
  for (const Milestone& stone : facts.milestones) offsets.push_back(stone.offset);
  return offsets;
}

TEST(PacketTally, milestones_stand_at_every_packet_of_the_first_1024_bytes_then_a_quarter_of_the_way_apart) {
  const CaptureFacts facts = facts_of(std::vector<std::int64_t>(40, 7));
  EXPECT_THAT(milestones(facts), ElementsAre(0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1400, 1800, 2300, 2900, 3700));
  EXPECT_EQ(facts.milestones[3].time_ns, 7);
}

TEST(PacketTally, milestone_stands_at_every_new_minute) {
  std::vector<std::int64_t> times(30, 0);
  times[15] = times[16] = kMinute;
  EXPECT_THAT(milestones(facts_of(times, {.skip_bytes = 1100})), ElementsAre(1100, 1400, 1500, 1700, 2200, 2800));
}

TEST(PacketTally, milestones_are_half_a_mebibyte_apart_at_most) {
  const CaptureFacts facts = facts_of(std::vector<std::int64_t>(100'000, 0));
  EXPECT_EQ(facts.milestones.back().offset - facts.milestones[facts.milestones.size() - 2].offset, 524'300u);
}

TEST(PacketTally, too_many_milestones_are_thinned_out) {
  std::vector<std::int64_t> times;
  for (int i = 0; i < 10'000; ++i) times.push_back(i * kMinute);
  const CaptureFacts facts = facts_of(times, {}, PacketTally::kMostMinutes, 100);
  EXPECT_LE(facts.milestones.size(), 100u);
  EXPECT_GT(facts.milestones.size(), 40u);
  EXPECT_EQ(facts.milestones.front().offset, 0u);
  EXPECT_GT(facts.milestones.back().offset, 900'000u) << "spread over the whole capture";
  for (const Milestone& stone : facts.milestones) EXPECT_EQ(stone.time_ns, static_cast<std::int64_t>(stone.offset) / 100 * kMinute);
}

TEST(PacketTally, sets_no_milestones_without_digests) {
  EXPECT_TRUE(facts_of({0, kMinute, 2 * kMinute}, {.hash = false}).milestones.empty());
}

TEST(PacketTally, link_types_are_told_once_in_order_of_appearance) {
  CaptureFacts facts;
  PacketTally tally({}, facts);
  for (const std::uint16_t link_type : {228, 1, 228, 65535, 1}) tally.add_link_type(link_type);
  EXPECT_THAT(facts.link_types, ElementsAre(228, 1, 65535));
}

}  // namespace
}  // namespace nightjar
