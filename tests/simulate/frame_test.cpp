#include "simulate/frame.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "decode/decode.hpp"
#include "sent_knocks.hpp"
#include "support/packet_text.hpp"
#include "support/temp_folder.hpp"

namespace nightjar::simulate {
namespace {

using test::ByteVector;
using test::hex;
using test::operator+;

const ByteVector kSixteenLetters = hex("6162636465666768 696a6b6c6d6e6f70");
const ByteVector kMss = hex("020405b4");
const ByteVector kTimestamps = hex("0101080a 00010203 00000000");
const ByteVector kGet = hex("474554");
const ByteVector kLongest(kLargestPayload, 0xff);

Undecodable decoded(const Knock& knock, Packet& packet) {
  const ByteVector frame = frame_of(knock);
  return decode(test::raw(frame, 1, knock.time_ns), {}, packet);
}
Undecodable reason(const Knock& knock) {
  Packet packet;
  return decoded(knock, packet);
}

// The bytes in this part were put together by hand; the checksums were added up by a calculator.

TEST(Frame, ASynIsFortyBytes) {
  Knock knock = syn();
  knock.sequence = 0x647f0001;
  EXPECT_EQ(hex("4500 0028 03e8 0000 3906 ef2d c633 6407 647f 0001"
                "9c40 0017 647f 0001 0000 0000 5002 16d0 0980 0000"),
            packet_of(knock));
}

TEST(Frame, ASegmentOverIpv6HasOptionsAndPayload) {
  Knock knock = over_ipv6(syn());
  knock.dst_port = 80;
  knock.sequence = 0x01020304;
  knock.acknowledgement = 0xa0b0c0d0;
  knock.tcp_flags = tcp_flag::kPsh | tcp_flag::kAck;
  knock.window = 29200;
  knock.ttl = 60;
  knock.tcp_options = kTimestamps;
  knock.payload = kGet;
  EXPECT_EQ(hex("6000 0000 0023 063c 2001 0db8 0000 0000 0000 0000 0000 0007 2001 0db8 005c 0000 0000 0000 0000 0001"
                "9c40 0050 0102 0304 a0b0 c0d0 8018 7210 096b 0000 0101 080a 0001 0203 0000 0000 4745 54"),
            packet_of(knock));
}

TEST(Frame, AnEchoRequestOfFiveBytesIsSummedToItsOddEnd) {
  Knock knock = icmp(8, 0, std::span(kSixteenLetters).first(5));
  knock.sequence = 0x12340001;
  knock.ip_id = 5;
  knock.dont_fragment = true;
  knock.ttl = 240;
  EXPECT_EQ(hex("4500 0021 0005 4000 f001 fc1b c633 6407 647f 0001 0800 bc03 1234 0001 6162 6364 65"), packet_of(knock));
}

TEST(Frame, AFirstFragmentHasLengthAndChecksumOfTheWhole) {
  Knock first = udp(std::span(kSixteenLetters).first(8));
  first.ip_id = 77;
  first.more_fragments = true;
  first.fragmented_rest = std::span(kSixteenLetters).last(8);
  EXPECT_EQ(hex("4500 0024 004d 2000 3911 d2c1 c633 6407 647f 0001 9c40 c350 0018 ce26 6162 6364 6566 6768"), packet_of(first));
}

TEST(Frame, ALaterFragmentIsPayloadAlone) {
  Knock later = udp(std::span(kSixteenLetters).last(8));
  later.ip_id = 77;
  later.fragment_offset = 2;
  EXPECT_EQ(hex("4500 001c 004d 0002 3911 f2c7 c633 6407 647f 0001 696a 6b6c 6d6e 6f70"), packet_of(later));
}

TEST(Frame, AnUdpChecksumOfZeroIsWrittenAsAllOnes) {
  const ByteVector payload = hex("118e");
  const ByteVector packet = packet_of(udp(payload));
  EXPECT_EQ(hex("9c40 c350 000a ffff 118e"), ByteVector(packet.begin() + 20, packet.end()));
}

TEST(Frame, ABrokenUdpChecksumIsNeverNone) {
  const ByteVector payload = hex("bc38");  // the right one is 0x5555
  const ByteVector packet = packet_of(broken(udp(payload), Broken::wrong_checksum));
  const ByteVector checksum(packet.begin() + 26, packet.begin() + 28);
  EXPECT_NE(hex("5555"), checksum);
  EXPECT_NE(hex("0000"), checksum);
}

TEST(Frame, OtherProtocolsAreTheirPayload) {
  Knock knock = syn();
  knock.protocol = protocol::kGre;
  knock.payload = kGet;
  const ByteVector packet = packet_of(knock);
  EXPECT_EQ(kGet, ByteVector(packet.begin() + 20, packet.end()));
  EXPECT_EQ(protocol::kGre, packet[9]);
}

TEST(Frame, ARecordHasMicrosecondsAndEthernetsShortestFrame) {
  const ByteVector record = record_of(syn(kNewYear + 1'000'002'999));
  // 2017-01-01 00:00:01 is second 1483228801 = 0x58684681; lengths are 60.
  EXPECT_EQ(hex("81466858 02000000 3c000000 3c000000"), ByteVector(record.begin(), record.begin() + 16));
  EXPECT_EQ(hex("020000000001 020000000002 0800 4500"), ByteVector(record.begin() + 16, record.begin() + 32));
  EXPECT_EQ(16 + kSmallestFrame, record.size());
  EXPECT_EQ(hex("000000000000"), ByteVector(record.end() - 6, record.end()));
}

TEST(Frame, NothingIsLargerThanTheLargestRecord) {
  Knock knock = over_ipv6(syn());
  const ByteVector options(40, 1);
  knock.tcp_options = options;
  knock.payload = kLongest;
  EXPECT_EQ(kLargestRecord, record_of(knock).size());
}

// What goes through the room decode.

struct Sent {
  const char* what;
  Knock knock;
  Packet expected;
};

std::vector<Sent> sound_ones() {
  using test::packet;
  std::vector<Sent> sent;
  const auto base = [] { return packet().at(kNewYear).to("100.127.0.1").ttl(57).ip_id(1000); };
  const auto base6 = [] { return packet().at(kNewYear).from("2001:db8::7").to("2001:db8:5c::1").ttl(57); };
  const auto add = [&](const char* what, const Knock& knock, const test::PacketBuilder& expected) {
    sent.push_back({what, knock, expected.decoded()});
  };
  add("syn", syn(), base().syn().window(5840));
  Knock knock = syn();
  knock.tcp_options = kMss;
  knock.dont_fragment = true;
  knock.sequence = 0xfffefdfc;
  add("syn with options", knock, base().syn().window(5840).options(kMss, 1).dont_fragment().seq(0xfffefdfc));
  knock = syn();
  knock.tcp_flags = tcp_flag::kAck | tcp_flag::kPsh;
  knock.acknowledgement = 0xffffffff;
  knock.payload = kLongest;
  add("segment", knock, base().flags(0x18).window(5840).payload(kLongest));
  add("syn over ipv6", over_ipv6(syn()), base6().syn().window(5840));
  add("udp", udp(kSixteenLetters), base().udp().port(50000).payload(kSixteenLetters));
  add("udp, odd", udp(kGet), base().udp().port(50000).payload(kGet));
  add("udp, empty", udp({}), base().udp().port(50000).payload(ByteVector()));
  add("udp, longest", udp(kLongest), base().udp().port(50000).payload(kLongest));
  add("udp over ipv6", over_ipv6(udp(kGet)), base6().udp().port(50000).payload(kGet));
  add("echo", icmp(8, 0, kSixteenLetters), base().icmp(8).payload(hex("00000000") + kSixteenLetters));
  add("echo over ipv6", over_ipv6(icmp(128, 0, kGet)), base6().icmp(128).payload(hex("00000000") + kGet));
  knock = udp(kLongest);
  knock.more_fragments = true;
  add("first fragment", knock, base().udp().port(50000).payload(kLongest));
  knock = syn();
  knock.payload = kGet;
  knock.fragment_offset = 5;
  add("later fragment", knock, base().tcp().fragment(40).flags(0).window(0).payload(kGet));
  return sent;
}

TEST(Frame, DecodesToWhatTheKnockSaid) {
  for (const Sent& sent : sound_ones()) {
    Packet packet;
    EXPECT_EQ(Undecodable::none, decoded(sent.knock, packet)) << sent.what;
    EXPECT_EQ(test::text(sent.expected), test::text(packet)) << sent.what;
  }
}

TEST(Frame, AnIcmpErrorQuotesAPacket) {
  Knock forged = syn();
  std::swap(forged.from, forged.to);
  const ByteVector quoted = packet_of(forged);
  Packet packet;
  ASSERT_EQ(Undecodable::none, decoded(icmp(3, 1, std::span(quoted).first(28)), packet));
  EXPECT_EQ(address("100.127.0.1").high, packet.quote.src);
  EXPECT_EQ(address("198.51.100.7").high, packet.quote.dst);
  EXPECT_EQ(23, packet.quote.dst_port);
}

TEST(Frame, BrokenOnesFailForTheirReason) {
  EXPECT_EQ(Undecodable::ipv4_header_length, reason(broken(syn(), Broken::ip_header_length)));
  EXPECT_EQ(Undecodable::ipv4_total_length, reason(broken(udp(kGet), Broken::ip_total_length)));
  EXPECT_EQ(Undecodable::tcp_truncated, reason(broken(syn(), Broken::tcp_cut_off)));
  EXPECT_EQ(Undecodable::udp_truncated, reason(broken(udp(kSixteenLetters), Broken::udp_cut_off)));
  EXPECT_EQ(Undecodable::tcp_truncated, reason(broken(over_ipv6(syn()), Broken::tcp_cut_off)));
  EXPECT_EQ(Undecodable::udp_truncated, reason(broken(over_ipv6(udp(kLongest)), Broken::udp_cut_off)));
  EXPECT_EQ(Undecodable::none, reason(broken(syn(), Broken::wrong_checksum)));
}

// What other programs say.

/// Lines of tcpdump -vv with a complaint. Sound packets have "(correct)" or "[udp sum ok]".
std::vector<std::string> tcpdump_complaints(const std::string& capture) {
  bool well = false;
  std::vector<std::string> complaints;
  for (const std::string& line : lines_of("tcpdump -nn -vv -r '" + capture + "' 2>/dev/null", well)) {
    for (const char* word : {"bad", "incorrect", "wrong", "truncated", "[|"}) {
      if (line.find(word) != std::string::npos) {
        complaints.push_back(line);
        break;
      }
    }
  }
  EXPECT_TRUE(well);
  return complaints;
}

constexpr const char* kTshark = "tshark -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -r ";

/// What tshark's experts say of checksums and bytes that break the rules of a protocol.
std::vector<std::string> tshark_complaints(const std::string& capture) {
  bool well = false;
  auto lines =
      lines_of(kTshark + ("'" + capture + "'") +
                   " -Y '_ws.expert.group == \"Checksum\" || _ws.expert.group == \"Malformed\" || _ws.expert.group == \"Protocol\"'"
                   " -T fields -e frame.number -e _ws.expert.message 2>/dev/null",
               well);
  EXPECT_TRUE(well);
  return lines;
}

std::vector<Knock> sound_knocks() {
  std::vector<Knock> knocks;
  for (const Sent& sent : sound_ones()) {
    knocks.push_back(sent.knock);
    knocks.back().time_ns += static_cast<std::int64_t>(knocks.size()) * 1000;
    knocks.back().ip_id = static_cast<std::uint16_t>(knocks.size());  // or fragments would be taken for parts of one datagram
    if (knocks.back().protocol == protocol::kTcp) knocks.back().src_port = static_cast<std::uint16_t>(40000 + knocks.size());
  }
  return knocks;
}

TEST(Frame, TcpdumpHasNothingToSayOfSoundOnes) {
  if (!installed("tcpdump")) GTEST_SKIP() << "tcpdump is not installed";
  const TempFolder folder;
  write_capture(folder / "sound.pcap", sound_knocks());
  EXPECT_THAT(tcpdump_complaints(folder / "sound.pcap"), testing::IsEmpty());
}

TEST(Frame, TsharkHasNothingToSayOfSoundOnes) {
  if (!installed("tshark")) GTEST_SKIP() << "tshark is not installed";
  const TempFolder folder;
  write_capture(folder / "sound.pcap", sound_knocks());
  EXPECT_THAT(tshark_complaints(folder / "sound.pcap"), testing::IsEmpty());
}

std::vector<Knock> wrong_checksums() {
  Knock later = udp(kGet);
  later.fragment_offset = 3;
  Knock echo6 = over_ipv6(icmp(128, 0, kGet));
  std::vector<Knock> knocks = {syn(), udp(kSixteenLetters), icmp(8, 0, kGet), later, echo6, over_ipv6(syn()), over_ipv6(udp(kGet))};
  for (Knock& knock : knocks) knock = broken(knock, Broken::wrong_checksum);
  return knocks;
}

TEST(Frame, TcpdumpSeesEveryWrongChecksumAndLength) {
  if (!installed("tcpdump")) GTEST_SKIP() << "tcpdump is not installed";
  const TempFolder folder;
  std::vector<Knock> knocks = wrong_checksums();
  knocks.push_back(broken(syn(), Broken::ip_header_length));
  knocks.push_back(broken(syn(), Broken::ip_total_length));
  knocks.push_back(broken(syn(), Broken::tcp_cut_off));
  knocks.push_back(broken(udp(kGet), Broken::udp_cut_off));
  write_capture(folder / "broken.pcap", knocks);
  const auto complaints = tcpdump_complaints(folder / "broken.pcap");
  EXPECT_EQ(knocks.size(), complaints.size()) << testing::PrintToString(complaints);
}

TEST(Frame, TsharkSeesEveryWrongChecksum) {
  if (!installed("tshark")) GTEST_SKIP() << "tshark is not installed";
  const TempFolder folder;
  const std::vector<Knock> knocks = wrong_checksums();
  write_capture(folder / "broken.pcap", knocks);
  const auto complaints = tshark_complaints(folder / "broken.pcap");
  EXPECT_EQ(knocks.size(), complaints.size()) << testing::PrintToString(complaints);
}

TEST(Frame, TsharkPutsFragmentsTogetherToASoundDatagram) {
  if (!installed("tshark")) GTEST_SKIP() << "tshark is not installed";
  ByteVector whole(2000);
  std::iota(whole.begin(), whole.end(), std::uint8_t{0});
  for (const Knock& kind : {udp({}), icmp(8, 0, {})}) {
    Knock first = kind;
    first.payload = std::span(whole).first(1472);
    first.fragmented_rest = std::span(whole).subspan(1472);
    first.more_fragments = true;
    Knock last = kind;
    last.payload = first.fragmented_rest;
    last.fragment_offset = 1480 / 8;
    const TempFolder folder;
    write_capture(folder / "fragments.pcap", {first, last});
    bool well = false;
    const auto lines =
        lines_of(kTshark + ("'" + (folder / "fragments.pcap").string()) +
                     "' -Y ip.reassembled.length -T fields -e udp.length -e udp.checksum.status -e icmp.checksum.status 2>/dev/null",
                 well);
    // The status 1 is "good".
    EXPECT_THAT(lines, testing::ElementsAre(kind.protocol == protocol::kUdp ? "2008\t1\t" : "\t\t1"));
    EXPECT_THAT(tshark_complaints(folder / "fragments.pcap"), testing::IsEmpty());
  }
}

}  // namespace
}  // namespace nightjar::simulate
