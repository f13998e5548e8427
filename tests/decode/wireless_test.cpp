#include "decode/reading.hpp"

namespace nightjar {
namespace {

// Frame layouts after IEEE 802.11-2016, 9.2.4 and 9.3.2; radiotap fields after radiotap.org.
const ByteVector kAddresses = hex("0000 020000000001 020000000002 020000000003 1000");
const ByteVector kSnap = hex("aaaa03 000000 0800");

void expect_ip(std::uint16_t link_type, const ByteVector& header) {
  const test::PacketBuilder inner = packet().tcp().syn();
  expect_packet(inner, link_type, header + inner.ip());
}
void expect_no_ip(std::uint16_t link_type, const ByteVector& header) { expect_not_ip(link_type, header + packet().ip()); }

TEST(Wireless, DataFramesCarryIp) {
  expect_ip(105, hex("0801") + kAddresses + kSnap);                                               // to the distribution system
  expect_ip(105, hex("0803") + kAddresses + hex("020000000004") + kSnap);                         // between access points: four addresses
  expect_ip(105, hex("8801") + kAddresses + hex("0000") + kSnap);                                 // QoS
  expect_ip(105, hex("8881") + kAddresses + hex("0000 00000000") + kSnap);                        // QoS with HT control
  expect_ip(105, hex("8801") + kAddresses + hex("8000") + ByteVector(12) + hex("0030") + kSnap);  // A-MSDU
}

TEST(Wireless, OtherFramesCarryNone) {
  expect_no_ip(105, hex("8000") + kAddresses);                  // beacon
  expect_no_ip(105, hex("d400 0000 020000000001"));             // acknowledgement
  expect_no_ip(105, hex("4801") + kAddresses);                  // null
  expect_no_ip(105, hex("c801") + kAddresses + hex("0000"));    // QoS null
  expect_no_ip(105, hex("0841") + kAddresses + kSnap);          // encrypted
  expect_no_ip(105, hex("0801") + kAddresses + hex("424203"));  // no IP behind LLC
}

TEST(Wireless, FramesBreak) {
  EXPECT_EQ(Undecodable::link_truncated, read(105, hex("08")).reason);
  EXPECT_EQ(Undecodable::link_truncated, read(105, hex("0801 0000 0200")).reason);
  EXPECT_EQ(Undecodable::link_truncated, read(105, hex("8801") + kAddresses + hex("00")).reason);
  EXPECT_EQ(Undecodable::link_truncated, read(105, hex("0801") + kAddresses + hex("aaaa03 0000")).reason);
  EXPECT_EQ(Undecodable::link_malformed, read(105, hex("0901") + kAddresses + kSnap).reason);
}

TEST(Radiotap, IsSkippedByItsLength) {
  expect_ip(127, hex("0000 0800 00000000 0801") + kAddresses + kSnap);
  expect_ip(127, hex("0000 0d00 04000000 0000000000 0801") + kAddresses + kSnap);
  expect_no_ip(127, hex("0000 0800 00000000 8000") + kAddresses);
}

TEST(Radiotap, SaysWhetherTheHeaderIsPadded) {
  // Presence: flags (bit 1); the flags say "padded" (0x20). A QoS header of 26 bytes then takes 28.
  expect_ip(127, hex("0000 0900 02000000 20 8801") + kAddresses + hex("0000 0000") + kSnap);
  // The timestamp (bit 0) stands before the flags, at a multiple of 8.
  expect_ip(127, hex("0000 1100 03000000 0000000000000000 20 8801") + kAddresses + hex("0000 0000") + kSnap);
  // A second presence word moves both.
  expect_ip(127, hex("0000 1900 03000080 00000000 00000000 0000000000000000 20 8801") + kAddresses + hex("0000 0000") + kSnap);
}

TEST(Radiotap, Breaks) {
  EXPECT_EQ(Undecodable::link_truncated, read(127, hex("0000 0800 0000")).reason);
  EXPECT_EQ(Undecodable::link_truncated, read(127, hex("0000 ff00 00000000")).reason);
  EXPECT_EQ(Undecodable::link_malformed, read(127, hex("0100 0800 00000000")).reason);
  EXPECT_EQ(Undecodable::link_malformed, read(127, hex("0000 0700 00000000")).reason);
  EXPECT_EQ(Undecodable::link_malformed, read(127, hex("0000 0800 00000080 0801")).reason) << "a presence word that is not there";
  EXPECT_EQ(Undecodable::link_malformed, read(127, hex("0000 0800 02000000 0801")).reason) << "flags that are not there";
}

}  // namespace
}  // namespace nightjar
