#include "honeypot/smb_message.hpp"

#include <gtest/gtest.h>

#include "client.hpp"
#include "honeypot/ntlm.hpp"
#include "scripts.hpp"

namespace nightjar {
namespace {

using test::Client;
using test::from_hex;

/// Status, user, multiplex number and the count of parameters, where MS-CIFS 2.2.3 has them; behind NetBIOS' four bytes.
std::uint32_t status_of(const std::string& reply) {
  std::uint32_t status = 0;
  for (std::size_t i = 12; i >= 9; --i) status = status << 8 | static_cast<std::uint8_t>(reply.at(i));
  return status;
}
unsigned multiplex_of(const std::string& reply) {
  return static_cast<std::uint8_t>(reply.at(34)) | static_cast<unsigned>(static_cast<std::uint8_t>(reply.at(35))) << 8;
}
int words_of(const std::string& reply) { return static_cast<std::uint8_t>(reply.at(36)); }
std::string wide(std::string_view text) { return utf16(text, false); }

TEST(Smb, NegotiatesNtLm012) {
  Client client(445);
  EXPECT_EQ(client.heard(), "") << "the client speaks first";
  const std::string reply = client.say(test::smb_negotiate());
  EXPECT_EQ(reply.substr(4, 5), "\xffSMB\x72");
  EXPECT_EQ(status_of(reply), 0U);
  EXPECT_EQ(words_of(reply), 17);
  EXPECT_EQ(reply[37], 2) << "the third dialect";
  EXPECT_EQ(reply[37 + 33], 8) << "length of the challenge";
}

TEST(Smb, OtherDialectsAreNone) {
  const std::string reply = Client(445).say(test::smb_message(0x72, "", std::string("\x02LANMAN1.0\0", 11)));
  EXPECT_EQ(words_of(reply), 1);
  EXPECT_EQ(reply.substr(37, 2), "\xff\xff");
}

TEST(Smb, SessionSetupTellsTheSystem) {
  Client client(445);
  client.say(test::smb_negotiate());
  const std::string reply = client.say(test::smb_session_setup());
  EXPECT_EQ(status_of(reply), 0U);
  EXPECT_EQ(words_of(reply), 3);
  EXPECT_NE(reply.find(wide("Windows 7")), reply.npos) << "EternalBlue looks for it";
}

TEST(Smb, OnlyTheTreeOfPipesIsThere) {
  Client client(445);
  EXPECT_EQ(status_of(client.say(test::smb_tree_connect())), 0U);
  EXPECT_EQ(status_of(client.say(test::smb_message(0x75, "ff00 0000 0800 0100", from_hex("00 5c005c0061005c0043002400 0000")))),
            0xc00000ccU);
}

/// STATUS_INSUFF_SERVER_RESOURCES: 05 02 00 c0 on the wire.
TEST(Smb, PeekIsAnsweredAsWithoutThePatch) {
  const std::string reply = Client(445).say(test::smb_peek());
  EXPECT_EQ(reply.substr(9, 4), from_hex("050200c0"));
}

/// 00000023 ff SMB 32 02 00 00 c0 98 07 c0, and a multiplex number of 0x51 for 0x41.
TEST(Smb, DoublePulsarsPingIsAnswered) {
  const std::string reply = Client(445).say(test::smb_ping());
  EXPECT_EQ(reply.substr(0, 16), from_hex("00000023 ff534d42 32 020000c0 98 07c0"));
  EXPECT_EQ(multiplex_of(reply), 0x51U);
  EXPECT_EQ(reply.size(), 39U);
}

TEST(Smb, EchoOfEternalBlue) {
  const std::string reply = Client(445).say(test::smb_message(0x2b, "0100", std::string("JlJmIhClBsr\0", 12), 0xc007));
  EXPECT_EQ(status_of(reply), 0U);
  EXPECT_EQ(reply.substr(reply.size() - 12), std::string("JlJmIhClBsr\0", 12));
}

TEST(Smb, LongTransactionsAreTakenInSilence) {
  Client client(445);
  EXPECT_EQ(words_of(client.say(test::smb_message(0xa0, "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000", "x"))), 0) << "go on";
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(client.say(test::smb_message(0x33, "0000 0000 0000 0000 0000 0000 0000 0000 0000", std::string(4'000, 'x'))), "");
  EXPECT_FALSE(client.closed());
}

TEST(Smb, NetbiosSessionIsOpened) {
  Client client(139);
  EXPECT_EQ(client.say(from_hex("81000044") + std::string(68, 'C')), from_hex("82000000"));
}

TEST(Smb, Version2AloneEndsIt) {
  Client client(445);
  client.say(from_hex("00000044fe534d42") + std::string(64, '\0'));
  EXPECT_TRUE(client.closed());
}

/// MS-NLMP 4.2 has no SPNEGO; the shape is checked by tshark (tshark_test.cpp).
TEST(Ntlm, ChallengesAndThenIsContent) {
  const Persona persona(budget::Secret{1, 2});
  bool more = false;
  const std::string first = "NTLMSSP" + from_hex("00 01000000 07820800") + std::string(16, '\0');
  const std::string challenge = ntlm_answer(first, persona, 7, 1'700'000'000, more);
  EXPECT_TRUE(more);
  EXPECT_TRUE(challenge.starts_with("NTLMSSP" + from_hex("00 02000000")));
  EXPECT_NE(challenge.substr(24, 8), ntlm_answer(first, persona, 8, 1'700'000'000, more).substr(24, 8))
      << "another conversation, another challenge";
  EXPECT_EQ(ntlm_answer("NTLMSSP" + from_hex("00 03000000"), persona, 7, 0, more), "");
  EXPECT_FALSE(more);
  EXPECT_EQ(ntlm_answer("nothing", persona, 7, 0, more), "");
}

TEST(Ntlm, TimeIsWindows) { EXPECT_EQ(windows_time(0), 116'444'736'000'000'000U) << "100 ns from 1601 to 1970"; }

}  // namespace
}  // namespace nightjar
