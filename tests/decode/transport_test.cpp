#include "decode/transport.hpp"

#include "decode/reading.hpp"

namespace nightjar {
namespace {

Outcome read_shortened(ByteVector bytes, std::size_t length) {
  bytes.resize(length);
  return read_ip(bytes);
}

constexpr std::size_t kIp = 20;

TEST(Tcp, NeedsTwentyBytes) {
  const ByteVector bytes = packet().tcp().syn().ip();
  EXPECT_EQ(Undecodable::none, read_shortened(bytes, kIp + 20).reason);
  EXPECT_EQ(Undecodable::tcp_truncated, read_shortened(bytes, kIp + 19).reason);
  EXPECT_EQ(Undecodable::tcp_truncated, read_shortened(bytes, kIp).reason);
}

TEST(Tcp, CountsWithADataOffsetBehindThePacket) {
  ByteVector bytes = packet().tcp().syn().port(2323).ip();
  bytes[kIp + 12] = 0xf0;
  const Outcome outcome = read_ip(bytes);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(2323, outcome.packet.dst_port);
  EXPECT_TRUE(is_bare_syn(outcome.packet));
  EXPECT_EQ(option_layout::kCutOffOrMalformed, outcome.packet.option_layout);
}

TEST(Tcp, CountsWithADataOffsetBelowFive) {
  ByteVector bytes = packet().tcp().syn().ip();
  bytes[kIp + 12] = 0x40;
  const Outcome outcome = read_ip(bytes);
  EXPECT_EQ(Undecodable::none, outcome.reason);
  EXPECT_EQ(option_layout::kCutOffOrMalformed, outcome.packet.option_layout);
}

TEST(Tcp, OptionsEndAtTheDataOffset) {
  const Outcome outcome = read_ip(packet().tcp().syn().options(hex("020405b4"), 1).payload(hex("0402")).ip());
  EXPECT_EQ(option_layout::kMssOnly, outcome.packet.option_layout);
}

TEST(Tcp, KeepsEveryFlag) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    EXPECT_EQ(flags, read_ip(packet().tcp().flags(static_cast<std::uint8_t>(flags)).ip()).packet.tcp_flags);
  }
}

TEST(Udp, NeedsEightBytes) {
  const ByteVector bytes = packet().udp().port(1900).ip();
  EXPECT_EQ(1900, read_ip(bytes).packet.dst_port);
  EXPECT_EQ(Undecodable::udp_truncated, read_shortened(bytes, kIp + 7).reason);
}

TEST(Udp, PayloadEndsAtItsOwnLength) {
  ByteVector bytes = packet().udp().payload("abcdef").ip();
  bytes[kIp + 5] = 8 + 2;
  const Outcome outcome = read_ip(bytes);
  EXPECT_EQ(2, outcome.packet.payload_head_size);
  EXPECT_EQ(0, outcome.packet.payload_head[2]);
}

TEST(Udp, WithALengthBelowItsHeaderGoesByTheIpLength) {
  ByteVector bytes = packet().udp().payload("abcdef").ip();
  bytes[kIp + 5] = 0;
  EXPECT_EQ(6, read_ip(bytes).packet.payload_head_size);
}

TEST(Udp, WithALengthBehindThePacketHasWhatIsThere) {
  ByteVector bytes = packet().udp().payload("abc").ip();
  bytes[kIp + 4] = 0xff;
  EXPECT_EQ(3, read_ip(bytes).packet.payload_head_size);
}

TEST(Icmp, NeedsFourBytes) {
  const ByteVector bytes = packet().icmp(8, 3).ip();
  EXPECT_EQ(8, read_ip(bytes).packet.icmp_type);
  EXPECT_EQ(3, read_ip(bytes).packet.icmp_code);
  EXPECT_EQ(Undecodable::icmp_truncated, read_shortened(bytes, kIp + 3).reason);
}

TEST(Icmp, OfVersionSixNeedsFourBytesToo) {
  const ByteVector bytes = packet().from("2001:db8::7").icmp(128, 1).ip();
  EXPECT_EQ(128, read_ip(bytes).packet.icmp_type);
  EXPECT_EQ(Undecodable::icmp_truncated, read_shortened(bytes, 40 + 3).reason);
}

