#include "payload/open_conversation.hpp"

#include <gtest/gtest.h>

#include "packet_script.hpp"

namespace nightjar {
namespace {

using namespace tcp_flag;
using test::Script;

/// What is known after all packets of a script that begins with a SYN of number 1,000.
Conversation after(const Script& script) {
  OpenConversation open({.src_port = 40'000, .port = 23}, test::kScriptBegin, 1'001, true);
  for (const test::Step& step : script.steps) {
    const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(step.payload.data()), step.payload.size());
    open.add(step.packet, bytes, step.from_client, false);
  }
  return open.told();
}

TEST(OpenConversation, AHandshakeIsSynSynAckAndItsAcknowledgement) {
  EXPECT_FALSE(after(Script().syn()).handshake);
  EXPECT_FALSE(after(Script().syn().syn_ack()).handshake);
  EXPECT_TRUE(after(Script().syn().syn_ack().ack()).handshake);
  EXPECT_FALSE(after(Script().syn().ack()).handshake) << "the pot did not answer";
  EXPECT_FALSE(after(Script().syn().syn_ack().rst()).handshake);
}

TEST(OpenConversation, TheFirstBytesMayAcknowledgeTheSynAckInTheAcksPlace) {
  EXPECT_TRUE(after(Script().syn().syn_ack().says("x")).handshake);
  EXPECT_TRUE(after(Script().syn().syn_ack().pot_says("login: ").says("x")).handshake);
}

TEST(OpenConversation, AnAcknowledgementOfAnythingElseIsForged) {
  Script script;
  script.syn().syn_ack().ack();
  script.steps.back().packet.tcp_acknowledgement = 5'000;
  EXPECT_FALSE(after(script).handshake);
  script.steps.back().packet.tcp_acknowledgement = 5'002;
  EXPECT_FALSE(after(script).handshake) << "the pot has not yet said anything";
  script.steps.back().packet.tcp_acknowledgement = 5'001;
  EXPECT_TRUE(after(script).handshake);
}

TEST(OpenConversation, ASynAckOfAnotherSynIsNotOurs) {
  Script script;
  script.syn().syn_ack();
  script.steps.back().packet.tcp_acknowledgement = 999;
  script.ack();
  EXPECT_FALSE(after(script).handshake);
}

TEST(OpenConversation, NumbersOfBothSidesWrapAround) {
  OpenConversation open({}, 0, 0xffffffff, true);
  Script script;
  script.numbers(0xfffffffe, 0xffffffff).handshake().says("abc").pot_says("def").says("ghi").fin().pot_fin();
  for (const test::Step& step : script.steps)
    open.add(step.packet, {reinterpret_cast<const std::uint8_t*>(step.payload.data()), step.payload.size()}, step.from_client, false);
  const Conversation told = open.told();
  EXPECT_TRUE(told.handshake && told.ended);
  EXPECT_EQ(told.client, "abcghi");
  EXPECT_EQ(told.server, "def");
}

TEST(OpenConversation, TurnsFollowTheOrderInWhichBytesCouldBeRead) {
  const Conversation told = after(Script().handshake().pot_says("login: ").says("ro").says("ot").pot_says("Password: ").says("1234"));
  EXPECT_EQ(told.turns, (std::vector<Turn>{{false, 7}, {true, 4}, {false, 10}, {true, 4}}));
  const Conversation late = after(Script().handshake().piece(2, "ot").pot_says("hello?").piece(0, "ro"));
  EXPECT_EQ(late.turns, (std::vector<Turn>{{false, 6}, {true, 4}})) << "behind a gap nobody reads yet";
}

TEST(OpenConversation, TurnsAreBoundedAndStillAddUp) {
  Script script;
  script.handshake();
  for (int i = 0; i < 3'000; ++i) script.says("c").pot_says("pp");
  const Conversation told = after(script);
  ASSERT_EQ(told.turns.size(), 4'096u);
  std::uint32_t client = 0, server = 0;
  for (std::size_t i = 0; i < told.turns.size(); ++i) {
    EXPECT_EQ(told.turns[i].client, i % 2 == 0);
    (told.turns[i].client ? client : server) += told.turns[i].size;
  }
  EXPECT_EQ(client, 3'000u);
  EXPECT_EQ(server, 6'000u);
  EXPECT_EQ(told.turns[4'093].size, 2u);
  EXPECT_EQ(told.turns[4'094].size, 953u) << "the client's last turn has what came later too";
}

TEST(OpenConversation, AGapThatNeverClosesEndsTheText) {
  const Conversation told = after(Script().handshake().piece(0, "abc").piece(10, "xyz").piece(20, "!"));
  EXPECT_EQ(told.client, "abc");
  EXPECT_EQ(told.bytes, 7u);
  EXPECT_EQ(told.segments, 3u);
  EXPECT_TRUE(told.cut);
}

TEST(OpenConversation, BytesThatOnlyThePotSawCut) {
  Script script;
  script.handshake().says("abc");
  script.client(kAck, 1'004, "lost").steps.pop_back();
  script.pot_ack();
  EXPECT_FALSE(after(script).cut);
  script.steps.back().packet.tcp_acknowledgement = 1'008;
  EXPECT_TRUE(after(script).cut);
}

TEST(OpenConversation, ALostSegmentBeforeTheFinCuts) {
  EXPECT_TRUE(after(Script().handshake().says("abc").client(kFin | kAck, 1'008, "")).cut);
  EXPECT_FALSE(after(Script().handshake().says("abc").client(kFin | kAck, 1'004, "")).cut);
}

TEST(OpenConversation, WhatIsLongerThanTheMostIsCutAndCounted) {
  Script script;
  script.handshake();
  for (int i = 0; i < 64; ++i) script.says(std::string(1'024, 'a')).pot_says(std::string(1'024, 'p'));
  EXPECT_EQ(after(script).client.size(), 65'536u);
  EXPECT_FALSE(after(script).cut);
  script.says("b");
  const Conversation told = after(script);
  EXPECT_EQ(told.client, std::string(65'536, 'a'));
  EXPECT_EQ(told.bytes, 65'537u);
  EXPECT_TRUE(told.cut);
  EXPECT_EQ(told.server, std::string(16'384, 'p'));
  EXPECT_EQ(told.server_bytes, 65'536u);
}

TEST(OpenConversation, AShortCaptureCuts) {
  const Conversation told = after(Script().handshake().says("GET / HTTP/1.1").cut_to(5).says("\r\n"));
  EXPECT_EQ(told.client, "GET /");
  EXPECT_EQ(told.bytes, 16u);
  EXPECT_EQ(told.segments, 2u);
  EXPECT_TRUE(told.cut);
  const Conversation nothing = after(Script().handshake().says("GET /").cut_to(0));
  EXPECT_EQ(nothing.client, "");
  EXPECT_EQ(nothing.segments, 1u);
  EXPECT_TRUE(nothing.cut);
}

TEST(OpenConversation, DataOfTheSynCountOnceThePotTookThem) {
  const Conversation taken = after(Script().syn(0, 1, "GET /").syn_ack(5).ack().says("x"));
  EXPECT_EQ(taken.client, "GET /x");
  EXPECT_EQ(taken.segments, 2u);
  EXPECT_TRUE(taken.handshake);
  const Conversation repeated = after(Script().syn(0, 1, "GET /").syn_ack(0).ack().says("PUT /"));
  EXPECT_EQ(repeated.client, "PUT /") << "the pot took only what came later";
  EXPECT_EQ(after(Script().syn(0, 1, "GET /").syn_ack(3).says("x")).client, "GETx");
  EXPECT_EQ(after(Script().syn(0, 1, "GET /")).client, "GET /") << "without an answer they are all that was sent";
  EXPECT_FALSE(after(Script().syn(0, 1, "GET /")).cut);
  const Conversation cut = after(Script().syn(0, 1, "GET /").cut_to(3).syn_ack(5).says("x"));
  EXPECT_EQ(cut.client, "GET");
  EXPECT_EQ(cut.bytes, 6u);
  EXPECT_TRUE(cut.cut);
}

TEST(OpenConversation, BytesWithoutAckAreNotTaken) {
  const Conversation told = after(Script().handshake().client(kPsh, 1'001, "XX").client(kSyn | kAck, 1'001, "YY").says("ab"));
  EXPECT_EQ(told.client, "ab");
  EXPECT_EQ(told.segments, 3u);
}

TEST(OpenConversation, ThePotsFirstSegmentBeginsItsSideWhereItsSynAckIsMissing) {
  const Conversation told = after(Script().syn().pot(kPsh | kAck, 8'000, "login: ").pot(kPsh | kAck, 8'007, "x"));
  EXPECT_EQ(told.server, "login: x");
}

TEST(OpenConversation, ARepeatedSynAckChangesNothing) {
  const Conversation told = after(Script().handshake().pot_says("login: ").pot(kSyn | kAck, 5'000, "").pot(kPsh | kAck, 5'008, "x"));
  EXPECT_EQ(told.server, "login: x");
}

TEST(OpenConversation, ASynAckMayCarryBytes) {
  const Conversation told = after(Script().syn().pot(kSyn | kAck, 5'000, "220 ").pot(kPsh | kAck, 5'005, "x"));
  EXPECT_EQ(told.server, "220 x");
}

TEST(OpenConversation, IsUntoldWhileItHasPacketsThatNobodyKnows) {
  OpenConversation open({}, test::kScriptBegin, 1'001, true);
  const Packet syn = Script().syn().steps[0].packet;
  open.add(syn, {}, true, true);
  EXPECT_FALSE(open.untold());
  open.add(syn, {}, true, false);
  open.add(syn, {}, true, true);
  EXPECT_TRUE(open.untold());
  EXPECT_EQ(open.told().packets, 3u);
  EXPECT_FALSE(open.untold());
}

TEST(OpenConversation, ThatWasToldOpenIsUntoldWhenItHasEndedIfTheClientSaidSomething) {
  for (const std::string_view words : {"", "a"}) {
    OpenConversation open({}, test::kScriptBegin, 1'001, true);
    const test::Step step = Script().client(kAck, 1'001, words).steps[0];
    open.add(step.packet, {reinterpret_cast<const std::uint8_t*>(step.payload.data()), step.payload.size()}, true, false);
    EXPECT_FALSE(open.told().ended);
    EXPECT_FALSE(open.untold());
    open.end(test::kScriptBegin, false);
    EXPECT_EQ(open.untold(), !words.empty());
    EXPECT_TRUE(open.told().ended);
    EXPECT_FALSE(open.untold());
  }
}

}  // namespace
}  // namespace nightjar
