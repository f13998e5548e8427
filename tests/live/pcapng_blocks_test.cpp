#include "live/pcapng_blocks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/reader.hpp"
#include "support/packet_builder.hpp"

namespace nightjar {
namespace {

using test::hex;

/// Facts of a capture in memory, read to its end.
CaptureFacts facts_of(const PcapngBytes& bytes, CaptureReader::Options options = {}) {
  auto reader = CaptureReader::open_bytes(bytes, options);
  EXPECT_TRUE(reader);
  PacketBlock block;
  while ((*reader)->next(block)) {
  }
  return (*reader)->facts();
}

PcapngBytes header() {
  PcapngBytes bytes;
  add_pcapng_header({.interface = "eth0", .filter = "", .program = "test", .link_type = 1, .snap_length = 96}, bytes);
  return bytes;
}

TEST(PcapngBlocks, BeginWithSectionAndInterfaceByteByByte) {
  EXPECT_EQ(header(), hex("0a0d0d0a 28000000 4d3c2b1a 0100 0000 ffffffff ffffffff"      // section of unknown length, version 1.0
                          "0400 0400 74657374 00000000 28000000"                        // written by "test"
                          "01000000 28000000 0100 0000 60000000"                        // Ethernet, 96 bytes of a packet
                          "0200 0400 65746830 0900 0100 09000000 00000000 28000000"));  // eth0, nanoseconds
}

TEST(PcapngBlocks, HoldAPacketInTwoPieces) {
  PcapngBytes bytes;
  const auto front = hex("0102"), rest = hex("030405");
  add_pcapng_packet(0x0000000123456789, 60, front, rest, bytes);
  EXPECT_EQ(bytes, hex("06000000 28000000 00000000 01000000 89674523 05000000 3c000000 0102030405000000 28000000"));
}

TEST(PcapngBlocks, HoldCountsThatAReaderAddsUp) {
  PcapngBytes bytes = header();
  const auto packet = hex("00");
  add_pcapng_packet(1'000, 1, packet, {}, bytes);
  add_pcapng_statistics(2'000, {.received = 12, .interface_drops = 2, .system_drops = 3}, "", bytes);
  const std::uint64_t behind_the_first = bytes.size();
  add_pcapng_packet(3'000, 1, packet, {}, bytes);
  add_pcapng_statistics(4'000, {.received = 22, .interface_drops = 4, .system_drops = 6}, "", bytes);
  EXPECT_EQ(facts_of(bytes).kernel_drops, 10U) << "counts go on from the file's beginning: 4 + 6";
  EXPECT_EQ(facts_of(bytes, {.skip_bytes = behind_the_first}).kernel_drops, 5U) << "what was told before is not told again";
  EXPECT_FALSE(facts_of(bytes).damage);
}

TEST(PcapngBlocks, TellOfGapsAndOfAClockThatWasSet) {
  PcapngBytes bytes = header();
  add_pcapng_packet(1'000, 1, hex("00"), {}, bytes);
  add_pcapng_statistics(2'000, {}, "nightjar gap from 2017-01-01T00:00:00Z to 2017-01-01T00:05:00Z; nightjar clock step -3000 ms", bytes);
  const std::uint64_t told = bytes.size();
  add_pcapng_statistics(3'000, {}, "some other words", bytes);
  EXPECT_EQ(facts_of(bytes).gaps, 1U);
  EXPECT_EQ(facts_of(bytes).clock_steps, 1U);
  EXPECT_EQ(facts_of(bytes, {.skip_bytes = told}).gaps, 0U);
}

TEST(PcapngBlocks, CutTextThatIsTooLong) {
  PcapngBytes bytes;
  add_pcapng_header({.interface = "eth0", .filter = std::string(100'000, 'x'), .program = "test"}, bytes);
  EXPECT_LT(bytes.size(), 2'000U);
  add_pcapng_packet(1'000, 1, hex("00"), {}, bytes);
  EXPECT_EQ(facts_of(bytes).packets, 1U);
}

}  // namespace
}  // namespace nightjar
