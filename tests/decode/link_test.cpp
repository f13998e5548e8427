#include "decode/link.hpp"

#include "decode/reading.hpp"

namespace nightjar {
namespace {

const ByteVector kMac = hex("020000000001 020000000002");

/// The IP packets that every link header is put before.
const test::PacketBuilder& v4() {
  static const test::PacketBuilder built = packet().udp().payload("v4");
  return built;
}
const test::PacketBuilder& v6() {
  static const test::PacketBuilder built = packet().from("2001:db8::7").udp().payload("v6");
  return built;
}

void expect_ipv4(std::uint16_t link_type, const ByteVector& header) { expect_packet(v4(), link_type, header + v4().ip()); }
void expect_ipv6(std::uint16_t link_type, const ByteVector& header) { expect_packet(v6(), link_type, header + v6().ip()); }

void expect_reason(Undecodable reason, std::uint16_t link_type, const ByteVector& frame) {
  const Outcome outcome = read(link_type, frame);
  EXPECT_EQ(reason, outcome.reason);
  EXPECT_EQ(0, outcome.packet.ip_version);
}

TEST(Ethernet, CarriesBothVersions) {
  expect_ipv4(1, kMac + hex("0800"));
  expect_ipv6(1, kMac + hex("86dd"));
}

TEST(Ethernet, SkipsTags) {
  expect_ipv4(1, kMac + hex("8100 0064 0800"));
  expect_ipv6(1, kMac + hex("8100 0064 86dd"));
  expect_ipv4(1, kMac + hex("88a8 0001 8100 0064 0800"));
  expect_ipv4(1, kMac + hex("9100 0001 8100 0064 0800"));
  expect_ipv4(1, kMac + hex("9200 0001 9100 0064 0800"));
}

TEST(Ethernet, RefusesAnEndlessStackOfTags) {
  ByteVector frame = kMac;
  for (int i = 0; i < 15; ++i) frame = frame + hex("8100 0064");
  expect_ipv4(1, frame + hex("0800"));
  expect_reason(Undecodable::too_many_headers, 1, frame + hex("8100 0064 8100 0064 0800") + v4().ip());
}

TEST(Ethernet, IsTruncatedWhereTheTypeIsMissing) {
  expect_reason(Undecodable::link_truncated, 1, {});
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("08"));
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("8100 0064 08"));
}

TEST(Ethernet, CarriesOtherProtocols) {
  expect_not_ip(1, kMac + hex("0806 0001"));
  expect_not_ip(1, kMac + hex("88cc 0207"));
  expect_not_ip(1, kMac + hex("05ff 0207"));  // neither a length nor an EtherType
}

TEST(Ethernet, MustCarryTheVersionItNames) {
  expect_reason(Undecodable::ip_version, 1, kMac + hex("0800") + v6().ip());
  expect_reason(Undecodable::ip_version, 1, kMac + hex("86dd") + hex("45") + ByteVector(60));
}

TEST(Llc, CarriesIpInSnap) {
  expect_ipv4(1, kMac + hex("0026 aaaa03 000000 0800"));
  expect_ipv6(1, kMac + hex("0026 aaaa03 0000f8 86dd"));
  expect_ipv4(1, kMac + hex("8100 0064 0026 aaaa03 000000 0800"));
  expect_ipv4(1, kMac + hex("0026 060603"));
  expect_ipv4(100, hex("aaaa03 000000 0800"));
}

TEST(Llc, CarriesOtherThings) {
  expect_not_ip(1, kMac + hex("0026 424203 0000"));                     // spanning tree
  expect_not_ip(1, kMac + hex("0026 aaaa03 00000c 2000") + hex("01"));  // Cisco's organisation: CDP
}

TEST(Llc, IsTruncated) {
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("0026 aaaa"));
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("0026 aaaa03 000000 08"));
}

TEST(Mpls, EndsAtTheBottomOfTheStack) {
  expect_ipv4(1, kMac + hex("8847 000101ff"));
  expect_ipv4(1, kMac + hex("8847 000100ff 000101ff"));
  expect_ipv6(1, kMac + hex("8848 000021ff"));
  expect_ipv4(1, kMac + hex("8100 0064 8847 000101ff"));
}

TEST(Mpls, OfAPseudoWireIsNoIp) { expect_not_ip(1, kMac + hex("8847 000101ff 00000000 020000000001")); }

TEST(Mpls, IsTruncatedWithoutABottom) {
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("8847 000100ff"));
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("8847 000101ff"));
  ByteVector labels;
  for (int i = 0; i < 20; ++i) labels = labels + hex("000100ff");
  expect_reason(Undecodable::too_many_headers, 1, kMac + hex("8847") + labels + hex("000101ff") + v4().ip());
}

TEST(Pppoe, CarriesPpp) {
  expect_ipv4(1, kMac + hex("8864 1100 0001 0020 0021"));
  expect_ipv6(1, kMac + hex("8864 1100 0001 0020 0057"));
  expect_ipv4(51, hex("1100 0001 0020 0021"));
}

TEST(Pppoe, CarriesOtherThings) {
  expect_not_ip(1, kMac + hex("8863 1109 0000 0012"));          // discovery
  expect_not_ip(1, kMac + hex("8864 1100 0001 0006 c021 01"));  // link control
  expect_not_ip(1, kMac + hex("8864 11a7 0001 0000"));          // not session data
}

