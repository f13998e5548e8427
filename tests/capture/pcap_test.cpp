#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture_bytes.hpp"

// Expected packets and refusals of damaged files: what tshark 4.0.17 and tcpdump 4.99.3 say of the same bytes.
namespace nightjar::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;
const Bytes kFrame = counting(60);

TEST(Pcap, every_byte_order_and_resolution_reads_the_same) {
  for (const bool big : {false, true}) {
    for (const bool nano : {false, true}) {
      const Bytes file = pcap_header({.magic = nano ? kNano : kMicro, .big_endian = big}) +
                         pcap_record(kFrame, {.seconds = 1500000000, .fraction = 999999, .original = 1500, .big_endian = big});
      const ReadCapture read = read_bytes(file);
      ASSERT_EQ(read.packets.size(), 1u) << read.error;
      EXPECT_EQ(read.packets[0].time_ns, 1500000000 * kSecond + (nano ? 999'999 : 999'999'000));
      EXPECT_EQ(read.packets[0].bytes, kFrame);
      EXPECT_EQ(read.packets[0].original, 1500u);
      EXPECT_EQ(read.facts.format, "pcap");
      EXPECT_EQ(read.facts.damage, std::nullopt);
      EXPECT_EQ(read.facts.readable_bytes, file.size());
    }
  }
}

TEST(Pcap, modified_records_have_eight_bytes_more) {
  for (const bool big : {false, true}) {
    const PcapRecord record{.extra = counting(8, 200), .big_endian = big};
    const ReadCapture read =
        read_bytes(pcap_header({.magic = kModified, .big_endian = big}) + pcap_record(kFrame, record) + pcap_record(kFrame, record));
    ASSERT_EQ(read.packets.size(), 2u);
    EXPECT_EQ(read.packets[1].bytes, kFrame);
  }
}

TEST(Pcap, old_versions_have_the_lengths_the_other_way_round) {
  const Bytes swapped = pcap_record(kFrame, {.captured = 70, .original = 60}),
              straight = pcap_record(kFrame, {.captured = 60, .original = 70});
  for (const Bytes& file : {pcap_header({.minor = 2}) + swapped + swapped, pcap_header({.minor = 3}) + straight + swapped}) {
    const ReadCapture read = read_bytes(file);
    ASSERT_EQ(read.packets.size(), 2u);
    for (const ReadPacket& packet : read.packets) {
      EXPECT_EQ(packet.bytes, kFrame);
      EXPECT_EQ(packet.original, 70u);
    }
  }
}

TEST(Pcap, version_543_is_read_as_2_4) {
  EXPECT_EQ(read_bytes(pcap_header({.major = 543, .minor = 0}) + pcap_record(kFrame)).packets.size(), 1u);
}

TEST(Pcap, other_versions_are_refused) {
  EXPECT_THAT(read_bytes(pcap_header({.major = 1}) + pcap_record(kFrame)).error, HasSubstr("is of pcap version 1.4"));
  EXPECT_THAT(read_bytes(pcap_header({.major = 3, .minor = 0}) + pcap_record(kFrame)).error, HasSubstr("version 3.0"));
}

TEST(Pcap, variants_that_were_never_documented_are_refused) {
  for (const std::uint32_t magic : {0xa1b234cdU, 0xa12b3c4dU}) {
    EXPECT_THAT(read_bytes(pcap_header({.magic = magic}) + pcap_record(kFrame)).error, HasSubstr("variant of pcap"));
  }
}

TEST(Pcap, link_type_is_without_the_length_of_the_frame_check_sequence) {
  const ReadCapture read = read_bytes(pcap_header({.link_type = 0x34000000 | 276}) + pcap_record(kFrame));
  EXPECT_THAT(read.facts.link_types, ElementsAre(276));
  EXPECT_EQ(read.packets.at(0).link_type, 276);
}

TEST(Pcap, fraction_of_a_second_and_more_carries_over) {
  const ReadCapture read = read_bytes(pcap_header() + pcap_record(kFrame, {.seconds = 10, .fraction = 1'000'000}) +
                                      pcap_record(kFrame, {.seconds = 10, .fraction = 0x80000000}));
  EXPECT_EQ(read.packets.at(0).time_ns, 11 * kSecond);
  EXPECT_EQ(read.packets.at(1).time_ns, 10 * kSecond + 2'147'483'648'000);
}

TEST(Pcap, seconds_go_on_after_2038) {
  EXPECT_EQ(read_bytes(pcap_header() + pcap_record(kFrame, {.seconds = 0xf0000000})).packets.at(0).time_ns, 0xf0000000 * kSecond);
}

TEST(Pcap, header_alone_is_an_empty_capture) {
  const ReadCapture read = read_bytes(pcap_header());
  EXPECT_EQ(read.error, "");
  EXPECT_TRUE(read.packets.empty());
  EXPECT_EQ(read.facts.first_ns, std::nullopt);
  EXPECT_EQ(read.facts.readable_bytes, 24u);
  EXPECT_EQ(read.facts.damage, std::nullopt);
}

TEST(Pcap, cut_off_header_is_no_capture) {
  Bytes file = pcap_header();
  file.resize(20);
  EXPECT_EQ(read_bytes(file).error, "the capture breaks off inside the header of a pcap file: 20 of 24 bytes");
}

TEST(Pcap, cut_off_record_does_not_count) {
  Bytes file = pcap_header() + pcap_record(kFrame) + pcap_record(kFrame);
  file.resize(file.size() - 5);
  const ReadCapture read = read_bytes(file);
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.damage, "cut off at byte 171: the record at byte 100 has 76 bytes, 71 are there");
  EXPECT_EQ(read.facts.bytes, 171u);
  EXPECT_EQ(read.facts.readable_bytes, 100u);
  EXPECT_EQ(read.facts.digest, digest_of(file, 171));
  EXPECT_EQ(read.facts.readable_digest, digest_of(file, 100));
}

TEST(Pcap, cut_off_record_header_does_not_count) {
  const ReadCapture read = read_bytes(pcap_header() + pcap_record(kFrame) + counting(7));
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.damage, "cut off at byte 107: the record header at byte 100 has 16 bytes, 7 are there");
}

