#include "fingerprint/classify.hpp"

#include <gtest/gtest.h>

#include "fingerprint/catalogue.hpp"
#include "net/option_layout.hpp"
#include "support/packet_builder.hpp"

namespace nightjar {
namespace {

using test::ByteVector;
using test::hex;
using test::packet;
using test::PacketBuilder;

TrafficClass class_of(const PacketBuilder& built) { return classify(built.decoded()); }

// Rules and port list: the definitions (docs/definitions.md), written out again here by hand.

TEST(ClassOfTcp, FollowsTheFlags) {
  using namespace tcp_flag;
  for (unsigned flags = 0; flags < 256; ++flags) {
    const bool syn = flags & kSyn, ack = flags & kAck, rst = flags & kRst, fin = flags & kFin;
    const TrafficClass expected = syn && !ack && !rst && !fin ? TrafficClass::scan
                                  : rst || (syn && ack)       ? TrafficClass::backscatter
                                                              : TrafficClass::other;
    EXPECT_EQ(expected, class_of(packet().tcp().flags(static_cast<std::uint8_t>(flags)))) << flags;
  }
}

TEST(ClassOfTcp, DoesNotCareForEcnPushAndUrgent) {
  using namespace tcp_flag;
  EXPECT_EQ(TrafficClass::scan, class_of(packet().tcp().flags(kSyn | kEce | kCwr | kPsh | kUrg)));
}

TEST(ClassOfIcmp, FollowsTheType) {
  for (unsigned type = 0; type < 256; ++type) {
    TrafficClass expected = TrafficClass::other;
    for (const unsigned answer : {0, 3, 4, 5, 11, 12, 14, 16, 18}) {
      if (type == answer) expected = TrafficClass::backscatter;
    }
    if (type == 8) expected = TrafficClass::echo;
    EXPECT_EQ(expected, class_of(packet().icmp(static_cast<std::uint8_t>(type)))) << type;
  }
}

TEST(ClassOfIcmpv6, FollowsTheType) {
  for (unsigned type = 0; type < 256; ++type) {
    TrafficClass expected = TrafficClass::other;
    if ((type >= 1 && type <= 4) || type == 129) expected = TrafficClass::backscatter;
    if (type == 128) expected = TrafficClass::echo;
    EXPECT_EQ(expected, class_of(packet().from("2001:db8::7").icmp(static_cast<std::uint8_t>(type)))) << type;
  }
}

TEST(ClassOfUdp, AServiceThatSpeaksAnswers) {
  for (const std::uint16_t port : {17, 19, 53, 69, 111, 123, 137, 161, 389, 443, 520, 1900, 3283, 3702, 5353, 5683, 11211, 27015}) {
    EXPECT_EQ(TrafficClass::backscatter, class_of(packet().udp().src_port(port).port(40000))) << port;
    EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(40000).port(port))) << port;
    EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(port).port(port))) << port << " to itself";
    EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(port).port(port == 53 ? 123 : 53))) << port << " to another service";
  }
  for (const std::uint16_t port : {0, 18, 52, 54, 80, 1901, 27016, 65535}) {
    EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(port).port(40000))) << port;
  }
}

TEST(ClassOfUdp, DnsSaysWhetherItAnswers) {
  const ByteVector query = hex("1234 0100 0001 0000 0000 0000"), answer = hex("1234 8180 0001 0001 0000 0000");
  EXPECT_EQ(TrafficClass::backscatter, class_of(packet().udp().src_port(53).port(53).payload(answer)));
  EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(53).port(53).payload(query)));
  EXPECT_EQ(TrafficClass::backscatter, class_of(packet().udp().src_port(40000).port(53).payload(answer)));
  EXPECT_EQ(TrafficClass::backscatter, class_of(packet().udp().src_port(5353).port(5353).payload(answer)));
  EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(40000).port(40001).payload(answer))) << "no port of DNS";
  EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(53).port(53).payload(hex("1234 8180")))) << "no DNS header";
}

TEST(ClassOfUdp, NtpSaysWhetherItAnswers) {
  const auto ntp = [](std::string_view head) { return class_of(packet().udp().src_port(123).port(123).payload(hex(head))); };
  EXPECT_EQ(TrafficClass::request, ntp("1b00 0000")) << "version 3, mode 3: client";
  EXPECT_EQ(TrafficClass::backscatter, ntp("1c00 0000")) << "mode 4: server";
  EXPECT_EQ(TrafficClass::request, ntp("1602 0000")) << "control request";
  EXPECT_EQ(TrafficClass::backscatter, ntp("1682 0000")) << "control response";
  EXPECT_EQ(TrafficClass::request, ntp("1700 032a")) << "monlist";
  EXPECT_EQ(TrafficClass::backscatter, ntp("d700 032a")) << "answer to monlist";
  EXPECT_EQ(TrafficClass::request, ntp("1c")) << "a single byte is no NTP";
}

