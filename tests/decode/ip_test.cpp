#include "decode/ip.hpp"

#include "decode/reading.hpp"

namespace nightjar {
namespace {

const ByteVector kUdp = hex("1388 0035 000c 0000 61626364");  // 5000 > 53, "abcd"

ByteVector ipv4(std::string_view first_word, std::string_view fragment = "0000", std::uint8_t protocol = 17) {
  return hex(first_word) + hex("0001") + hex(fragment) + ByteVector{64, protocol, 0, 0} + hex("c0000201 c6336402");
}

ByteVector ipv6_header(std::uint16_t payload, std::uint8_t next) {
  return hex("60000000") + ByteVector{static_cast<std::uint8_t>(payload >> 8), static_cast<std::uint8_t>(payload), next, 61} +
         hex("20010db8000000000000000000000001 20010db8000000000000000000000002");
}
/// IPv6 whose payload length is right.
ByteVector ipv6(std::uint8_t next, const ByteVector& payload) {
  return ipv6_header(static_cast<std::uint16_t>(payload.size()), next) + payload;
}

TEST(Ipv4, MayHaveOptions) {
  const Outcome outcome = read_ip(ipv4("46000024") + hex("94040000") + kUdp);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(53, outcome.packet.dst_port);
  EXPECT_EQ(36u, outcome.packet.ip_length);
}

TEST(Ipv4, WithLengthZeroIsAsLongAsCaptured) {
  const Outcome outcome = read_ip(ipv4("45000000") + kUdp);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(32u, outcome.packet.ip_length);
  EXPECT_EQ(4, outcome.packet.payload_head_size);
}

TEST(Ipv4, MayBeLongerThanCaptured) {
  const Outcome outcome = read_ip(ipv4("450005dc") + kUdp);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(1500u, outcome.packet.ip_length);
}

TEST(Ipv4, BreaksWithAReason) {
  EXPECT_EQ(Undecodable::ipv4_truncated, read_ip(hex("45")).reason);
  ByteVector nineteen = ipv4("45000020");
  nineteen.pop_back();
  EXPECT_EQ(Undecodable::ipv4_truncated, read_ip(nineteen).reason);
  EXPECT_EQ(Undecodable::ipv4_header_length, read_ip(ipv4("44000020") + kUdp).reason);
  EXPECT_EQ(Undecodable::ipv4_truncated, read_ip(ipv4("4f000020") + kUdp).reason) << "60 bytes of header, 32 there";
  EXPECT_EQ(Undecodable::ipv4_total_length, read_ip(ipv4("45000013") + kUdp).reason);
  EXPECT_EQ(Undecodable::none, read_ip(ipv4("45000014", "0000", 99)).reason) << "a header alone is a packet";
}

TEST(Ipv4, WithABrokenHeaderHasNoAddresses) { EXPECT_EQ(text(Packet{}), text(read_ip(ipv4("44000020") + kUdp).packet)); }

TEST(Ipv4, LaterFragmentsHaveAProtocolOnly) {
  const Outcome outcome = read_ip(ipv4("45000020", "2001") + kUdp);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_TRUE(outcome.packet.later_fragment);
  EXPECT_FALSE(outcome.packet.has_transport);
  EXPECT_EQ(17, outcome.packet.protocol);
  EXPECT_EQ(0, outcome.packet.dst_port);
  EXPECT_EQ(Undecodable::none, read_ip(ipv4("45000015", "0001", 6) + hex("aa")).reason) << "a short fragment is no truncated TCP header";
}

TEST(Ipv4, FirstFragmentsHavePorts) {
  const Outcome outcome = read_ip(ipv4("45000020", "2000") + kUdp);
  EXPECT_FALSE(outcome.packet.later_fragment);
  EXPECT_EQ(53, outcome.packet.dst_port);
}

TEST(Ipv6, IsReadPlain) {
  const Outcome outcome = read_ip(ipv6(17, kUdp));
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(6, outcome.packet.ip_version);
  EXPECT_EQ(0x20010db800000000u, outcome.packet.src);
  EXPECT_EQ(1u, outcome.packet.src_low);
  EXPECT_EQ(2u, outcome.packet.dst_low);
  EXPECT_EQ(61, outcome.packet.ttl);
  EXPECT_EQ(52u, outcome.packet.ip_length);
  EXPECT_EQ(53, outcome.packet.dst_port);
}

// Next header first in every extension header; lengths in units of 8 bytes without the first 8 (RFC 8200), of AH in units of 4
// without the first two (RFC 4302).
TEST(Ipv6, SkipsEveryExtensionHeader) {
  const ByteVector hop_by_hop = hex("2b 00 0502 0000 0100"), routing = hex("3c 02 00 01") + ByteVector(20),
                   destination = hex("33 00 0104 00000000"), authentication = hex("87 04 0000 00000001 00000001") + ByteVector(12),
                   mobility = hex("8b 00 0000 00000000"), hip = hex("8c 00 0000 00000000"), shim6 = hex("11 00 0000 00000000");
  const Outcome outcome = read_ip(ipv6(0, hop_by_hop + routing + destination + authentication + mobility + hip + shim6 + kUdp));
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(17, outcome.packet.protocol);
  EXPECT_EQ(53, outcome.packet.dst_port);
}

TEST(Ipv6, StopsAtEncryption) {
  const Outcome outcome = read_ip(ipv6(50, ByteVector(24)));
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(50, outcome.packet.protocol);
  EXPECT_FALSE(outcome.packet.has_transport);
}

TEST(Ipv6, MayHaveNothingBehind) {
  EXPECT_EQ(59, read_ip(ipv6(59, {})).packet.protocol);
  EXPECT_EQ(59, read_ip(ipv6(60, hex("3b 00 0104 00000000"))).packet.protocol);
  EXPECT_EQ(135, read_ip(ipv6(135, hex("3b 00 0500 00000000"))).packet.protocol) << "a mobility message is the message";
}

TEST(Ipv6, FragmentsHavePortsInTheFirstOnly) {
  const Outcome first = read_ip(ipv6(44, hex("11 00 0001 00000007") + kUdp));
  EXPECT_FALSE(first.packet.later_fragment);
  EXPECT_EQ(53, first.packet.dst_port);
  const Outcome later = read_ip(ipv6(44, hex("11 00 0008 00000007") + kUdp));
  EXPECT_EQ(Undecodable::none, later.reason);
  EXPECT_TRUE(later.packet.later_fragment);
  EXPECT_EQ(17, later.packet.protocol);
  EXPECT_EQ(0, later.packet.dst_port);
}

TEST(Ipv6, MayBeAJumbogram) {
  const Outcome outcome = read_ip(ipv6_header(0, 0) + hex("11 00 c204 00012345") + kUdp);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(40u + 0x12345, outcome.packet.ip_length);
  EXPECT_EQ(53, outcome.packet.dst_port);
}

TEST(Ipv6, WithLengthZeroAndNoJumboOptionIsAsLongAsCaptured) {
  EXPECT_EQ(52u, read_ip(ipv6_header(0, 17) + kUdp).packet.ip_length);
  EXPECT_EQ(60u, read_ip(ipv6_header(0, 0) + hex("11 00 0502 0000 0100") + kUdp).packet.ip_length);
  EXPECT_EQ(60u, read_ip(ipv6_header(0, 0) + hex("11 00 c2ff 00000000") + kUdp).packet.ip_length)
      << "an option that runs out of its header";
}

TEST(Ipv6, BreaksWithAReason) {
  ByteVector short_header = ipv6_header(0, 17);
  short_header.pop_back();
  EXPECT_EQ(Undecodable::ipv6_truncated, read_ip(short_header).reason);
  EXPECT_EQ(Undecodable::ipv6_truncated, read_ip(hex("60")).reason);
  EXPECT_EQ(Undecodable::ipv6_extension, read_ip(ipv6(0, hex("11 00 0502"))).reason);
  EXPECT_EQ(Undecodable::ipv6_extension, read_ip(ipv6(60, hex("11 01 0502 00000000"))).reason) << "16 bytes stated, 8 there";
  EXPECT_EQ(Undecodable::ipv6_extension, read_ip(ipv6(51, hex("11 04 0000 00000001"))).reason);
  EXPECT_EQ(Undecodable::ipv6_extension, read_ip(ipv6(44, {})).reason);
}

TEST(Ipv6, KeepsAddressesWhenAnExtensionHeaderBreaks) {
  const Outcome outcome = read_ip(ipv6(60, hex("11 01 0502 00000000")));
  EXPECT_EQ(6, outcome.packet.ip_version);
  EXPECT_EQ(60, outcome.packet.protocol);
}

TEST(Ipv6, RefusesAnEndlessChain) {
  ByteVector chain;
  for (int i = 0; i < 15; ++i) chain = chain + hex("3c 00 0104 00000000");
  const ByteVector last = hex("11 00 0104 00000000");
  EXPECT_EQ(Undecodable::none, read_ip(ipv6(60, chain + last + kUdp)).reason);
  EXPECT_EQ(Undecodable::too_many_headers, read_ip(ipv6(60, chain + hex("3c 00 0104 00000000") + last + kUdp)).reason);
}

}  // namespace
}  // namespace nightjar