const ByteVector kUnused = ByteVector(4);

TEST(IcmpError, QuotesTheVictim) {
  const ByteVector quoted = packet().udp().from("192.0.2.55").to("203.0.113.9").src_port(1234).port(53).ip();
  for (const std::uint8_t type : {3, 4, 5, 11, 12}) {
    const Quote quote = read_ip(packet().icmp(type).payload(kUnused + quoted).ip()).packet.quote;
    EXPECT_EQ(4, quote.ip_version);
    EXPECT_EQ(17, quote.protocol);
    EXPECT_EQ(0xc0000237u, quote.src);
    EXPECT_EQ(0xcb007109u, quote.dst);
    EXPECT_EQ(1234, quote.src_port);
    EXPECT_EQ(53, quote.dst_port);
  }
}

TEST(IcmpError, QuotesVersionSix) {
  const ByteVector quoted = packet().from("2001:db8::8").to("2001:db8::9").tcp().syn().src_port(1).port(80).ip();
  for (const std::uint8_t type : {1, 2, 3, 4}) {
    const Quote quote = read_ip(packet().from("2001:db8::7").icmp(type).payload(kUnused + quoted).ip()).packet.quote;
    EXPECT_EQ(6, quote.ip_version);
    EXPECT_EQ(9u, quote.dst_low);
    EXPECT_EQ(80, quote.dst_port);
  }
}

TEST(IcmpError, QuotesEightBytesOfTransport) {
  ByteVector quoted = packet().tcp().port(445).ip();
  quoted.resize(kIp + 8);
  EXPECT_EQ(445, read_ip(packet().icmp(3).payload(kUnused + quoted).ip()).packet.quote.dst_port);
}

TEST(IcmpError, MayQuoteNoPorts) {
  ByteVector quoted = packet().tcp().port(445).ip();
  quoted.resize(kIp + 3);
  const Quote cut = read_ip(packet().icmp(3).payload(kUnused + quoted).ip()).packet.quote;
  EXPECT_EQ(4, cut.ip_version);
  EXPECT_EQ(0, cut.dst_port);
  const Quote fragment =
      read_ip(packet().icmp(11).payload(kUnused + packet().udp().fragment(8).payload("12345678").ip()).ip()).packet.quote;
  EXPECT_EQ(4, fragment.ip_version);
  EXPECT_EQ(0, fragment.dst_port);
  const Quote echo = read_ip(packet().icmp(3).payload(kUnused + packet().icmp(8).payload("12345678").ip()).ip()).packet.quote;
  EXPECT_EQ(protocol::kIcmp, echo.protocol);
  EXPECT_EQ(0, echo.dst_port);
}

TEST(IcmpError, MayQuoteNothingReadable) {
  for (const ByteVector& quoted : {ByteVector(), ByteVector(10), hex("45"), hex("00") + ByteVector(40)}) {
    const Outcome outcome = read_ip(packet().icmp(3).payload(kUnused + quoted).ip());
    EXPECT_EQ(Undecodable::none, outcome.reason);
    EXPECT_EQ(0, outcome.packet.quote.ip_version);
  }
}

TEST(Icmp, OfOtherTypesQuotesNothing) {
  const ByteVector inside = packet().tcp().ip();
  for (const std::uint8_t type : {0, 8, 13, 40}) {
    EXPECT_EQ(0, read_ip(packet().icmp(type).payload(kUnused + inside).ip()).packet.quote.ip_version);
  }
}

TEST(OtherProtocols, HaveNoTransport) {
  for (const std::uint8_t number : {2, 47, 50, 89, 132, 255}) {
    const Outcome outcome = read_ip(packet().protocol_number(number).ip());
    EXPECT_EQ(Undecodable::none, outcome.reason);
    EXPECT_EQ(number, outcome.packet.protocol);
    EXPECT_FALSE(outcome.packet.has_transport);
  }
}

}  // namespace
}  // namespace nightjar
