#include "decode/tunnel.hpp"

#include "decode/reading.hpp"

namespace nightjar {
namespace {

constexpr DecodeOptions kNone = {};
constexpr DecodeOptions kGre = {.gre = true};
constexpr DecodeOptions kIpIp = {.ipip = true};
constexpr DecodeOptions kVxlan = {.vxlan = true};
constexpr DecodeOptions kErspan = {.erspan = true};
constexpr std::uint8_t kGreNumber = 47;

test::PacketBuilder inner4() { return packet().from("203.0.113.77").tcp().syn().port(5555); }
test::PacketBuilder inner6() { return packet().from("2001:db8::77").tcp().syn().port(5555); }
ByteVector gre(const ByteVector& header_and_payload) { return packet().protocol_number(kGreNumber).payload(header_and_payload).ip(); }

void expect_inside(const test::PacketBuilder& inner, const ByteVector& outer, const DecodeOptions& options) {
  expect_packet(inner, kRawLink, outer, options);
}
void expect_outside(std::uint8_t protocol, const ByteVector& outer, const DecodeOptions& options) {
  const Outcome outcome = read_ip(outer, options);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(protocol, outcome.packet.protocol);
  EXPECT_EQ(packet().decoded().src, outcome.packet.src);
}

TEST(Gre, CarriesWhatItNames) {
  expect_inside(inner4(), gre(hex("0000 0800") + inner4().ip()), kGre);
  expect_inside(inner6(), gre(hex("0000 86dd") + inner6().ip()), kGre);
  expect_inside(inner4(), gre(hex("0000 6558") + inner4().ethernet()), kGre);
  expect_inside(inner4(), gre(hex("0000 8847 000101ff") + inner4().ip()), kGre);
  expect_inside(inner4(), packet().from("2001:db8::1").protocol_number(kGreNumber).payload(hex("0000 0800") + inner4().ip()).ip(), kGre);
}

TEST(Gre, HasOptionalFields) {
  expect_inside(inner4(), gre(hex("8000 0800 12340000") + inner4().ip()), kGre);
  expect_inside(inner4(), gre(hex("2000 0800 00000001") + inner4().ip()), kGre);
  expect_inside(inner4(), gre(hex("b000 0800 12340000 00000001 00000002") + inner4().ip()), kGre);
  // Routing (RFC 1701): checksum and offset, then entries until one of length 0.
  expect_inside(inner4(), gre(hex("4000 0800 00000000 0800 00 04 c0000201 0000 00 00") + inner4().ip()), kGre);
  // PPTP: key and sequence and acknowledgement, then PPP.
  expect_inside(inner4(), gre(hex("3081 880b 00000001 00000002 00000003 ff03 0021") + inner4().ip()), kGre);
}

TEST(Gre, IsOpenedOnlyWhenAsked) {
  expect_outside(kGreNumber, gre(hex("0000 0800") + inner4().ip()), kNone);
  expect_outside(kGreNumber, gre(hex("0000 0800") + inner4().ip()), {.ipip = true, .vxlan = true, .erspan = true});
}

TEST(Gre, OfUnknownProtocolsIsThePacket) {
  expect_outside(kGreNumber, gre(hex("0000 0000")), kGre);  // keepalive
  expect_outside(kGreNumber, gre(hex("0000 883e 00000000")), kGre);
}

TEST(Gre, Breaks) {
  EXPECT_EQ(Undecodable::tunnel_truncated, read_ip(gre(hex("0000 08")), kGre).reason);
  EXPECT_EQ(Undecodable::tunnel_truncated, read_ip(gre(hex("2000 0800 0000")), kGre).reason);
  EXPECT_EQ(Undecodable::tunnel_truncated, read_ip(gre(hex("4000 0800 00000000 0800 00 04 c000")), kGre).reason);
  EXPECT_EQ(Undecodable::tunnel_malformed, read_ip(gre(hex("0002 0800") + inner4().ip()), kGre).reason);
  EXPECT_EQ(Undecodable::ipv4_truncated, read_ip(gre(hex("0000 0800 45")), kGre).reason);
  EXPECT_EQ(Undecodable::ip_version, read_ip(gre(hex("0000 0800") + inner6().ip()), kGre).reason);
}

TEST(IpInIp, CarriesBothVersions) {
  expect_inside(inner4(), packet().protocol_number(4).payload(inner4().ip()).ip(), kIpIp);
  expect_inside(inner6(), packet().protocol_number(41).payload(inner6().ip()).ip(), kIpIp);
  expect_inside(inner4(), packet().from("2001:db8::1").protocol_number(4).payload(inner4().ip()).ip(), kIpIp);
  expect_inside(inner6(), packet().from("2001:db8::1").protocol_number(41).payload(inner6().ip()).ip(), kIpIp);
}

TEST(IpInIp, IsOpenedOnlyWhenAsked) {
  expect_outside(4, packet().protocol_number(4).payload(inner4().ip()).ip(), {.gre = true, .vxlan = true, .erspan = true});
}

TEST(IpInIp, LaterFragmentsStayClosed) { expect_outside(4, packet().protocol_number(4).fragment(8).payload(inner4().ip()).ip(), kIpIp); }

TEST(IpInIp, BreaksAsItsInnerHeader) {
  EXPECT_EQ(Undecodable::ip_version, read_ip(packet().protocol_number(4).payload(inner6().ip()).ip(), kIpIp).reason);
  EXPECT_EQ(Undecodable::ipv6_truncated, read_ip(packet().protocol_number(41).payload("6").ip(), kIpIp).reason);
}

TEST(Tunnels, AreFollowedEightDeep) {
  ByteVector bytes = inner4().ip();
  for (int depth = 0; depth < 8; ++depth) bytes = packet().protocol_number(4).payload(bytes).ip();
  expect_inside(inner4(), bytes, kIpIp);
  EXPECT_EQ(Undecodable::too_many_headers, read_ip(packet().protocol_number(4).payload(bytes).ip(), kIpIp).reason);
}

ByteVector vxlan(const ByteVector& payload, std::uint16_t port = 4789) { return packet().udp().port(port).payload(payload).ip(); }

TEST(Vxlan, CarriesEthernet) {
  expect_inside(inner4(), vxlan(hex("08000000 00007b00") + inner4().ethernet()), kVxlan);
  expect_outside(17, vxlan(hex("08000000 00007b00") + inner4().ethernet()), kNone);
}

TEST(Vxlan, WithoutItsFlagOrPortIsADatagram) {
  expect_outside(17, vxlan(hex("00000000 00007b00") + inner4().ethernet()), kVxlan);
  expect_outside(17, vxlan({}), kVxlan);
  expect_outside(17, vxlan(hex("08000000 00007b00") + inner4().ethernet(), 4790), kVxlan);
}

TEST(Vxlan, OfAFrameWithoutIpIsNoIp) {
  expect_not_ip(kRawLink, vxlan(hex("08000000 00007b00 ffffffffffff 020000000001 0806 0001")), kVxlan);
}

TEST(Vxlan, Breaks) {
  EXPECT_EQ(Undecodable::tunnel_truncated, read_ip(vxlan(hex("08000000")), kVxlan).reason);
  EXPECT_EQ(Undecodable::link_truncated, read_ip(vxlan(hex("08000000 00007b00 ffff")), kVxlan).reason);
}

TEST(Erspan, HasThreeTypes) {
  expect_inside(inner4(), gre(hex("0000 88be") + inner4().ethernet()), kErspan);
  expect_inside(inner4(), gre(hex("1000 88be 00000001 10010000 00000000") + inner4().ethernet()), kErspan);
  expect_inside(inner4(), gre(hex("1000 22eb 00000001 20010000 00000000 0000 0000") + inner4().ethernet()), kErspan);
  expect_inside(inner4(), gre(hex("1000 22eb 00000001 20010000 00000000 0000 0001 0000000000000000") + inner4().ethernet()), kErspan);
  expect_inside(inner4(), gre(hex("1000 22eb 00000001 20010000 00000000 0000 0800") + inner4().ip()), kErspan);
}

TEST(Erspan, IsOpenedOnlyWhenAsked) {
  expect_outside(kGreNumber, gre(hex("0000 88be") + inner4().ethernet()), kGre);
  expect_outside(kGreNumber, gre(hex("0000 0800") + inner4().ip()), kErspan);
}

TEST(Erspan, OfOtherFramesIsThePacket) {
  expect_outside(kGreNumber, gre(hex("1000 22eb 00000001 20010000 00000000 0000 7c00") + inner4().ip()), kErspan);
}

TEST(Erspan, Breaks) {
  EXPECT_EQ(Undecodable::tunnel_truncated, read_ip(gre(hex("1000 88be 00000001 1001")), kErspan).reason);
  EXPECT_EQ(Undecodable::tunnel_malformed, read_ip(gre(hex("1000 88be 00000001 30010000 00000000") + inner4().ethernet()), kErspan).reason);
  EXPECT_EQ(Undecodable::tunnel_truncated, read_ip(gre(hex("1000 22eb 00000001 20010000 00000000 0000 0001 0000")), kErspan).reason);
  EXPECT_EQ(Undecodable::tunnel_malformed,
            read_ip(gre(hex("1000 22eb 00000001 10010000 00000000 0000 0000") + inner4().ethernet()), kErspan).reason);
}

}  // namespace
}  // namespace nightjar
