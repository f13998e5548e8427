#include "honeypot/syn_responder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "net/packet.hpp"
#include "support/packet_builder.hpp"
#include "support/pcap_file.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using test::ByteVector;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::uint8_t kSynAck = tcp_flag::kSyn | tcp_flag::kAck, kFinAck = tcp_flag::kFin | tcp_flag::kAck;

/// A TCP packet from 5.6.7.8 to 20.0.0.9, by hand; checksums are left out.
struct Sent {
  std::uint8_t flags = tcp_flag::kSyn;
  std::uint32_t sequence = 1'000, acknowledgement = 0;
  std::string payload;
  std::string from = "5.6.7.8", to = "20.0.0.9";
  std::uint16_t from_port = 40'000, port = 23;
  bool options = false;

  ByteVector packet() const {
    test::PacketBuilder builder;
    builder.from(from).to(to).src_port(from_port).port(port).tcp().flags(flags).seq(sequence).payload(payload);
    if (options) builder.options(test::hex("020405b4"), 0);
    ByteVector bytes = builder.ip();
    const std::size_t tcp = bytes[0] >> 4 == 4 ? 20 : 40;
    for (std::size_t i = 0; i < 4; ++i) bytes[tcp + 8 + i] = static_cast<std::uint8_t>(acknowledgement >> (24 - 8 * i));
    return bytes;
  }
};

class Responder : public ::testing::Test {
 protected:
  static SynResponder::Settings settings() {
    SynResponder::Settings settings;
    settings.served = {*parse_prefix("20.0.0.0/16"), *parse_prefix("2a00:1::/32")};
    settings.never = {*parse_prefix("9.9.9.0/24")};
    settings.ports_left_out = {22};
    settings.check_checksums = false;
    return settings;
  }
  /// What goes out, read again with its checksums.
  TcpSegment react(const Sent& sent, SynReaction expected, std::int64_t now_ns = 100 * kSecond) {
    packet_ = sent.packet();
    outcome_ = responder_.react(packet_, now_ns);
    EXPECT_EQ(outcome_.reaction, expected);
    EXPECT_LE(outcome_.reply.size(), packet_.size()) << "no answer is longer than what it answers";
    reply_.assign(outcome_.reply.begin(), outcome_.reply.end());
    TcpSegment reply;
    const SegmentFault fault = read_segment(reply_, true, reply);
    EXPECT_EQ(fault, reply_.empty() ? SegmentFault::not_tcp : SegmentFault::none);
    return reply;
  }

  SynResponder responder_{settings(), budget::Secret{5, 6}};
  SynResponder::Outcome outcome_;
  ByteVector packet_, reply_;
};