TEST(ClassOfUdp, HttpAnswersOfDevicesCountOnAnyPort) {
  EXPECT_EQ(TrafficClass::backscatter, class_of(packet().udp().src_port(50000).port(40000).payload("HTTP/1.1 200 OK\r\n")));
  EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(50000).port(40000).payload("HTTP/1.1 404 No")));
  EXPECT_EQ(TrafficClass::request, class_of(packet().udp().src_port(50000).port(40000).payload("HTTP/1.1 20")));
}

TEST(ClassOfTheRest, IsOther) {
  EXPECT_EQ(TrafficClass::other, class_of(packet().protocol_number(47)));
  EXPECT_EQ(TrafficClass::other, class_of(packet().tcp().syn().fragment(8)));
  EXPECT_EQ(TrafficClass::other, class_of(packet().udp().src_port(53).fragment(1480)));
  EXPECT_EQ(TrafficClass::other, class_of(packet().icmp(8).fragment(1480)));
}

constexpr std::uint32_t kBandOf64 = 2u << fact::kTtlBandShift;

TEST(Facts, OfAPlainSynAreItsHeader) {
  EXPECT_EQ(kBandOf64 | fact::kNoOptions | fact::kIpIdXor,
            facts_of(packet().tcp().syn().to("10.0.0.1").seq(5).port(80).ip_id((0x0001 ^ 80 ^ 5) & 0xffff).decoded()));
}

TEST(Facts, SeqIsDst) {
  EXPECT_TRUE(facts_of(packet().tcp().syn().seq(0x0a000001).to("10.0.0.1").decoded()) & fact::kSeqIsDst);
  EXPECT_FALSE(facts_of(packet().tcp().syn().seq(0x0a000002).to("10.0.0.1").decoded()) & fact::kSeqIsDst);
}

TEST(Facts, IpId54321) {
  EXPECT_TRUE(facts_of(packet().tcp().syn().ip_id(54321).decoded()) & fact::kIpId54321);
  EXPECT_FALSE(facts_of(packet().tcp().syn().ip_id(54320).decoded()) & fact::kIpId54321);
}

// masscan's relation with numbers worked out by hand: 0x0001 ^ 0x0050 ^ 0x1234 = 0x1265.
TEST(Facts, IpIdXor) {
  const PacketBuilder built = packet().tcp().syn().to("10.0.0.1").port(80).seq(0xabcd1234);
  EXPECT_TRUE(facts_of(PacketBuilder(built).ip_id(0x1265).decoded()) & fact::kIpIdXor);
  EXPECT_FALSE(facts_of(PacketBuilder(built).ip_id(0x1264).decoded()) & fact::kIpIdXor);
}

TEST(Facts, IpIdZeroAndDontFragment) {
  EXPECT_TRUE(facts_of(packet().tcp().syn().ip_id(0).decoded()) & fact::kIpIdZero);
  EXPECT_FALSE(facts_of(packet().tcp().syn().ip_id(1).decoded()) & fact::kIpIdZero);
  EXPECT_TRUE(facts_of(packet().tcp().syn().dont_fragment().decoded()) & fact::kDontFragment);
  EXPECT_FALSE(facts_of(packet().tcp().syn().decoded()) & fact::kDontFragment);
}

TEST(Facts, TtlBands) {
  const auto band = [](unsigned ttl) {
    return (facts_of(packet().tcp().syn().ttl(static_cast<std::uint8_t>(ttl)).decoded()) & fact::kTtlBandMask) >> fact::kTtlBandShift;
  };
  EXPECT_EQ(1u, band(0));
  EXPECT_EQ(1u, band(32));
  EXPECT_EQ(2u, band(33));
  EXPECT_EQ(2u, band(64));
  EXPECT_EQ(3u, band(65));
  EXPECT_EQ(3u, band(128));
  EXPECT_EQ(4u, band(129));
  EXPECT_EQ(4u, band(200));
  EXPECT_EQ(5u, band(201));
  EXPECT_EQ(5u, band(255));
}

TEST(Facts, OptionLayout) {
  for (const std::uint8_t layout : {1, 17, 30, 31}) {
    const std::uint32_t facts = facts_of(packet().tcp().syn().options({}, layout).decoded());
    EXPECT_EQ(layout, (facts & fact::kLayoutMask) >> fact::kLayoutShift);
    EXPECT_FALSE(facts & fact::kNoOptions);
  }
  EXPECT_TRUE(facts_of(packet().tcp().syn().decoded()) & fact::kNoOptions);
}

