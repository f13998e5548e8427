// Where the payload of TCP and UDP lies in the frame, and how much of it a capture lacks.
#include "decode/reading.hpp"

namespace nightjar {
namespace {

/// The payload as the packet's numbers say, out of the IP packet's bytes.
std::string payload_of(const ByteVector& bytes, const Packet& packet) {
  if (packet.payload_size == 0) return {};
  return {reinterpret_cast<const char*>(bytes.data()) + packet.payload_offset, packet.payload_size};
}

TEST(PayloadPlace, OfTcpLiesBehindTheOptions) {
  const ByteVector bytes = packet().tcp().syn().options(hex("020405b4"), 1).payload("GET /").ip();
  EXPECT_EQ("GET /", payload_of(bytes, read_ip(bytes).packet));
}

TEST(PayloadPlace, OfUdpEndsAtItsOwnLength) {
  ByteVector bytes = packet().udp().payload("abcdef").ip();
  bytes[20 + 5] = 8 + 2;
  EXPECT_EQ("ab", payload_of(bytes, read_ip(bytes).packet));
}

TEST(PayloadPlace, IsNowhereWithoutPayload) {
  EXPECT_EQ(0u, read_ip(packet().tcp().syn().ip()).packet.payload_size);
  EXPECT_EQ(0u, read_ip(packet().udp().ip()).packet.payload_size);
  EXPECT_EQ(0u, read_ip(packet().icmp(8).payload("abc").ip()).packet.payload_size);
}

TEST(PayloadPlace, IsNowhereBehindABrokenDataOffset) {
  ByteVector bytes = packet().tcp().payload("abc").ip();
  bytes[20 + 12] = 0xf0;
  EXPECT_EQ(0u, read_ip(bytes).packet.payload_size);
}

TEST(PayloadPlace, PaddingBehindTheIpPacketIsNoPayload) {
  ByteVector bytes = packet().tcp().payload("abc").ip();
  bytes.resize(bytes.size() + 6);
  const Outcome outcome = read_ip(bytes);
  EXPECT_EQ("abc", payload_of(bytes, outcome.packet));
  EXPECT_EQ(0u, outcome.packet.payload_missing);
}

TEST(PayloadPlace, AShortCaptureSaysWhatItLacks) {
  ByteVector bytes = packet().tcp().payload("abcdefgh").ip();
  bytes.resize(bytes.size() - 5);
  const Outcome outcome = read_ip(bytes);
  EXPECT_EQ("abc", payload_of(bytes, outcome.packet));
  EXPECT_EQ(5u, outcome.packet.payload_missing);
  ByteVector six = packet().from("2001:db8::7").udp().payload("abcdefgh").ip();
  six.resize(six.size() - 2);
  EXPECT_EQ("abcdef", payload_of(six, read_ip(six).packet));
  EXPECT_EQ(2u, read_ip(six).packet.payload_missing);
}

TEST(PayloadPlace, AcknowledgementsAreKept) {
  ByteVector bytes = packet().tcp().ip();
  bytes[20 + 8] = 0x12;
  bytes[20 + 11] = 0x34;
  EXPECT_EQ(0x12000034u, read_ip(bytes).packet.tcp_acknowledgement);
}

}  // namespace
}  // namespace nightjar
