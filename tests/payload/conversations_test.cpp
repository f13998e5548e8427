#include "payload/conversations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "packet_script.hpp"

namespace nightjar {
namespace {

using namespace tcp_flag;
using test::kScriptBegin;
using test::kSecondNs;
using test::play;
using test::played;
using test::Script;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// The only conversation of a script; an empty one, and a failure, if there are more or none.
Conversation only(const Script& script, const Conversations::Config& config = {}) {
  auto all = played(script, config);
  EXPECT_THAT(all, SizeIs(1));
  return all.size() == 1 ? std::move(all.front()) : Conversation{};
}

TEST(Conversations, AWholeOneIsToldWithAllThatIsKnown) {
  Script script;
  script.at(0).syn().at(1).syn_ack().at(2).ack();
  script.at(3).pot_says("login: ").at(4).says("root\r\n").pot_ack();
  script.at(5).fin().pot_fin().at(6).ack();
  const Conversation told = only(script);
  EXPECT_EQ(told.first_ns, kScriptBegin);
  EXPECT_EQ(told.last_ns, kScriptBegin + 6 * kSecondNs);
  EXPECT_EQ(told.src, 0xc6336407u);  // 198.51.100.7
  EXPECT_EQ(told.dst, 0xc0000201u);  // 192.0.2.1
  EXPECT_EQ(told.src_port, 40'000);
  EXPECT_EQ(told.port, 23);
  EXPECT_EQ(told.ip_version, 4);
  EXPECT_EQ(told.sensor, 3);
  EXPECT_EQ(told.packets, 9u);
  EXPECT_EQ(told.segments, 1u);
  EXPECT_EQ(told.client, "root\r\n");
  EXPECT_EQ(told.server, "login: ");
  EXPECT_EQ(told.bytes, 6u);
  EXPECT_EQ(told.server_bytes, 7u);
  EXPECT_EQ(told.turns, (std::vector<Turn>{{false, 7}, {true, 6}}));
  EXPECT_TRUE(told.handshake);
  EXPECT_TRUE(told.ended);
  EXPECT_FALSE(told.cut);
  EXPECT_EQ(told.facts, 0u);
}

TEST(Conversations, OfIpVersion6KeepTheWholeAddress) {
  Script script;
  script.from("2001:db8::7", 40'000).to("2001:db8::1", 23).handshake().says("x");
  const Conversation told = only(script);
  EXPECT_EQ(told.ip_version, 6);
  EXPECT_EQ(told.src, 0x20010db800000000u);
  EXPECT_EQ(told.src_low, 7u);
  EXPECT_EQ(told.dst_low, 1u);
  EXPECT_EQ(told.client, "x");
}

TEST(Conversations, ASynThatNobodyAnswersIsOne) {
  const Conversation told = only(Script().syn());
  EXPECT_EQ(told.packets, 1u);
  EXPECT_FALSE(told.handshake);
  EXPECT_FALSE(told.ended) << "who knows what would have come";
}

TEST(Conversations, DataOfASynThatNobodyAnswersAreWhatTheClientSaid) {
  const Conversation told = only(Script().client(kSyn, 1000, "GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(told.client, "GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(told.bytes, 18u);
  EXPECT_EQ(told.segments, 1u);
  EXPECT_EQ(told.turns, (std::vector<Turn>{{true, 18}}));
  EXPECT_FALSE(told.cut);
  EXPECT_FALSE(told.handshake);
}

TEST(Conversations, ARawSynIsAnsweredAndDroppedByItsKernel) {
  const Conversation told = only(Script().syn().syn_ack().rst());
  EXPECT_EQ(told.packets, 3u);
  EXPECT_FALSE(told.handshake);
  EXPECT_TRUE(told.ended);
}

TEST(Conversations, WithoutItsSynOneBeginsWithBytes) {
  const Conversation told = only(Script().ack().says("GET / HTTP/1.1\r\n\r\n").pot_says("HTTP/1.1 200 OK\r\n").ack());
  EXPECT_EQ(told.packets, 3u) << "the acknowledgement before began none";
  EXPECT_EQ(told.client, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(told.server, "HTTP/1.1 200 OK\r\n");
  EXPECT_FALSE(told.handshake);
  EXPECT_FALSE(told.cut);
}

TEST(Conversations, BackscatterBeginsNone) {
  EXPECT_THAT(played(Script().client(kSyn | kAck, 7, "")), IsEmpty());
  EXPECT_THAT(played(Script().client(kSyn | kAck, 7, "x")), IsEmpty());
  EXPECT_THAT(played(Script().client(kRst, 7, "")), IsEmpty());
  EXPECT_THAT(played(Script().client(kRst | kAck, 7, "reset by firewall")), IsEmpty());
  EXPECT_THAT(played(Script().client(kAck, 7, "")), IsEmpty());
  EXPECT_THAT(played(Script().client(kFin | kAck, 7, "")), IsEmpty());
  EXPECT_THAT(played(Script().client(0, 7, "no kernel takes bytes without ACK")), IsEmpty());
  EXPECT_THAT(played(Script().pot(kRst, 7, "").pot(kAck, 7, "x")), IsEmpty());
}

TEST(Conversations, WhatThePotItselfOpensIsNone) {
  Script script;
  script.pot(kSyn, 5'000, "").client(kSyn | kAck, 1'000, "").pot(kAck | kPsh, 5'001, "GET /").client(kAck | kPsh, 1'001, "malware");
  EXPECT_THAT(played(script), IsEmpty());
  EXPECT_THAT(played(script.at(299).client(kAck | kPsh, 1'008, "more")), IsEmpty());
  const Conversation told = only(script.at(300).numbers(70'000, 80'000).handshake().says("a"));
  EXPECT_EQ(told.client, "a") << "a client's SYN begins one there too";
  EXPECT_EQ(told.packets, 4u);
}

TEST(Conversations, AKeepAliveOfAForgottenOneBeginsNone) {
  using namespace std::string_view_literals;
  EXPECT_THAT(played(Script().client(kAck, 7, "\0"sv)), IsEmpty());
  EXPECT_THAT(played(Script().client(kAck, 7, "a")), SizeIs(1));
  EXPECT_THAT(played(Script().client(kAck | kPsh, 7, "\0"sv)), SizeIs(1));
  EXPECT_THAT(played(Script().client(kAck, 7, "\0\0"sv)), SizeIs(1));
}

TEST(Conversations, OnlyTcpWithItsHeaderIsLookedAt) {
  Script script;
  script.syn();
  script.steps.back().packet.protocol = protocol::kUdp;
  script.syn();
  script.steps.back().packet.has_transport = false;
  EXPECT_THAT(played(script), IsEmpty());
}

TEST(Conversations, EndWithSilenceAboveFiveMinutes) {
  EXPECT_THAT(played(Script().handshake().says("a").at(300).says("b")), SizeIs(1));
  const auto two = played(Script().handshake().says("a").at(301).says("b"));
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(two[0].client, "a");
  EXPECT_TRUE(two[0].ended);
  EXPECT_EQ(two[1].client, "b");
  EXPECT_EQ(two[1].first_ns, kScriptBegin + 301 * kSecondNs);
  EXPECT_FALSE(two[1].handshake || two[1].ended);
  EXPECT_THAT(played(Script().handshake().says("a").at(301).ack()), SizeIs(1)) << "an acknowledgement begins none";
}

TEST(Conversations, SilenceIsASetting) {
  EXPECT_THAT(played(Script().handshake().at(10).says("b"), {.idle_seconds = 10}), SizeIs(1));
  EXPECT_THAT(played(Script().handshake().at(11).says("b"), {.idle_seconds = 10}), SizeIs(2));
}

TEST(Conversations, ThePotsPacketsBreakTheSilenceToo) {
  EXPECT_THAT(played(Script().handshake().at(200).pot_says("still there?").at(400).says("b")), SizeIs(1));
}

TEST(Conversations, EndWithFinOfBothSides) {
  Script script;
  script.handshake().says("a").fin();
  EXPECT_FALSE(only(script).ended) << "the pot may go on";
  script.pot_says("bye").pot_fin();
  EXPECT_TRUE(only(script).ended);
  EXPECT_EQ(only(script).server, "bye");
}

TEST(Conversations, AFinMayCarryBytesAndComeTwice) {
  Script script;
  script.handshake().client(kFin | kAck, 1'001, "exit").client(kFin | kAck, 1'001, "exit").pot_fin();
  const Conversation told = only(script);
  EXPECT_EQ(told.client, "exit");
  EXPECT_EQ(told.segments, 2u);
  EXPECT_TRUE(told.ended);
}

TEST(Conversations, AResetOfTheClientCountsWhereTheNextByteWouldStand) {
  EXPECT_TRUE(only(Script().handshake().says("abc").rst()).ended);
  EXPECT_FALSE(only(Script().handshake().says("abc").client(kRst, 1'003, "")).ended) << "in the window, but not there: RFC 9293 3.10.7.4";
  EXPECT_FALSE(only(Script().handshake().says("abc").client(kRst, 77'777, "")).ended);
  EXPECT_TRUE(only(Script().handshake().pot_rst()).ended);
}

TEST(Conversations, LingerSoThatRepeatedSegmentsBeginNoOther) {
  const auto script = [] { return Script().handshake().says("a").fin().pot_fin(); };
  const Conversation told = only(script().at(30).piece(0, "a"));
  EXPECT_EQ(told.packets, 7u);
  EXPECT_EQ(told.segments, 2u);
  EXPECT_EQ(told.last_ns, kScriptBegin + 30 * kSecondNs);
  EXPECT_THAT(played(script().at(31).piece(0, "a")), SizeIs(2));
  EXPECT_THAT(played(script().at(20).ack().at(40).piece(0, "a")), SizeIs(2)) << "from its end on, not from the last packet";
}

TEST(Conversations, WhatComesLateStillCloses) {
  const Conversation told = only(Script().handshake().piece(1, "b").client(kFin | kAck, 1'003, "").pot_fin().at(1).piece(0, "a"));
  EXPECT_EQ(told.client, "ab");
  EXPECT_FALSE(told.cut);
}

TEST(Conversations, ASynWithAnotherNumberAfterAnEndUsesThePortAgain) {
  const auto two = played(Script().handshake().says("a").rst().at(2).numbers(90'000, 6'000).handshake().says("b"));
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(two[0].client, "a");
  EXPECT_EQ(two[1].client, "b");
  EXPECT_TRUE(two[1].handshake);
  EXPECT_EQ(two[1].first_ns, kScriptBegin + 2 * kSecondNs);
}

TEST(Conversations, TheSameSynAfterAnEndIsARepeatedOne) {
  const Conversation told = only(Script().syn().syn_ack().rst().at(5).syn());
  EXPECT_EQ(told.packets, 4u);
  EXPECT_THAT(played(Script().syn().syn_ack().rst().at(31).syn()), SizeIs(2)) << "the bot came round again";
}

TEST(Conversations, ASynWithAnotherNumberBeforeAnythingWasSaidBeginsAnother) {
  EXPECT_THAT(played(Script().syn().syn_ack().at(1).numbers(2'000, 7'000).syn().syn_ack()), SizeIs(2));
  EXPECT_THAT(played(Script().handshake().pot_says("login: ").at(1).numbers(2'000, 7'000).syn()), SizeIs(2));
  EXPECT_THAT(played(Script().syn().at(1).syn()), SizeIs(1)) << "a repeated one";
}

TEST(Conversations, AForgedSynBreaksNoneOff) {
  const Conversation told = only(Script().handshake().says("a").client(kSyn, 77'777, "").says("b"));
  EXPECT_EQ(told.client, "ab");
  EXPECT_EQ(told.packets, 5u);
  EXPECT_FALSE(told.ended);
}

TEST(Conversations, ASynThatThePotAnswersBeginsAnother) {
  const auto two = played(Script().handshake().says("a").at(5).numbers(90'000, 6'000).syn().at(6).syn_ack().ack().says("b"));
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_EQ(two[0].client, "a");
  EXPECT_TRUE(two[0].ended);
  EXPECT_EQ(two[0].packets, 4u);
  EXPECT_EQ(two[1].client, "b");
  EXPECT_EQ(two[1].first_ns, kScriptBegin + 5 * kSecondNs);
  EXPECT_EQ(two[1].packets, 4u);
  EXPECT_TRUE(two[1].handshake);
}

TEST(Conversations, OfDifferentPortsAddressesAndSensorsAreApart) {
  std::vector<Conversation> told;
  Conversations conversations({}, [&](Conversation&& each) { told.push_back(std::move(each)); });
  const auto syn = [](Script script) { return script.syn().steps.at(0); };
  for (const auto& step : {syn(Script()), syn(Script().src_port(40'001)), syn(Script().from("198.51.100.8", 40'000)),
                           syn(Script().to("192.0.2.2", 23)), syn(Script().to("192.0.2.1", 24))})
    play(conversations, step);
  conversations.add(Script().syn().steps[0].packet, {}, 4, true, 0, false);
  conversations.finish();
  EXPECT_THAT(told, SizeIs(6));
}

TEST(Conversations, OfASensorWhoseNextHourIsReadAfterAnothersFirstGoOn) {
  std::vector<Conversation> told;
  Conversations conversations({}, [&](Conversation&& each) { told.push_back(std::move(each)); });
  const auto read = [&](const Script& script, std::uint16_t sensor) {
    for (const auto& step : script.steps) play(conversations, step, false, sensor);
  };
  for (const std::uint16_t sensor : {1, 2}) read(Script().src_port(1).at(0).syn().src_port(2).at(3'599).handshake().says("a"), sensor);
  for (const std::uint16_t sensor : {1, 2}) read(Script().src_port(2).at(3'601).piece(1, "b").rst(), sensor);
  conversations.finish();
  ASSERT_THAT(told, SizeIs(4));
  for (const Conversation& each : told) {
    EXPECT_EQ(each.client, each.src_port == 2 ? "ab" : "") << each.sensor;
    EXPECT_TRUE(each.src_port == 2 || each.ended) << "its own sensor's time ends it";
  }
}

TEST(Conversations, OneWrongTimeEndsNoOthers) {
  Script script;
  script.handshake().says("a");
  script.from("198.51.100.8", 1).at(400'000'000).syn();
  script.from("198.51.100.9", 1).at(2).syn();
  script.from("198.51.100.7", 40'000).at(3).piece(1, "b");
  const auto all = played(script);
  ASSERT_THAT(all, SizeIs(3));
  std::string longest;
  for (const auto& told : all) longest = std::max(longest, told.client);
  EXPECT_EQ(longest, "ab");
}

TEST(Conversations, AClockThatStepsBackDividesNothing) {
  const Conversation told = only(Script().at(100).handshake().says("a").at(0).says("b").at(101).says("c"));
  EXPECT_EQ(told.client, "abc");
  EXPECT_EQ(told.first_ns, kScriptBegin + 100 * kSecondNs);
  EXPECT_EQ(told.last_ns, kScriptBegin + 101 * kSecondNs);
  EXPECT_EQ(only(Script().at(100).handshake().at(0).says("a")).last_ns, kScriptBegin + 100 * kSecondNs) << "never before the first";
}

TEST(Conversations, ACaptureOfAnEarlierHourIsNoContinuation) {
  const auto two = played(Script().at(3'600).handshake().says("a").at(0).says("b"));
  ASSERT_THAT(two, SizeIs(2));
  EXPECT_LE(two[0].first_ns, two[0].last_ns);
}

TEST(Conversations, AnyTimeIsTaken) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(), kMost = std::numeric_limits<std::int64_t>::max();
  Script script;
  std::uint16_t port = 1;
  for (const std::int64_t time : {kMost, kLeast, kLeast, kMost, std::int64_t{0}, kMost, kMost, std::int64_t{-1}, kLeast})
    script.src_port(++port).at_ns(time).handshake().says("x");
  EXPECT_THAT(played(script), SizeIs(9));
  EXPECT_THAT(played(script, {.idle_seconds = kMost, .linger_seconds = -1}), SizeIs(9));
}

}  // namespace
}  // namespace nightjar
