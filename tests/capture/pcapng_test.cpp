#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "capture_bytes.hpp"

// Which damaged blocks end the readable part, and where: as tshark 4.0.17 does with the same bytes. Where tshark and
// tcpdump 4.99.3 differ, the test says so.
namespace nightjar::test {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kSecond = 1'000'000'000;
const Bytes kFrame = counting(61);  // needs padding
constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min(), kHighest = std::numeric_limits<std::int64_t>::max();

Bytes resolution(std::uint8_t value) { return option(9, {value}); }

std::int64_t time_of(std::uint64_t ticks, const Bytes& options) {
  const ReadCapture read = read_bytes(section() + interface(1, options) + enhanced_packet(kFrame, {.ticks = ticks}));
  EXPECT_EQ(read.packets.size(), 1u) << read.facts.damage.value_or(read.error);
  return read.packets.empty() ? 0 : read.packets[0].time_ns;
}

TEST(Pcapng, every_byte_order_reads_the_same) {
  for (const bool big : {false, true}) {
    const Bytes file = section(big) + interface(228, {}, big) + enhanced_packet(kFrame, {.original = 1500}, big);
    const ReadCapture read = read_bytes(file);
    ASSERT_EQ(read.packets.size(), 1u) << read.error;
    EXPECT_EQ(read.packets[0], (ReadPacket{1500000000 * kSecond, kFrame, 1500, 228}));
    EXPECT_EQ(read.facts.format, "pcapng");
    EXPECT_EQ(read.facts.damage, std::nullopt);
    EXPECT_EQ(read.facts.readable_bytes, file.size());
  }
}

TEST(Pcapng, sections_have_their_own_byte_order_and_interfaces) {
  const ReadCapture read =
      read_bytes(section(true) + interface(1, {}, true) + interface(101, {}, true) + enhanced_packet(kFrame, {.interface = 1}, true) +
                 section(false) + interface(113) + enhanced_packet(kFrame) + enhanced_packet(kFrame, {.interface = 1}));
  ASSERT_EQ(read.packets.size(), 2u);
  EXPECT_EQ(read.packets[0].link_type, 101);
  EXPECT_EQ(read.packets[1].link_type, 113);
  EXPECT_THAT(read.facts.link_types, ElementsAre(1, 101, 113));
  EXPECT_EQ(read.facts.damage, "the block at byte 308 belongs to interface 1; the section has described 1");
}

TEST(Pcapng, obsolete_packet_block) {
  const Bytes body = Writer(false).u16(1).u16(7).u32(0x000553cc).u32(0xd3e5c000).u32(61).u32(99).bytes(kFrame);
  const ReadCapture read = read_bytes(section() + interface(1) + interface(12) + block(2, body));
  ASSERT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.packets[0].link_type, 12);
  EXPECT_EQ(read.packets[0].bytes, kFrame);
  EXPECT_EQ(read.packets[0].original, 99u);
  EXPECT_EQ(read.packets[0].time_ns, 0x000553ccd3e5c000 * 1000);
}

TEST(Pcapng, simple_packet_has_the_time_of_the_packet_before) {
  const Bytes simple = block(3, Writer(false).u32(61).bytes(kFrame));
  const ReadCapture read = read_bytes(section() + interface() + simple + enhanced_packet(kFrame) + simple);
  ASSERT_EQ(read.packets.size(), 3u);
  EXPECT_EQ(read.packets[0].time_ns, 0);
  EXPECT_EQ(read.packets[2].time_ns, 1500000000 * kSecond);
  EXPECT_EQ(read.packets[2].bytes, kFrame);
}

TEST(Pcapng, simple_packet_is_cut_to_the_snapshot_length) {
  const ReadCapture read = read_bytes(section() + interface(1, {}, false, 61) + block(3, Writer(false).u32(5000).bytes(kFrame)));
  ASSERT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.packets[0].bytes, kFrame);
  EXPECT_EQ(read.packets[0].original, 5000u);
}

TEST(Pcapng, other_blocks_are_skipped) {
  Bytes file = section() + interface();
  for (const std::uint32_t type : {4U, 7U, 8U, 9U, 10U, 0xbadU, 0x40000badU, 0x80000001U}) file = file + block(type, counting(21));
  const ReadCapture read = read_bytes(file + enhanced_packet(kFrame));
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.damage, std::nullopt);
}