TEST(Pcap, length_that_no_packet_has_ends_the_readable_part) {
  const Bytes file = pcap_header() + pcap_record(kFrame) + pcap_record(kFrame, {.captured = 0xffffffff}) + pcap_record(kFrame);
  const ReadCapture read = read_bytes(file);
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.damage, "the record at byte 100 says 4294967295 captured bytes, which no packet has");
  EXPECT_EQ(read.facts.readable_bytes, 100u);
  EXPECT_EQ(read.facts.bytes, file.size());
  EXPECT_EQ(read.facts.digest, digest_of(file, file.size())) << "names the whole file, also what is behind the damage";
  EXPECT_EQ(read.facts.readable_digest, digest_of(file, 100));
}

TEST(Pcap, largest_packet_is_libpcaps_unless_the_snapshot_length_is_larger) {
  const auto packets = [](std::uint32_t snapshot_length, std::size_t bytes) {
    return read_bytes(pcap_header({.snapshot_length = snapshot_length}) + pcap_record(Bytes(bytes))).packets.size();
  };
  EXPECT_EQ(packets(64, 262'144), 1u) << "a packet longer than the snapshot length is there all the same";
  EXPECT_EQ(packets(64, 262'145), 0u);
  EXPECT_EQ(packets(0, 262'144), 1u);
  EXPECT_EQ(packets(400'000, 400'000), 1u);
  EXPECT_EQ(packets(400'000, 400'001), 0u);
  EXPECT_EQ(packets(16 << 20, 16 << 20), 1u);
  EXPECT_EQ(packets((16 << 20) + 1, 262'145), 0u) << "a snapshot length that no packet reaches is none";
  EXPECT_EQ(packets(0xffffffff, 262'145), 0u);
}

}  // namespace
}  // namespace nightjar::test