TEST(Pppoe, IsBroken) {
  expect_reason(Undecodable::link_malformed, 1, kMac + hex("8864 2100 0001 0020 0021") + v4().ip());
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("8864 1100 00"));
  expect_reason(Undecodable::link_truncated, 1, kMac + hex("8864 1100 0001 0020 00"));
}

TEST(Ppp, HasManyForms) {
  expect_ipv4(9, hex("ff03 0021"));
  expect_ipv4(9, hex("0021"));
  expect_ipv4(9, hex("21"));
  expect_ipv6(9, hex("ff03 0057"));
  expect_ipv4(9, hex("ff03 0281 000101ff"));
  expect_ipv4(50, hex("ff03 0021"));
  expect_ipv4(50, hex("0f00 0800"));
  expect_ipv4(204, hex("01 ff03 0021"));
  expect_not_ip(9, hex("ff03 c021 01"));
  expect_reason(Undecodable::link_truncated, 9, hex("ff03 00"));
  expect_reason(Undecodable::link_truncated, 9, {});
}

TEST(CiscoHdlc, CarriesEtherTypes) {
  expect_ipv4(104, hex("0f00 0800"));
  expect_ipv6(104, hex("8f00 86dd"));
  expect_not_ip(104, hex("8f00 8035 0000"));
  expect_reason(Undecodable::link_truncated, 104, hex("0f00 08"));
}

TEST(FrameRelay, NamesTheNetworkInItsWays) {
  expect_ipv4(107, hex("1841 03 cc"));
  expect_ipv6(107, hex("1841 03 8e"));
  expect_ipv4(107, hex("1841 03 00 80 000000 0800"));
  expect_ipv4(107, hex("1841 0800"));
  expect_not_ip(107, hex("1841 03 08 00"));
  expect_not_ip(107, hex("1841 03 00 80 00000c 2000"));
  expect_reason(Undecodable::link_malformed, 107, hex("19"));
  expect_reason(Undecodable::link_truncated, 107, {});
  expect_reason(Undecodable::link_truncated, 107, hex("18"));
  expect_reason(Undecodable::link_truncated, 107, hex("1841 03"));
  expect_reason(Undecodable::link_truncated, 107, hex("1841 03 00 80 0000"));
}

TEST(Loopback, HasAFamilyInEitherByteOrder) {
  for (const std::uint16_t link_type : {0, 108}) {
    expect_ipv4(link_type, hex("00000002"));
    expect_ipv4(link_type, hex("02000000"));
    for (const char* family : {"0000000a", "0a000000", "18000000", "1c000000", "1e000000", "0000001e"}) {
      expect_ipv6(link_type, hex(family));
    }
    expect_not_ip(link_type, hex("07000000 00"));
    expect_reason(Undecodable::link_truncated, link_type, hex("0200"));
  }
}

TEST(Cooked, NamesTheProtocolLast) {
  expect_ipv4(113, hex("0000 0001 0006 020000000001 0000 0800"));
  expect_ipv6(113, hex("0004 0304 0000 000000000000 0000 86dd"));
  expect_ipv4(113, hex("0000 0001 0006 020000000001 0000 8100 0064 0800"));
  expect_ipv4(113, hex("0000 0001 0006 020000000001 0000 0004 aaaa03 000000 0800"));
  expect_not_ip(113, hex("0000 0001 0006 020000000001 0000 0806 0001"));
  expect_not_ip(113, hex("0004 0338 0000 000000000000 0000 0800 45"));  // netlink: the protocol is a family
  expect_not_ip(113, hex("0000 0001 0006 020000000001 0000 0001 ffff"));
  expect_reason(Undecodable::link_truncated, 113, hex("0000 0001 0006 020000000001 0000 08"));
}

TEST(CookedTwo, NamesTheProtocolFirst) {
  expect_ipv4(276, hex("0800 0000 00000002 0001 00 06 020000000001 0000"));
  expect_ipv6(276, hex("86dd 0000 00000002 0001 00 06 020000000001 0000"));
  expect_not_ip(276, hex("0806 0000 00000002 0001 00 06 020000000001 0000"));
  expect_reason(Undecodable::link_truncated, 276, hex("0800 0000 00000002 0001 00 06 020000000001 00"));
}

TEST(RawIp, IsToldApartByItsVersion) {
  for (const std::uint16_t link_type : {12, 14, 101}) {
    expect_ipv4(link_type, {});
    expect_ipv6(link_type, {});
    expect_reason(Undecodable::ip_version, link_type, hex("55"));
    expect_reason(Undecodable::ipv4_truncated, link_type, {});
  }
  expect_ipv4(228, {});
  expect_ipv6(229, {});
  expect_reason(Undecodable::ip_version, 228, v6().ip());
  expect_reason(Undecodable::ip_version, 229, v4().ip() + ByteVector(40));
}

TEST(Slip, HasTheHeaderOfBsd) {
  expect_ipv4(8, ByteVector(16));
  expect_reason(Undecodable::link_truncated, 8, ByteVector(15));
}

TEST(LinkType, ThatNobodyReadsIsUnsupported) {
  for (const std::uint16_t link_type : {147, 195, 65535}) expect_reason(Undecodable::link_unsupported, link_type, v4().ip());
}

}  // namespace
}  // namespace nightjar