TEST_F(Responder, TakesTheFirstBytesAndCloses) {
  const TcpSegment syn_ack = react({}, SynReaction::answered_syn);
  EXPECT_EQ(syn_ack.flags, kSynAck);
  EXPECT_EQ(syn_ack.acknowledgement, 1'001U);
  EXPECT_EQ(syn_ack.src, *parse_address("20.0.0.9"));
  EXPECT_EQ(syn_ack.dst, *parse_address("5.6.7.8"));
  EXPECT_EQ(syn_ack.src_port, 23);
  EXPECT_EQ(syn_ack.dst_port, 40'000);
  const std::uint32_t cookie = syn_ack.sequence;
  react({.flags = tcp_flag::kAck, .sequence = 1'001, .acknowledgement = cookie + 1}, SynReaction::finished_handshake);
  EXPECT_TRUE(reply_.empty());
  const TcpSegment fin = react(
      {.flags = tcp_flag::kAck | tcp_flag::kPsh, .sequence = 1'001, .acknowledgement = cookie + 1, .payload = "GET / HTTP/1.0\r\n\r\n"},
      SynReaction::took_payload);
  EXPECT_EQ(std::string(outcome_.segment.payload.begin(), outcome_.segment.payload.end()), "GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(fin.flags, kFinAck);
  EXPECT_EQ(fin.sequence, cookie + 1);
  EXPECT_EQ(fin.acknowledgement, 1'001U + 18);
  const TcpSegment last = react({.flags = kFinAck, .sequence = 1'019, .acknowledgement = cookie + 2}, SynReaction::closed);
  EXPECT_EQ(last.flags, tcp_flag::kAck);
  EXPECT_EQ(last.sequence, cookie + 2);
  EXPECT_EQ(last.acknowledgement, 1'020U);
}

TEST_F(Responder, SpeaksOfItsSegmentsOnlyToWhoDoes) {
  react({}, SynReaction::answered_syn);
  EXPECT_EQ(reply_.size(), 40U);
  react({.options = true}, SynReaction::answered_syn);
  EXPECT_EQ(reply_.size(), 44U);
  EXPECT_EQ(ByteVector(reply_.begin() + 40, reply_.end()), test::hex("0204 05b4")) << "1,460";
}

TEST_F(Responder, Ipv6) {
  const TcpSegment syn_ack = react({.from = "2a01:2::1", .to = "2a00:1::9", .options = true}, SynReaction::answered_syn);
  EXPECT_EQ(syn_ack.src, *parse_address("2a00:1::9"));
  EXPECT_EQ(ByteVector(reply_.end() - 4, reply_.end()), test::hex("0204 05a0")) << "1,440";
  react({.flags = tcp_flag::kAck,
         .sequence = 1'001,
         .acknowledgement = syn_ack.sequence + 1,
         .payload = "x",
         .from = "2a01:2::1",
         .to = "2a00:1::9"},
        SynReaction::took_payload);
}

TEST_F(Responder, CookiesAreGoodForTwoSlotsAndNoLonger) {
  for (const std::int64_t begin : {6'400 * kSecond, 6'463 * kSecond}) {
    const std::uint32_t cookie = react({}, SynReaction::answered_syn, begin).sequence;
    const Sent bytes{.flags = tcp_flag::kAck, .sequence = 1'001, .acknowledgement = cookie + 1, .payload = "x"};
    react(bytes, SynReaction::took_payload, begin + 64 * kSecond);
    react(bytes, SynReaction::no_cookie, begin + 128 * kSecond);
  }
}

TEST_F(Responder, CookiesAreOfOneConversation) {
  const std::uint32_t cookie = react({}, SynReaction::answered_syn).sequence;
  const Sent good{.flags = tcp_flag::kAck, .sequence = 1'001, .acknowledgement = cookie + 1, .payload = "x"};
  Sent other = good;
  other.from = "5.6.7.9";
  react(other, SynReaction::no_cookie);
  other = good;
  other.to = "20.0.0.10";
  react(other, SynReaction::no_cookie);
  other = good;
  other.port = 24;
  react(other, SynReaction::no_cookie);
  other = good;
  other.from_port = 40'001;
  react(other, SynReaction::no_cookie);
  EXPECT_TRUE(reply_.empty()) << "never a RST";
  SynResponder another(settings(), budget::Secret{7, 8});
  EXPECT_EQ(another.react(good.packet(), 100 * kSecond).reaction, SynReaction::no_cookie);
  react(good, SynReaction::took_payload);
}

TEST_F(Responder, NobodyElseIsAnswered) {
  react({.to = "21.0.0.1"}, SynReaction::not_ours);
  react({.port = 22}, SynReaction::not_ours);
  for (const std::string from : {"10.1.2.3", "127.0.0.1", "192.168.1.1", "172.16.9.9", "169.254.1.1", "100.64.0.1", "0.0.0.1", "224.0.0.1",
                                 "255.255.255.255", "198.51.100.7", "20.0.7.7", "9.9.9.9"}) {
    SCOPED_TRACE(from);
    react({.from = from}, SynReaction::never_answered);
    EXPECT_TRUE(reply_.empty());
  }
  react({.from = "fe80::1", .to = "2a00:1::9"}, SynReaction::never_answered);
  react({.from_port = 0}, SynReaction::never_answered);
}

TEST_F(Responder, FlagsThatMeanNothingGetNothing) {
  for (const unsigned flags : {0U, 0x04U, 0x12U, 0x14U, 0x03U, 0x01U, 0x3fU, 0x06U}) {
    react({.flags = static_cast<std::uint8_t>(flags)}, SynReaction::ignored);
    EXPECT_TRUE(reply_.empty());
  }
}

TEST_F(Responder, DataOfASynWaits) {
  const TcpSegment reply = react({.payload = "fast"}, SynReaction::answered_syn);
  EXPECT_EQ(reply.acknowledgement, 1'001U) << "the SYN alone is acknowledged";
}

TEST_F(Responder, BudgetIsKept) {
  for (int i = 0; i < 10; ++i) react({.from_port = static_cast<std::uint16_t>(1'000 + i)}, SynReaction::answered_syn);
  react({.from_port = 2'000}, SynReaction::over_budget);
  EXPECT_TRUE(reply_.empty());
}

TEST_F(Responder, WhoFinishedAHandshakeIsServedUnderAFlood) {
  const std::uint32_t cookie = react({}, SynReaction::answered_syn).sequence;
  react({.flags = tcp_flag::kAck, .sequence = 1'001, .acknowledgement = cookie + 1}, SynReaction::finished_handshake);
  std::size_t answered = 0;
  for (std::uint32_t i = 0; i < 30'000; ++i) {
    const std::string from = std::to_string(1 + i % 8) + "." + std::to_string(i / 8 % 250) + "." + std::to_string(i / 2'000) + ".1";
    answered += responder_.react(Sent{.from = from}.packet(), 101 * kSecond).reply.empty() ? 0 : 1;
  }
  EXPECT_LE(answered, 1'000U);
  for (std::uint16_t port = 0; port < 100; ++port)
    react({.port = static_cast<std::uint16_t>(8'000 + port)}, SynReaction::answered_syn, 101 * kSecond);
}

TEST_F(Responder, ChecksumsAreLookedAt) {
  SynResponder::Settings strict = settings();
  strict.check_checksums = true;
  SynResponder responder(strict, budget::Secret{5, 6});
  EXPECT_EQ(responder.react(Sent{}.packet(), kSecond).reaction, SynReaction::wrong_checksum) << "the builder leaves them out";
  TcpSegment syn;
  syn.src = *parse_address("5.6.7.8");
  syn.dst = *parse_address("20.0.0.9");
  syn.src_port = 1'234;
  syn.dst_port = 23;
  syn.flags = tcp_flag::kSyn;
  std::vector<std::uint8_t> packet;
  write_segment(syn, 64, packet);
  EXPECT_EQ(responder.react(packet, kSecond).reaction, SynReaction::answered_syn);
  for (std::size_t i = 2; i < packet.size(); ++i) {
    ByteVector changed = packet;
    changed[i] ^= 0x10;
    EXPECT_TRUE(responder.react(changed, kSecond).reply.empty()) << i;
  }
}

TEST_F(Responder, BytesThatAreNoPacketsGetNothing) {
  std::mt19937_64 random(18);
  const ByteVector good = Sent{.options = true}.packet();
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_TRUE(responder_.react(std::span(good).first(size), kSecond).reply.empty()) << size;
  for (int round = 0; round < 20'000; ++round) {
    ByteVector bytes = good;
    for (int change = 0; change < 4; ++change) bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(random() % (bytes.size() + 1));
    const std::size_t size = bytes.size();
    EXPECT_LE(responder_.react(bytes, round * kSecond).reply.size(), size);
  }
  ByteVector fragment = good;
  fragment[6] = 0x20;
  EXPECT_EQ(responder_.react(fragment, kSecond).reaction, SynReaction::not_tcp);
}

/// Another reader's opinion of the checksums, options and flags.
TEST_F(Responder, TsharkFindsNothingWrong) {
  if (!std::filesystem::exists("/usr/bin/tshark")) GTEST_SKIP() << "no tshark";
  test::PcapFile file;
  const auto add = [&](const char* type) {
    ByteVector frame = test::hex("02000000000a 02000000000b" + std::string(type));
    frame.insert(frame.end(), reply_.begin(), reply_.end());
    file.add_frame(frame, test::kNov23 + static_cast<std::int64_t>(file.packets()));
  };
  const std::uint32_t cookie = react({.options = true}, SynReaction::answered_syn).sequence;
  add("0800");
  react({.flags = tcp_flag::kAck, .sequence = 1'001, .acknowledgement = cookie + 1, .payload = "abc"}, SynReaction::took_payload);
  add("0800");
  react({.from = "2a01:2::1", .to = "2a00:1::9", .options = true}, SynReaction::answered_syn);
  add("86dd");
  const TempFolder folder;
  const std::string capture = folder.write("out.pcap", file.content()).string(), output = (folder / "out.txt").string();
  ASSERT_EQ(test::Program("/usr/bin/tshark",
                          {"-r", capture, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-e",
                           "tcp.checksum.status", "-e", "ip.checksum.status", "-e", "tcp.options.mss_val", "-e", "tcp.flags"},
                          {}, output)
                .wait()
                .status,
            0);
  EXPECT_EQ(test::content_of(output), "1\t1\t1460\t0x0012\n1\t1\t\t0x0011\n1\t\t1440\t0x0012\n") << "1: good";
}

}  // namespace
}  // namespace nightjar