TEST(Facts, OfVersionSixKnowNoRelations) {
  // Sequence number 1 is the end of the destination, and IPv6 has no identification: neither may count.
  const std::uint32_t facts = facts_of(packet().from("2001:db8::7").to("2001:db8::1").tcp().syn().seq(1).decoded());
  EXPECT_EQ(kBandOf64 | fact::kNoOptions, facts);
  Packet zero = packet().from("::").to("::").tcp().syn().decoded();
  zero.dst_port = 0;
  EXPECT_EQ(kBandOf64 | fact::kNoOptions, facts_of(zero));
}

TEST(Facts, OfTcpBackscatterSayWhatAnswerItWas) {
  const PacketBuilder mirai = packet().seq(0x0a000001).to("10.0.0.1");
  EXPECT_EQ(1u << 14, facts_of(PacketBuilder(mirai).tcp().syn().ack().decoded()));
  EXPECT_EQ(1u << 15, facts_of(PacketBuilder(mirai).tcp().rst().decoded()));
  EXPECT_EQ(1u << 15, facts_of(PacketBuilder(mirai).tcp().rst().ack().decoded()));
  EXPECT_EQ(1u << 15, facts_of(PacketBuilder(mirai).tcp().syn().rst().decoded()));
  EXPECT_EQ(3u << 14, facts_of(PacketBuilder(mirai).tcp().syn().ack().rst().decoded()));
  EXPECT_EQ(1u << 14, facts_of(packet().from("2001:db8::7").to("2001:db8::1").tcp().syn().ack().decoded()));
}

TEST(Facts, OfAnAnswerAreSetForBackscatterAlone) {
  for (unsigned flags = 0; flags < 256; ++flags) {
    Packet packet_ = packet().tcp().syn().decoded();
    packet_.tcp_flags = static_cast<std::uint8_t>(flags);
    const bool answer = (facts_of(packet_) & (fact::kSynAck | fact::kReset)) != 0;
    EXPECT_EQ(answer, classify(packet_) == TrafficClass::backscatter) << flags;
  }
}

TEST(Facts, NameNoToolOfAnAnswer) {
  for (const Fingerprint& entry : fingerprint_catalogue()) {
    for (const std::uint32_t facts : {fact::kSynAck, fact::kReset, fact::kSynAck | fact::kReset}) {
      for (const std::uint16_t window : {0, 1024, 1025, 8192, 14600, 65535})
        EXPECT_FALSE(entry.matches(facts, window, 23, static_cast<std::uint8_t>(TrafficClass::backscatter))) << entry.name;
    }
  }
}

TEST(Facts, AreZeroForAllElse) {
  const PacketBuilder mirai = packet().seq(0x0a000001).to("10.0.0.1");
  EXPECT_EQ(0u, facts_of(PacketBuilder(mirai).tcp().syn().fin().decoded()));
  EXPECT_EQ(0u, facts_of(PacketBuilder(mirai).tcp().decoded()));
  EXPECT_EQ(0u, facts_of(PacketBuilder(mirai).tcp().syn().fragment(8).decoded()));
  EXPECT_EQ(0u, facts_of(packet().udp().decoded()));
  EXPECT_EQ(0u, facts_of(packet().icmp(8).decoded()));
}

TEST(Facts, FitTheirBits) {
  const std::uint32_t facts = facts_of(packet().tcp().syn().ttl(255).options({}, option_layout::kAnother).decoded());
  EXPECT_EQ(0u, facts >> fact::kBits);
}

TEST(RowPort, IsTheServiceOfTheRow) {
  const auto port = [](const PacketBuilder& built) {
    const Packet decoded = built.decoded();
    return row_port(decoded, classify(decoded));
  };
  EXPECT_EQ(23, port(packet().tcp().syn().src_port(40000).port(23)));
  EXPECT_EQ(80, port(packet().tcp().syn().ack().src_port(80).port(40000))) << "the victim's service";
  EXPECT_EQ(80, port(packet().tcp().rst().src_port(80).port(40000)));
  EXPECT_EQ(53, port(packet().udp().src_port(53).port(40000)));
  EXPECT_EQ(53, port(packet().udp().src_port(40000).port(53)));
  EXPECT_EQ(40001, port(packet().tcp().fin().src_port(40000).port(40001))) << "other goes by destination";
  EXPECT_EQ(8 * 256, port(packet().icmp(8)));
  EXPECT_EQ(3 * 256 + 13, port(packet().icmp(3, 13)));
  EXPECT_EQ(128 * 256, port(packet().from("2001:db8::7").icmp(128)));
  EXPECT_EQ(0, port(packet().protocol_number(47)));
  EXPECT_EQ(0, port(packet().tcp().fragment(8)));
}

}  // namespace
}  // namespace nightjar
