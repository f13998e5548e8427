#include "capture/stream_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "capture_bytes.hpp"

namespace nightjar::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Bytes frame(std::size_t i) { return counting(20 + i * 7 % 90, static_cast<std::uint8_t>(i)); }

Bytes small_pcap(std::size_t packets) {
  Bytes file = pcap_header();
  for (std::size_t i = 0; i < packets; ++i)
    file = file + pcap_record(frame(i), {.seconds = static_cast<std::uint32_t>(1500000000 + 40 * i)});
  return file;
}
Bytes small_pcapng() {
  const auto statistics = [](std::uint64_t drops) {
    return block(5, Writer(false).u32(0).u64(0).bytes(option(5, Writer(false).u64(drops))));
  };
  Bytes file = section() + interface();
  for (std::size_t i = 0; i < 9; ++i) {
    file = file + enhanced_packet(frame(i), {.ticks = (1'500'000'000 + 40 * i) * 1'000'000}) + statistics(3 * i) + block(10, counting(30));
    if (i == 5) file = file + section() + interface(101);
    if (i % 3 == 0) file = file + block(3, Writer(false).u32(20).bytes(counting(20)));
  }
  return file;
}
Bytes small_erf() {
  Bytes file;
  for (std::size_t i = 0; i < 12; ++i)
    file = file + erf_record(Bytes(2) + frame(i), {.seconds = static_cast<std::uint32_t>(1500000000 + 40 * i)});
  return file;
}

struct Example {
  const char* name;
  std::function<Bytes()> bytes;
};
class EveryFormat : public ::testing::TestWithParam<Example> {};

TEST_P(EveryFormat, slices_of_any_size_give_the_packets_of_the_whole) {
  const Bytes file = GetParam().bytes();
  const ReadCapture whole = read_bytes(file);
  ASSERT_GE(whole.packets.size(), 12u);
  ASSERT_EQ(whole.facts.damage, std::nullopt);
  for (std::uint64_t size = 1; size <= whole.packets.size() + 1; ++size) {
    ReadCapture slices;
    std::uint64_t position = 0;
    for (bool more = true; more;) {
      const ReadCapture slice = read_bytes(file, {.skip_bytes = position, .stop_packets = size, .block_bytes = 4096});
      slices.packets.insert(slices.packets.end(), slice.packets.begin(), slice.packets.end());
      slices.facts.clock_steps += slice.facts.clock_steps;
      slices.facts.kernel_drops += slice.facts.kernel_drops;
      slices.facts.captured_bytes += slice.facts.captured_bytes;
      position = slice.facts.readable_bytes;
      more = slice.stopped;
      EXPECT_EQ(slice.facts.readable_digest, digest_of(file, position));
      EXPECT_EQ(slice.facts.bytes, position);
      EXPECT_EQ(slice.facts.digest, slice.facts.readable_digest);
    }
    EXPECT_EQ(slices.packets, whole.packets) << "in slices of " << size;
    EXPECT_EQ(slices.facts.clock_steps, whole.facts.clock_steps);
    EXPECT_EQ(slices.facts.kernel_drops, whole.facts.kernel_drops);
    EXPECT_EQ(slices.facts.captured_bytes, whole.facts.captured_bytes);
    EXPECT_EQ(position, file.size());
  }
}

TEST_P(EveryFormat, reader_that_goes_on_gives_the_slices_of_readers_that_skip) {
  const Bytes file = GetParam().bytes();
  const ReadCapture whole = read_bytes(file);
  for (std::uint64_t size = 1; size < whole.packets.size(); ++size) {
    auto reader = CaptureReader::open_bytes(file, {.stop_packets = size, .block_bytes = 4096});
    std::uint64_t position = 0, packets = 0;
    for (bool more = true; more;) {
      for (PacketBlock block; (*reader)->next(block);) packets += block.packets.size();
      const CaptureFacts& facts = (*reader)->facts();
      const ReadCapture slice = read_bytes(file, {.skip_bytes = position, .stop_packets = size, .block_bytes = 4096});
      EXPECT_EQ(facts.packets, slice.facts.packets);
      EXPECT_EQ(facts.captured_bytes, slice.facts.captured_bytes);
      EXPECT_EQ(facts.original_bytes, slice.facts.original_bytes);
      EXPECT_EQ(facts.first_ns, slice.facts.first_ns);
      EXPECT_EQ(facts.last_ns, slice.facts.last_ns);
      EXPECT_EQ(facts.clock_steps, slice.facts.clock_steps);
      EXPECT_EQ(facts.kernel_drops, slice.facts.kernel_drops);
      EXPECT_EQ(facts.minutes.size(), slice.facts.minutes.size());
      EXPECT_EQ(facts.bytes, slice.facts.bytes);
      EXPECT_EQ(facts.digest, slice.facts.digest);
      EXPECT_EQ(facts.readable_digest, slice.facts.readable_digest);
      position = facts.readable_bytes;
      more = (*reader)->stopped();
      (*reader)->begin_slice();
      (*reader)->go_on(size);
    }
    EXPECT_EQ(packets, whole.packets.size());
    EXPECT_EQ(position, file.size());
  }
}

TEST_P(EveryFormat, stop_at_an_offset_gives_the_packets_before_it) {
  const Bytes file = GetParam().bytes();
  const ReadCapture whole = read_bytes(file);
  for (std::uint64_t size = 1; size < whole.packets.size(); ++size) {
    const ReadCapture begin = read_bytes(file, {.stop_packets = size});
    for (const std::size_t block_bytes : {std::size_t{4096}, std::size_t{1 << 20}}) {
      const ReadCapture stopped = read_bytes(file, {.stop_bytes = begin.facts.readable_bytes, .block_bytes = block_bytes});
      EXPECT_EQ(stopped.packets, begin.packets);
      EXPECT_EQ(stopped.facts.readable_bytes, begin.facts.readable_bytes);
    }
    // An offset within a record cannot be reached: what ends before it is there.
    EXPECT_EQ(read_bytes(file, {.stop_bytes = begin.facts.readable_bytes - 1}).packets.size(), size - 1);
  }
  EXPECT_EQ(read_bytes(file, {.stop_bytes = file.size()}).packets, whole.packets);
}

TEST(StreamReader, goes_on_within_its_slice_and_without_bound) {
  const Bytes file = small_pcap(12);
  auto reader = CaptureReader::open_bytes(file, {.stop_packets = 5});
  PacketBlock block;
  while ((*reader)->next(block)) continue;
  ASSERT_TRUE((*reader)->stopped());
  (*reader)->go_on(~0ULL);
  while ((*reader)->next(block)) continue;
  EXPECT_FALSE((*reader)->stopped());
  EXPECT_EQ((*reader)->facts().packets, 12u);
  EXPECT_EQ((*reader)->facts().digest, digest_of(file, file.size()));
}

TEST_P(EveryFormat, capture_that_grew_goes_on_where_it_was_cut_off) {
  const Bytes file = GetParam().bytes();
  const ReadCapture whole = read_bytes(file);
  for (std::size_t size = 200; size < file.size(); ++size) {
    const Bytes then(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    ReadCapture read = read_bytes(then, {.block_bytes = 4096});
    ASSERT_EQ(read.error, "");
    EXPECT_EQ(read.facts.damage.has_value(), read.facts.readable_bytes < size);
    EXPECT_EQ(read.facts.readable_digest, digest_of(file, read.facts.readable_bytes));
    const ReadCapture rest = read_bytes(file, {.skip_bytes = read.facts.readable_bytes, .block_bytes = 4096});
    read.packets.insert(read.packets.end(), rest.packets.begin(), rest.packets.end());
    EXPECT_EQ(read.packets, whole.packets) << "cut off at " << size;
    EXPECT_EQ(rest.facts.digest, whole.facts.digest) << "skipped bytes are hashed, too";
  }
}

TEST_P(EveryFormat, buffers_of_any_size_give_the_same) {
  const Bytes file = GetParam().bytes();
  const ReadCapture whole = read_bytes(file);
  for (std::size_t size = 1; size < 400; ++size) {
    const ReadCapture read = read_bytes(file, {.block_bytes = size});
    ASSERT_EQ(read.packets, whole.packets) << "in buffers of " << size;
    EXPECT_EQ(read.facts.digest, whole.facts.digest);
    EXPECT_EQ(read.facts.minutes.size(), whole.facts.minutes.size());
    EXPECT_EQ(read.facts.damage, std::nullopt);
  }
}

TEST_P(EveryFormat, milestones_have_the_digest_of_all_before_them_whatever_the_buffers_and_slices) {
  const Bytes file = GetParam().bytes();
  for (const std::size_t block_bytes : {std::size_t{4096}, std::size_t{1} << 20}) {
    for (const std::uint64_t skip : {std::uint64_t{0}, static_cast<std::uint64_t>(file.size() / 2)}) {
      const ReadCapture read = read_bytes(file, {.skip_bytes = skip, .block_bytes = block_bytes});
      ASSERT_GE(read.facts.milestones.size(), 3u);
      for (const Milestone& stone : read.facts.milestones) {
        EXPECT_GE(stone.offset, skip);
        EXPECT_EQ(stone.digest, digest_of(file, stone.offset).low) << "at " << stone.offset;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, EveryFormat,
                         ::testing::Values(Example{"pcap", [] { return small_pcap(12); }}, Example{"pcapng", small_pcapng},
                                           Example{"erf", small_erf}),
                         [](const auto& instance) { return instance.param.name; });

TEST(StreamReader, stop_that_falls_on_the_end_is_the_end) {
  const Bytes file = small_pcap(12);
  const ReadCapture read = read_bytes(file, {.stop_packets = 12});
  EXPECT_EQ(read.packets.size(), 12u);
  EXPECT_FALSE(read.stopped);
  EXPECT_EQ(read.facts.readable_digest, digest_of(file, file.size()));
  EXPECT_TRUE(read_bytes(file + Bytes(1), {.stop_packets = 12}).stopped) << "what is behind it is for the next reader to judge";
  EXPECT_TRUE(read_bytes(file, {.stop_packets = 11}).stopped);
}

TEST(StreamReader, stop_before_the_first_packet_gives_none) {
  const ReadCapture read = read_bytes(small_pcap(12), {.stop_packets = 0});
  EXPECT_TRUE(read.packets.empty());
  EXPECT_TRUE(read.stopped);
  EXPECT_EQ(read.facts.readable_bytes, 24u);
}

TEST(StreamReader, skip_past_the_end_gives_none_and_hashes_everything) {
  const Bytes file = small_pcap(12);
  const ReadCapture read = read_bytes(file, {.skip_bytes = 1 << 20});
  EXPECT_TRUE(read.packets.empty());
  EXPECT_EQ(read.facts.packets, 0u);
  EXPECT_EQ(read.facts.readable_bytes, file.size());
  EXPECT_EQ(read.facts.digest, digest_of(file, file.size()));
}

TEST(StreamReader, first_packet_behind_the_skipped_ones_begins_a_minute) {
  const Bytes file = small_pcap(3);
  const std::uint64_t third = file.size() - 16 - frame(2).size();
  const ReadCapture read = read_bytes(file, {.skip_bytes = third});
  ASSERT_EQ(read.facts.minutes.size(), 1u);
  EXPECT_EQ(read.facts.minutes[0].offset, third);
  EXPECT_EQ(read.facts.minutes[0].minute, 1500000080 / 60);
}

TEST(StreamReader, sensor_is_copied_into_every_packet) {
  const Bytes file = small_pcap(2);
  auto reader = CaptureReader::open_bytes(file, {.sensor = 7});
  PacketBlock block;
  ASSERT_TRUE((*reader)->next(block));
  ASSERT_EQ(block.packets.size(), 2u);
  for (const RawPacket& packet : block.packets) EXPECT_EQ(packet.sensor, 7);
}

TEST(StreamReader, without_hash_there_are_no_digests) {
  const ReadCapture read = read_bytes(small_pcap(2), {.hash = false});
  EXPECT_EQ(read.packets.size(), 2u);
  EXPECT_EQ(read.facts.digest, Digest{});
}

TEST(StreamReader, ended_reader_stays_ended) {
  const Bytes file = small_pcap(2);
  auto reader = CaptureReader::open_bytes(file, {});
  PacketBlock block;
  ASSERT_TRUE((*reader)->next(block));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE((*reader)->next(block));
    EXPECT_TRUE(block.packets.empty());
    EXPECT_EQ(block.storage, nullptr);
  }
  EXPECT_EQ((*reader)->facts().digest, digest_of(file, file.size()));
}

TEST(StreamReader, many_packets_come_in_blocks_of_at_most_4096) {
  Bytes file = pcap_header();
  const Bytes record = pcap_record(counting(20));
  for (int i = 0; i < 100'000; ++i) file.insert(file.end(), record.begin(), record.end());
  auto reader = CaptureReader::open_bytes(file, {});
  PacketBlock block;
  std::uint64_t packets = 0;
  while ((*reader)->next(block)) {
    ASSERT_GT(block.packets.size(), 0u);
    ASSERT_LE(block.packets.size(), 4096u);
    for (const RawPacket& packet : block.packets) ASSERT_EQ(Bytes(packet.bytes, packet.bytes + packet.captured), counting(20));
    packets += block.packets.size();
  }
  EXPECT_EQ(packets, 100'000u);
}

TEST(StreamReader, blocks_may_be_read_and_let_go_in_another_thread) {
  Bytes file = pcap_header();
  for (int i = 0; i < 20'000; ++i) {
    const Bytes record = pcap_record(counting(40, static_cast<std::uint8_t>(i)));
    file.insert(file.end(), record.begin(), record.end());
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<PacketBlock> blocks;
  bool ended = false;
  std::uint64_t right = 0;
  std::thread decoding([&] {
    std::unique_lock lock(mutex);
    for (std::uint64_t i = 0;;) {
      changed.wait(lock, [&] { return ended || !blocks.empty(); });
      if (blocks.empty()) return;
      PacketBlock block = std::move(blocks.front());
      blocks.pop_front();
      lock.unlock();
      for (const RawPacket& packet : block.packets)
        right += packet.captured == 40 && packet.bytes[39] == static_cast<std::uint8_t>(39 + i++);
      block = {};
      lock.lock();
    }
  });
  auto reader = CaptureReader::open_bytes(file, {.block_bytes = 10'000});
  for (PacketBlock block; (*reader)->next(block); block = {}) {
    const std::lock_guard lock(mutex);
    blocks.push_back(std::move(block));
    changed.notify_one();
  }
  {
    const std::lock_guard lock(mutex);
    ended = true;
    changed.notify_one();
  }
  decoding.join();
  EXPECT_EQ(right, 20'000u);
}

TEST(StreamReader, packet_larger_than_a_buffer_stands_among_small_ones) {
  const Bytes large = counting(2 << 20);
  const Bytes file = pcap_header({.snapshot_length = 4 << 20}) + pcap_record(counting(60)) + pcap_record(large) + pcap_record(counting(61));
  const ReadCapture read = read_bytes(file);
  ASSERT_EQ(read.packets.size(), 3u);
  EXPECT_EQ(read.packets[1].bytes, large);
  EXPECT_EQ(read.packets[2].bytes, counting(61));
}

TEST(StreamReader, damage_behind_a_large_packet_is_hashed) {
  Bytes file = pcap_header({.snapshot_length = 4 << 20}) + pcap_record(counting(2 << 20)) + pcap_record({}, {.captured = 0xffffffff});
  file = file + counting(3 << 20);
  const ReadCapture read = read_bytes(file);
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.digest, digest_of(file, file.size()));
}

TEST(StreamReader, disk_that_fails_later_is_a_failure_and_no_damage) {
  Bytes file = small_pcap(3);
  for (const bool within_a_record : {false, true}) {
    if (within_a_record) file.pop_back();
    const ReadCapture read = read_all(StreamReader::open(std::make_unique<FailingSource>(file), "x.pcap", {}));
    EXPECT_EQ(read.packets.size(), within_a_record ? 2u : 3u);
    EXPECT_EQ(read.facts.damage, std::nullopt);
    EXPECT_EQ(read.facts.failure, kFailure);
    EXPECT_EQ(read.facts.readable_digest, digest_of(file, read.facts.readable_bytes));
  }
}

TEST(StreamReader, disk_that_fails_behind_a_broken_record_is_a_failure_too) {
  const Bytes file = small_pcap(3) + pcap_record({}, {.captured = 0xffffffff});
  const ReadCapture read = read_all(StreamReader::open(std::make_unique<FailingSource>(file), "x.pcap", {}));
  EXPECT_EQ(read.packets.size(), 3u);
  EXPECT_TRUE(read.facts.damage);
  EXPECT_EQ(read.facts.failure, kFailure);
}

TEST(StreamReader, disk_that_fails_at_once_is_an_error) {
  EXPECT_EQ(read_all(StreamReader::open(std::make_unique<FailingSource>(Bytes(5)), "x.pcap", {})).error,
            "cannot read x.pcap: reading failed at byte 5 of the file: Input/output error");
}

}  // namespace
}  // namespace nightjar::test
