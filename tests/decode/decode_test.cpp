#include "decode/decode.hpp"

#include "decode/reading.hpp"

namespace nightjar {
namespace {

constexpr DecodeOptions kEveryTunnel = {true, true, true, true};

// A frame that tcpdump -x of a telnet scan would show; the expected values were read off by hand.
TEST(Decode, ReadsASynByteByByte) {
  const ByteVector frame =
      hex("0200000000010200000000020800"
          "4500002c3039400032060000cb00710ac6336408"
          "303900170a0b0c0d0000000060023908000000000204059c");
  Packet result;
  ASSERT_EQ(Undecodable::none, decode(raw(frame, 1, 1'511'395'200'000'000'123), {}, result));
  EXPECT_EQ(1'511'395'200'000'000'123, result.time_ns);
  EXPECT_EQ(4, result.ip_version);
  EXPECT_EQ(0xcb00710au, result.src);
  EXPECT_EQ(0xc6336408u, result.dst);
  EXPECT_EQ(0u, result.src_low);
  EXPECT_EQ(44u, result.ip_length);
  EXPECT_EQ(0x3039, result.ip_id);
  EXPECT_TRUE(result.dont_fragment);
  EXPECT_FALSE(result.later_fragment);
  EXPECT_EQ(50, result.ttl);
  EXPECT_EQ(protocol::kTcp, result.protocol);
  EXPECT_TRUE(result.has_transport);
  EXPECT_EQ(12345, result.src_port);
  EXPECT_EQ(23, result.dst_port);
  EXPECT_EQ(0x0a0b0c0du, result.tcp_sequence);
  EXPECT_EQ(tcp_flag::kSyn, result.tcp_flags);
  EXPECT_EQ(14600, result.window);
  EXPECT_EQ(1, result.option_layout);
}

TEST(Decode, GivesBackWhatTheBuilderSaid) {
  const std::vector<test::PacketBuilder> packets = {
      packet().tcp().syn().seq(0x0a000001).to("10.0.0.1").window(65535).ip_id(54321).ttl(255).at(7),
      packet().tcp().syn().ack().dont_fragment().src_port(80).port(1024).payload("hello"),
      packet().udp().src_port(53).port(4000).payload("a payload longer than twelve bytes"),
      packet().udp().payload("short"),
      packet().icmp(8),
      packet().protocol_number(89).payload("ospf"),
      packet().tcp().fragment(1480).payload("the middle of something"),
      packet().to("2001:db8:1:2:3:4:5:6").tcp().syn(),
      packet().to("2001:db8::1").udp().payload("x"),
      packet().to("2001:db8::1").icmp(128),
  };
  for (const test::PacketBuilder& built : packets) {
    const Packet expected = built.decoded();
    const ByteVector frame = built.ethernet();
    Packet result;
    EXPECT_EQ(Undecodable::none, decode(raw(frame, 1, expected.time_ns), {}, result));
    EXPECT_EQ(text(expected), text(result));
    Packet with_tunnels;
    EXPECT_EQ(Undecodable::none, decode(raw(frame, 1, expected.time_ns), kEveryTunnel, with_tunnels));
    EXPECT_EQ(text(expected), text(with_tunnels)) << "asking for tunnels must not change what is none";
  }
}

TEST(Decode, LeavesNothingOfThePacketBefore) {
  const ByteVector error = packet().icmp(3, 1).payload(ByteVector(4) + packet().udp().to("203.0.113.9").ip()).ethernet();
  const std::vector<ByteVector> frames = {
      error,
      packet().udp().payload("twelve bytes").ethernet(),
      packet().tcp().syn().options(hex("020405b4"), 1).seq(99).window(5).dont_fragment().ip_id(3).ethernet(),
      packet().from("2001:db8::7").tcp().rst().ethernet(),
      packet().udp().fragment(8).ethernet(),
      packet().protocol_number(132).ethernet(),
      hex("ffffffffffff 020000000001 0806 0001"),  // ARP
      hex("0200"),                                 // a runt
      hex("020000000001 020000000002 0800 45"),    // IPv4, cut off
  };
  for (const ByteVector& before : frames) {
    for (const ByteVector& frame : frames) {
      for (const DecodeOptions& options : {DecodeOptions{}, kEveryTunnel}) {
        Packet fresh, used;
        (void)decode(raw(before), options, used);
        const Undecodable expected = decode(raw(frame), options, fresh);
        EXPECT_EQ(expected, decode(raw(frame), options, used));
        EXPECT_EQ(text(fresh), text(used));
      }
    }
  }
}

TEST(Decode, CallsArpNoIp) { expect_not_ip(kEthernetLink, hex("ffffffffffff 020000000001 0806 0001 0800 0604 0001")); }

TEST(Decode, IgnoresEthernetPadding) {
  const Packet result = read(kEthernetLink, packet().udp().payload("ab").ethernet() + ByteVector(16, 0xee)).packet;
  EXPECT_EQ(30u, result.ip_length);
  EXPECT_EQ(2, result.payload_head_size);
}

TEST(Decode, TakesPaddingForNoTransport) {
  // An IP packet of 30 bytes cannot hold a TCP header, whatever pads the frame.
  ByteVector frame = packet().tcp().syn().ethernet();
  frame[17] = 30;
  Packet result;
  EXPECT_EQ(Undecodable::tcp_truncated, decode(raw(frame), {}, result));
}

TEST(Decode, KeepsAddressesOfAPacketWhoseTransportIsCutOff) {
  ByteVector frame = packet().tcp().syn().from("203.0.113.5").ethernet();
  frame.resize(14 + 20 + 19);
  Packet result;
  EXPECT_EQ(Undecodable::tcp_truncated, decode(raw(frame), {}, result));
  EXPECT_EQ(4, result.ip_version);
  EXPECT_EQ(0xcb007105u, result.src);
  EXPECT_EQ(protocol::kTcp, result.protocol);
  EXPECT_FALSE(result.has_transport);
}

// Whatever is cut off: never a read beyond the end (the sanitizers watch), and a reason or a shorter packet.
TEST(Decode, SurvivesEveryCut) {
  const std::vector<ByteVector> frames = {
      packet().tcp().syn().options(hex("020405b4 0402080a 0000000000000000 01030307"), 2).ethernet(),
      packet().from("2001:db8::7").tcp().syn().ethernet(),
      packet().icmp(3).payload(ByteVector(4) + packet().tcp().syn().ip()).ethernet(),
      packet().udp().payload("some payload bytes").ethernet(),
  };
  for (const ByteVector& frame : frames) {
    for (std::size_t length = 0; length < frame.size(); ++length) {
      const ByteVector cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
      for (const std::uint16_t link_type : {1, 0, 9, 50, 51, 100, 101, 104, 105, 107, 108, 113, 127, 204, 228, 229, 276}) {
        Packet result;
        const Undecodable reason = decode(raw(cut, link_type), kEveryTunnel, result);
        if (link_type == 1 && length < 14 + 20) {
          EXPECT_NE(Undecodable::none, reason) << length;
        }
      }
    }
  }
}

}  // namespace
}  // namespace nightjar
