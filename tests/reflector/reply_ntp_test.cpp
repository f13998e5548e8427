#include <gtest/gtest.h>

#include "reflector/ask.hpp"
#include "reflector/ntp_packets.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

const ByteVector kMonlist = hex("1700032a 00000000");

std::vector<ByteVector> monlist(std::size_t clients) {
  static ReplyPackets replies;
  replies.clear();
  std::vector<MonitoredClient> list(clients);
  for (std::size_t i = 0; i < clients; ++i) list[i].packets = static_cast<std::uint32_t>(i + 1);
  write_monlist(kMonlist, list, replies);
  std::vector<ByteVector> packets;
  for (std::size_t i = 0; i < replies.size(); ++i) packets.emplace_back(replies[i].begin(), replies[i].end());
  return packets;
}

ByteVector head(const ByteVector& packet) { return {packet.begin(), packet.begin() + 8}; }

// Acceptance vector 10: d7 is "response, more, version 2, mode 7"; 97 the last.
TEST(NtpMonlist, HasPacketsOf8And72BytesForEachOfAtMostSixClients) {
  for (std::size_t clients = 1; clients <= 6; ++clients) {
    const auto packets = monlist(clients);
    ASSERT_EQ(packets.size(), 1u);
    EXPECT_EQ(packets[0].size(), 8 + 72 * clients);
    ByteVector expected = hex("9700032a 0000 0048");
    expected[5] = static_cast<std::uint8_t>(clients);
    EXPECT_EQ(head(packets[0]), expected);
  }
}

TEST(NtpMonlist, NumbersItsPacketsAndSaysWhichIsTheLast) {
  const auto packets = monlist(14);
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(head(packets[0]), hex("d700032a 0006 0048")) << "as a real server begins";
  EXPECT_EQ(head(packets[1]), hex("d701032a 0006 0048"));
  EXPECT_EQ(head(packets[2]), hex("9702032a 0002 0048"));
  EXPECT_EQ(packets[0].size(), 440u);
  EXPECT_EQ(packets[2].size(), 8u + 2 * 72);
}

TEST(NtpMonlist, HoldsTheFieldsOfAClientInTheirOrder) {
  const MonitoredClient client{0x01020304, 0x05060708, 0x0d0e0f10, 0x11121314, 0x15161718, 0x1d1e, 0x1f, 0x20};
  static ReplyPackets replies;
  replies.clear();
  write_monlist(kMonlist, std::span(&client, 1), replies);
  const ByteVector packet(replies[0].begin(), replies[0].end());
  EXPECT_EQ(packet, hex("9700032a 0001 0048"
                        "01020304 05060708 00000000 0d0e0f10 11121314 15161718 00000000 1d1e 1f 20 00000000 00000000") +
                        ByteVector(32, 0));
}

TEST(NtpMonlist, TellsOfTheAskerAndOfPrivateAddressesAlone) {
  const auto packets = ask(123, kMonlist);
  ASSERT_EQ(packets.size(), 2u) << "nine clients";
  EXPECT_EQ(head(packets[1]), hex("9701032a 0003 0048"));
  // The first item's address is at 8 + 16.
  EXPECT_EQ(ByteVector(packets[0].begin() + 24, packets[0].begin() + 28), hex("68100101"));
  EXPECT_EQ(ByteVector(packets[0].begin() + 36, packets[0].begin() + 38), hex("9c40")) << "port 40000";
  for (std::size_t packet = 0; packet < 2; ++packet) {
    for (std::size_t at = 8 + (packet == 0 ? 72 : 0); at < packets[packet].size(); at += 72)
      EXPECT_EQ(ByteVector(packets[packet].begin() + static_cast<std::ptrdiff_t>(at + 16),
                           packets[packet].begin() + static_cast<std::ptrdiff_t>(at + 18)),
                hex("c0a8"));
  }
}

TEST(NtpMonlist, IsAnsweredPaddedOrNot) { EXPECT_EQ(ask(123, hex("1700032a") + ByteVector(188, 0)).size(), 2u); }

// RFC 5905, 7.3. 2017-11-23 05:00:00 UTC is 3720402000 (ddc0d450) seconds after 1900.
TEST(NtpTime, IsToldToAClient) {
  ByteVector request = hex("e30004fa 00010000") + ByteVector(32, 0) + hex("0123456789abcdef");
  const ByteVector answer = one(ask(123, request));
  ASSERT_EQ(answer.size(), 48u);
  EXPECT_EQ(answer[0], 0x24) << "leap 0, version 4 as asked, mode 4";
  EXPECT_EQ(answer[1], 2) << "stratum";
  EXPECT_EQ(answer[2], 4) << "poll, as asked";
  EXPECT_EQ(ByteVector(answer.begin() + 24, answer.begin() + 32), hex("0123456789abcdef")) << "the client's time";
  EXPECT_EQ(ByteVector(answer.begin() + 32, answer.begin() + 40), hex("ddc0d450 00000000")) << "received";
  EXPECT_EQ(ByteVector(answer.begin() + 40, answer.begin() + 48), hex("ddc0d450 00000000")) << "sent";
}

// RFC 9327, 2: 16 is version 2, mode 6; 82 is response and opcode 2.
TEST(NtpVariables, AreTextOfOneFragmentPaddedToFourBytes) {
  const ByteVector answer = one(ask(123, hex("1602 0001 0000 0000 0000 0000")));
  ASSERT_GT(answer.size(), 300u);
  EXPECT_EQ(ByteVector(answer.begin(), answer.begin() + 4), hex("1682 0001"));
  EXPECT_EQ(answer.size() % 4, 0u);
  const std::size_t body = answer[10] << 8 | answer[11];
  EXPECT_LE(body, 468u);
  EXPECT_EQ((12 + body + 3) / 4 * 4, answer.size());
  const std::string text = text_of(answer).substr(12, body);
  EXPECT_TRUE(text.starts_with("version=\"ntpd 4.2.6p5@1.2349-o Wed Jul 12 12:22:58 UTC 2017 (1)\", processor="));
  EXPECT_NE(text.find(", clock=0xddc0d450.00000000, "), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\n"));
}

TEST(Ntp, IsSilentForWhatItDoesNotOffer) {
  for (const std::string_view request :
       {"1700022a 00000000", "17000314 00000000", "17000300 00000000", "17000310 00000000", "9700032a 00000000"})
    EXPECT_TRUE(ask(123, hex(request)).empty()) << request;
}

}  // namespace
}  // namespace nightjar::reflector
