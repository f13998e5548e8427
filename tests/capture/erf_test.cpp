#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture_bytes.hpp"

namespace nightjar::test {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;
const Bytes kFrame = counting(60);
const Bytes kEthernet = Bytes(2) + kFrame;  // offset and padding stand before the frame

ReadPacket only_packet(const Bytes& file) {
  const ReadCapture read = read_bytes(file);
  EXPECT_EQ(read.packets.size(), 1u) << read.error << read.facts.damage.value_or("");
  EXPECT_EQ(read.facts.damage, std::nullopt);
  return read.packets.empty() ? ReadPacket{} : read.packets[0];
}

TEST(Erf, ethernet) {
  const Bytes file = erf_record(kEthernet, {.fraction = 0x80000000, .wire = 64});
  EXPECT_EQ(only_packet(file), (ReadPacket{1500000000 * kSecond + 500'000'000, kFrame, 64, 1}));
  EXPECT_EQ(read_bytes(file).facts.format, "erf");
  EXPECT_EQ(read_bytes(file).facts.readable_bytes, file.size());
}

TEST(Erf, what_is_behind_the_frame_is_padding) { EXPECT_EQ(only_packet(erf_record(kEthernet, {.wire = 50})).bytes, counting(50)); }

TEST(Erf, extension_headers_are_skipped) {
  const Bytes extensions = Bytes{0x83} + Bytes(7) + Bytes{0x05} + Bytes(7);
  EXPECT_EQ(only_packet(erf_record(extensions + kEthernet, {.type = 0x82})).bytes, kFrame);
}

TEST(Erf, every_type_of_ethernet_and_raw_ip_has_its_link_type) {
  for (const std::uint8_t type : {2, 11, 16, 20}) EXPECT_EQ(only_packet(erf_record(kEthernet, {.type = type})).link_type, 1) << int{type};
  EXPECT_EQ(only_packet(erf_record(kFrame, {.type = 22})), (ReadPacket{1500000000 * kSecond, kFrame, 60, 228}));
  EXPECT_EQ(only_packet(erf_record(kFrame, {.type = 23})), (ReadPacket{1500000000 * kSecond, kFrame, 60, 229}));
}

TEST(Erf, hdlc_is_ppp_or_ciscos_by_its_first_bytes) {
  const Bytes ppp = Bytes{0xff, 0x03, 0x00, 0x21} + kFrame, cisco = Bytes{0x0f, 0x00, 0x08, 0x00} + kFrame;
  for (const std::uint8_t type : {1, 10, 15, 19}) {
    EXPECT_EQ(only_packet(erf_record(ppp, {.type = type})).link_type, 50);
    EXPECT_EQ(only_packet(erf_record(cisco, {.type = type})).link_type, 104);
  }
  for (const std::uint8_t type : {5, 17}) {
    const ReadPacket packet = only_packet(erf_record(Bytes(4) + ppp, {.type = type, .wire = 64}));
    EXPECT_EQ(packet.link_type, 50);
    EXPECT_EQ(packet.bytes, ppp);
  }
}

TEST(Erf, other_types_are_handed_on_as_a_whole) {
  const Bytes record = erf_record(kFrame, {.type = 21});
  const ReadPacket packet = only_packet(record);
  EXPECT_EQ(packet.link_type, 197);
  EXPECT_EQ(packet.bytes, record);
}

TEST(Erf, padding_and_meta_records_and_counters_are_no_packets) {
  Bytes file = erf_record(kEthernet);
  for (const std::uint8_t type : {48, 27, 13, 14}) file = file + erf_record(counting(24), {.type = type});
  only_packet(file);
}

TEST(Erf, cut_off_record_does_not_count) {
  Bytes file = erf_record(kEthernet) + erf_record(kEthernet);
  file.resize(file.size() - 1);
  const ReadCapture read = read_bytes(file);
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_EQ(read.facts.damage, "cut off at byte 155: the record at byte 78 has 78 bytes, 77 are there");
  file.resize(88);
  EXPECT_EQ(read_bytes(file).facts.damage, "cut off at byte 88: the record header at byte 78 has 16 bytes, 10 are there");
}

TEST(Erf, record_shorter_than_its_header_is_damage) {
  Bytes file;
  for (int i = 0; i < 20; ++i) file = file + erf_record(kEthernet);
  const ReadCapture read = read_bytes(file + erf_record(kEthernet, {.size = 15}));
  EXPECT_EQ(read.packets.size(), 20u);
  EXPECT_EQ(read.facts.damage, "the record at byte 1560 says it has 15 bytes; its header alone has 16");
}

TEST(Erf, headers_longer_than_the_record_are_damage) {
  const char* sentence = "the headers of the record at byte 78 are longer than its 24 bytes";
  EXPECT_EQ(read_bytes(erf_record(kEthernet) + erf_record(Bytes{0x80} + Bytes(7), {.type = 0x82})).facts.damage, sentence);
  EXPECT_EQ(read_bytes(erf_record(kEthernet) + erf_record(Bytes{0x00} + Bytes(7), {.type = 0x82})).facts.damage, sentence);
}

TEST(Erf, what_does_not_go_on_as_erf_is_none) {
  EXPECT_THAT(read_bytes(erf_record(kEthernet) + Bytes(100, 'x')).error, HasSubstr("is not a capture"));
  EXPECT_THAT(read_bytes(erf_record(kEthernet) + erf_record(kEthernet, {.seconds = 1000000000})).error, HasSubstr("is not a capture"))
      << "16 years between neighbours";
  EXPECT_THAT(read_bytes(Bytes(70'000, '\n')).error, HasSubstr("is not a capture"));
}

}  // namespace
}  // namespace nightjar::test