TEST(Pcapng, time_resolution_is_a_power_of_ten_or_of_two) {
  EXPECT_EQ(time_of(1'500'000'000'000'001, {}), 1'500'000'000'000'001'000);
  EXPECT_EQ(time_of(1'500'000'000, resolution(0)), 1'500'000'000 * kSecond);
  EXPECT_EQ(time_of(1'500'000'000'000'000'001, resolution(9)), 1'500'000'000'000'000'001);
  EXPECT_EQ(time_of(1'500'000'000'123'456'789, resolution(12)), 1'500'000'000'123'456);
  EXPECT_EQ(time_of(~0ULL, resolution(28)), 1);
  EXPECT_EQ(time_of(~0ULL, resolution(29)), 0);
  EXPECT_EQ(time_of(~0ULL, resolution(127)), 0);
  EXPECT_EQ(time_of(3, resolution(0x81)), 1'500'000'000);
  EXPECT_EQ(time_of((1'500'000'000ULL << 32) + (1ULL << 31), resolution(0x80 | 32)), 1'500'000'000'500'000'000);
  EXPECT_EQ(time_of(~0ULL, resolution(0xff)), 0);
}

TEST(Pcapng, time_offset_is_added) {
  EXPECT_EQ(time_of(5'000'000, option(14, Writer(false).u64(1'500'000'000))), 1'500'000'005 * kSecond);
  EXPECT_EQ(time_of(5'000'000, option(14, Writer(false).u64(static_cast<std::uint64_t>(-3600)))), -3595 * kSecond);
}

TEST(Pcapng, times_that_do_not_fit_are_the_nearest_that_do) {
  EXPECT_EQ(time_of(~0ULL, {}), kHighest);
  EXPECT_EQ(time_of(~0ULL, resolution(0)), kHighest);
  EXPECT_EQ(time_of(~0ULL, resolution(0x80)), kHighest);
  EXPECT_EQ(time_of(0, option(14, Writer(false).u64(1ULL << 63))), kLowest);
  EXPECT_EQ(time_of(~0ULL, option(14, Writer(false).u64(~0ULL >> 1))), kHighest);
}

TEST(Pcapng, options_end_at_their_end_and_where_they_are_broken) {
  const Bytes end = option(0, {});
  EXPECT_EQ(time_of(7, option(2, counting(5)) + resolution(9) + end + resolution(6)), 7);
  EXPECT_EQ(time_of(7, resolution(9) + Bytes(Writer(false).u16(2).u16(500).u32(0))), 7);
  EXPECT_EQ(time_of(7, option(9, counting(2, 9))), 7000) << "an option of the wrong length says nothing";
}

TEST(Pcapng, drops_are_the_last_count_of_each_interface) {
  const auto statistics = [](std::uint32_t number, std::uint64_t by_interface, std::uint64_t by_system) {
    return block(5, Writer(false)
                        .u32(number)
                        .u64(0)
                        .bytes(option(4, Writer(false).u64(1000)))
                        .bytes(option(5, Writer(false).u64(by_interface)))
                        .bytes(option(7, Writer(false).u64(by_system)))
                        .bytes(option(0, {})));
  };
  const Bytes head = section() + interface() + interface() + statistics(0, 3, 4);
  const Bytes file = head + statistics(1, 10, 0) + statistics(0, 5, 4) + section() + interface() + statistics(0, 1, 0);
  EXPECT_EQ(read_bytes(file).facts.kernel_drops, 9u + 10 + 1);
  EXPECT_EQ(read_bytes(file, {.skip_bytes = head.size()}).facts.kernel_drops, 2u + 10 + 1) << "what was skipped was counted before";
  EXPECT_EQ(read_bytes(section() + interface() + statistics(0, ~0ULL, 5)).facts.kernel_drops, ~0ULL);
  EXPECT_EQ(read_bytes(section() + statistics(3, 1, 1) + interface() + enhanced_packet(kFrame)).packets.size(), 1u)
      << "statistics of an unknown interface are no damage, to tshark and tcpdump neither";
}

TEST(Pcapng, length_without_its_padding_is_rounded_up) {
  // tcpdump refuses it, tshark reads it.
  const Bytes body = Writer(false).u32(0).u64(0).u32(61).u32(61).bytes(padded(kFrame));
  const ReadCapture read =
      read_bytes(section() + interface() + Bytes(Writer(false).u32(6).u32(93).bytes(body).u32(93)) + enhanced_packet(kFrame));
  EXPECT_EQ(read.packets.size(), 2u);
  EXPECT_EQ(read.facts.damage, std::nullopt);
}

struct Damage {
  const char* name;
  Bytes bytes;  ///< behind a section of one interface and one packet: from byte 144 on
  const char* sentence;
};

class PcapngDamage : public ::testing::TestWithParam<Damage> {};

TEST_P(PcapngDamage, is_told_and_ends_the_readable_part) {
  const Bytes good = section() + interface() + enhanced_packet(kFrame);
  ASSERT_EQ(good.size(), 144u);
  const Bytes file = good + GetParam().bytes;
  const ReadCapture read = read_bytes(file);
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.damage, GetParam().sentence);
  EXPECT_EQ(read.facts.readable_bytes, good.size());
  EXPECT_EQ(read.facts.readable_digest, digest_of(file, good.size()));
  EXPECT_EQ(read.facts.bytes, file.size());
  EXPECT_EQ(read.facts.digest, digest_of(file, file.size()));
}

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}
Bytes framed(std::uint32_t type, std::uint32_t first, const Bytes& body, std::uint32_t second) {
  return Writer(false).u32(type).u32(first).bytes(body).u32(second);
}

INSTANTIATE_TEST_SUITE_P(
    Each, PcapngDamage,
    ::testing::Values(
        Damage{"cut_off", cut(enhanced_packet(kFrame), 85), "cut off at byte 229: the block at byte 144 has 96 bytes, 85 are there"},
        Damage{"cut_off_header", cut(enhanced_packet(kFrame), 3),
               "cut off at byte 147: the block header at byte 144 has 12 bytes, 3 are there"},
        Damage{"zeros", Bytes(64), "the block at byte 144 says it has 0 bytes; its frame alone has 12"},
        Damage{"too_long", framed(6, 0xfffffff0, counting(60), 0),
               "the block at byte 144 says it has 4294967280 bytes, which no block has"},
        Damage{"two_lengths", framed(7, 32, counting(20), 36) + counting(40),
               "the block at byte 144 says it has 32 bytes at its beginning, and 36 at its end"},
        Damage{"unknown_interface", enhanced_packet(kFrame, {.interface = 4}),
               "the block at byte 144 belongs to interface 4; the section has described 1"},
        Damage{"captured_past_the_block", enhanced_packet(kFrame, {.captured = 65}),
               "the block at byte 144 says 65 captured bytes, there is room for 64"},
        Damage{"captured_too_much", enhanced_packet(Bytes(300'000)),
               "the block at byte 144 says 300000 captured bytes, which no packet has"},
        Damage{"short_packet", block(6, counting(16)), "the block at byte 144 is a packet of 28 bytes; the least is 32"},
        Damage{"short_old_packet", block(2, {}), "the block at byte 144 is a packet of 12 bytes; the least is 32"},
        Damage{"short_simple_packet", block(3, {}), "the block at byte 144 is a packet of 12 bytes; the least is 16"},
        Damage{"short_interface", block(1, counting(4)), "the block at byte 144 is an interface description of 16 bytes; the least is 20"},
        Damage{"short_statistics", block(5, counting(8)), "the block at byte 144 is an interface statistic of 20 bytes; the least is 24"},
        Damage{"simple_packet_past_the_block", block(3, Writer(false).u32(100).bytes(kFrame)),
               "the block at byte 144 says 100 captured bytes, there is room for 64"},
        Damage{"section_without_byte_order", block(0x0a0d0d0a, counting(16)),
               "the block at byte 144 is a section header without a byte order"},
        Damage{"short_section", block(0x0a0d0d0a, Writer(false).u32(0x1a2b3c4d)),
               "the block at byte 144 is a section header of 16 bytes; the least is 28"},
        Damage{"other_version", section(false, 2),
               "the block at byte 144 is a section of pcapng version 2.0, which cannot be read (1.x can)"}),
    [](const auto& instance) { return instance.param.name; });

TEST(Pcapng, simple_packet_without_an_interface_is_damage) {
  const ReadCapture read = read_bytes(section() + block(3, Writer(false).u32(61).bytes(kFrame)) + interface() + enhanced_packet(kFrame));
  EXPECT_TRUE(read.packets.empty());
  EXPECT_EQ(read.facts.damage, "the block at byte 28 belongs to interface 0; the section has described 0");
}

TEST(Pcapng, more_interfaces_than_memory_should_hold_are_damage) {
  Bytes file = section();
  const Bytes one = interface();
  file.reserve(one.size() * 70'000);
  for (int i = 0; i < 65'537; ++i) file.insert(file.end(), one.begin(), one.end());
  EXPECT_EQ(read_bytes(file).facts.damage, "the block at byte 1310748 describes one interface more than the 65,536 that can be read");
}

TEST(Pcapng, without_a_byte_order_it_is_no_capture) {
  EXPECT_THAT(read_bytes(block(0x0a0d0d0a, counting(40))).error, ::testing::HasSubstr("is not a capture"));
}

}  // namespace
}  // namespace nightjar::test
