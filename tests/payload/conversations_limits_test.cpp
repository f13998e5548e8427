// What is handed over when, and bounds of memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "packet_script.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

using test::play;
using test::Script;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Conversations whose ends are noted by the client's port.
class HandedOver : public ::testing::Test {
 protected:
  void make(const Conversations::Config& config = {}) {
    conversations_ = std::make_unique<Conversations>(config, [this](Conversation&& each) {
      ports_.push_back(each.src_port);
      told_.push_back(std::move(each));
    });
  }
  void add(const Script& script, bool known = false) {
    for (const test::Step& step : script.steps) play(*conversations_, step, known);
  }
  /// Ports of what was handed over since the last call.
  std::vector<std::uint16_t> ports() { return std::exchange(ports_, {}); }

  std::unique_ptr<Conversations> conversations_;
  std::vector<Conversation> told_;
  std::vector<std::uint16_t> ports_;
};

TEST_F(HandedOver, WhenTheyAreOver) {
  make();
  add(Script().src_port(1).syn().syn_ack().rst());
  add(Script().src_port(2).handshake());
  EXPECT_THAT(ports(), IsEmpty());
  add(Script().at(31).src_port(3).syn().syn_ack());
  EXPECT_THAT(ports(), ElementsAre(1)) << "it lingered";
  add(Script().at(301).src_port(4).syn().syn_ack());
  EXPECT_THAT(ports(), ElementsAre(2));
  EXPECT_TRUE(told_.back().ended) << "by silence";
  conversations_->finish();
  EXPECT_THAT(ports(), ElementsAre(3, 4));
  EXPECT_FALSE(told_.back().ended);
  conversations_->finish();
  EXPECT_THAT(ports(), IsEmpty());
}

TEST_F(HandedOver, LatePacketsKeepNoOtherWaiting) {
  make();
  Script first;
  add(first.src_port(1).handshake().rst());
  add(Script().at(20).src_port(2).handshake().rst());
  first.steps.clear();
  add(first.at(25).ack());
  add(Script().at(31).src_port(3).handshake());
  EXPECT_THAT(ports(), ElementsAre(1));
}

TEST_F(HandedOver, OpenOnesStayAndComeAgainFuller) {
  make();
  Script script;
  script.src_port(1).handshake().says("a");
  add(script);
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), ElementsAre(1));
  EXPECT_FALSE(told_.back().ended);
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), IsEmpty()) << "nothing came since";
  script.steps.clear();
  add(script.says("b"));
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), ElementsAre(1));
  EXPECT_EQ(told_.back().client, "ab");
  EXPECT_EQ(told_.back().first_ns, told_.front().first_ns);
  conversations_->finish();
  EXPECT_THAT(ports(), IsEmpty()) << "the lake has it";
}

TEST_F(HandedOver, OpenOnesComeAgainWhenTheyEndByTheSilenceOfWhoSaidSomething) {
  make();
  add(Script().src_port(1).handshake().says("a"));
  add(Script().src_port(2).handshake());
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), ElementsAre(1, 2));
  add(Script().at(300).src_port(3).syn());
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), ElementsAre(3));
  add(Script().at(301).src_port(4).syn().syn());
  EXPECT_THAT(ports(), ElementsAre(1));
  EXPECT_TRUE(told_.back().ended);
  EXPECT_EQ(told_.back().client, "a");
}

TEST_F(HandedOver, SilentByTheLastPacketOfAllIsToldAsEndedOnceAndMayGoOn) {
  make();
  Script script;
  add(script.src_port(1).handshake().says("a"));
  conversations_->hand_over_open();
  add(Script().at(301).src_port(2).syn());
  EXPECT_THAT(ports(), ElementsAre(1));
  EXPECT_FALSE(told_.back().ended);
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), ElementsAre(2, 1));
  EXPECT_TRUE(told_.back().ended);
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), IsEmpty());
  script.steps.clear();
  add(script.at(1).says("b"));
  conversations_->finish();
  EXPECT_THAT(ports(), ElementsAre(1)) << "the time was wrong";
  EXPECT_EQ(told_.back().client, "ab");
  EXPECT_FALSE(told_.back().ended);
}

TEST_F(HandedOver, KnownPacketsAloneAreIfAnUnknownOneShowsTheEnd) {
  make();
  add(Script().src_port(1).handshake().says("a"), true);
  add(Script().at(400).src_port(2).handshake().says("b").syn(), true);
  EXPECT_THAT(ports(), IsEmpty()) << "the lake knows the end too";
  add(Script().at(800).src_port(3).syn().syn());
  EXPECT_THAT(ports(), ElementsAre(2));
  EXPECT_TRUE(told_.back().ended);
}

TEST_F(HandedOver, KnownPacketsAloneAreNot) {
  make();
  add(Script().src_port(1).handshake().says("a").rst(), true);
  add(Script().src_port(2).handshake().says("a"), true);
  Script script;
  add(script.src_port(3).handshake().says("a"), true);
  conversations_->hand_over_open();
  EXPECT_THAT(ports(), IsEmpty());
  script.steps.clear();
  add(script.at(1).says("b"));
  add(Script().at(400).src_port(4).syn().syn(), true);
  EXPECT_THAT(ports(), ElementsAre(3));
  EXPECT_EQ(told_.back().client, "ab") << "whole";
  EXPECT_EQ(told_.back().packets, 5u);
  conversations_->finish();
  EXPECT_THAT(ports(), IsEmpty());
}

TEST_F(HandedOver, AKnownSynIsRememberedForThoseThatFollow) {
  make();
  add(Script().syn(fact::kSeqIsDst, 9), true);
  add(Script().at(1).src_port(2).syn());
  conversations_->finish();
  EXPECT_THAT(ports(), ElementsAre(2));
  EXPECT_EQ(told_.back().facts, fact::kSeqIsDst);
}

TEST_F(HandedOver, OfTooManyThoseSilentLongest) {
  make({.most_open = 3});
  Script second;
  second.src_port(2).syn();
  add(Script().src_port(1).syn());
  add(second);
  add(Script().src_port(3).syn());
  EXPECT_THAT(ports(), IsEmpty());
  add(Script().src_port(1).at(1).syn());  // again
  add(Script().src_port(4).syn());
  EXPECT_THAT(ports(), ElementsAre(2));
  EXPECT_FALSE(told_.back().ended);
  add(Script().src_port(5).syn());
  add(Script().src_port(6).syn());
  EXPECT_THAT(ports(), ElementsAre(3, 1));
}

TEST_F(HandedOver, OfTooManyFirstWhatIsOverThenWhatAnybodyCouldForge) {
  make({.most_open = 3});
  add(Script().src_port(1).handshake().says("a"));
  add(Script().src_port(2).syn());
  add(Script().src_port(3).handshake().rst());
  add(Script().src_port(4).syn());
  EXPECT_THAT(ports(), ElementsAre(3));
  for (std::uint16_t port = 5; port < 100; ++port) add(Script().src_port(port).syn());
  EXPECT_EQ(ports().front(), 2);
  EXPECT_EQ(told_.size(), 96u);
  ports();
  conversations_->finish();
  EXPECT_THAT(ports(), ElementsAre(98, 99, 1)) << "a flood of SYNs pushed nobody out who had spoken";
}

TEST_F(HandedOver, ThoseWhoKeepItBusyLeaveRoomForOthersToBegin) {
  make({.most_open = 3});
  for (std::uint16_t port = 1; port <= 3; ++port) add(Script().src_port(port).handshake());
  EXPECT_THAT(ports(), IsEmpty());
  add(Script().src_port(4).handshake().says("a"));
  EXPECT_THAT(ports(), ElementsAre(1));
  conversations_->finish();
  EXPECT_THAT(ports(), ElementsAre(2, 3, 4));
}

TEST_F(HandedOver, AQuarterOfTheRoomIsForThoseWithoutAHandshake) {
  make({.most_open = 12});
  for (std::uint16_t port = 1; port <= 10; ++port) add(Script().src_port(port).handshake());
  for (std::uint16_t port = 11; port <= 13; ++port) add(Script().src_port(port).syn());
  EXPECT_THAT(ports(), ElementsAre(1));
  for (std::uint16_t port = 14; port <= 16; ++port) add(Script().src_port(port).syn());
  EXPECT_THAT(ports(), ElementsAre(11, 12, 13));
}

TEST_F(HandedOver, ForgedBytesPushNobodyOutWhoSpoke) {
  make({.most_bytes = 100'000});
  add(Script().src_port(1).handshake().says(std::string(5'000, 'a')));
  for (std::uint16_t port = 2; port < 100; ++port) add(Script().src_port(port).says(std::string(10'000, 'a')));
  conversations_->finish();
  EXPECT_EQ(ports().back(), 1);
}

TEST_F(HandedOver, AtLeastOneStaysOpen) {
  make({.most_open = 0});
  Script script;
  add(script.src_port(1).handshake().says("a"));
  EXPECT_THAT(ports(), IsEmpty());
}

TEST_F(HandedOver, OfTooManyBytesThoseSilentLongest) {
  make({.most_bytes = 100'000});
  for (std::uint16_t port = 1; port <= 50; ++port) {
    add(Script().src_port(port).handshake().says(std::string(10'000, 'a')));
    ASSERT_LT(conversations_->memory_bytes(), 250'000u);
  }
  ASSERT_GE(told_.size(), 41u);
  EXPECT_EQ(told_[0].src_port, 1);
  EXPECT_EQ(told_[1].src_port, 2);
  EXPECT_EQ(told_[0].client.size(), 10'000u);
  conversations_->finish();
  EXPECT_EQ(told_.size(), 50u);
}

TEST_F(HandedOver, OneThatIsTooLargeAloneGoes) {
  make({.most_bytes = 1'000});
  add(Script().src_port(1).handshake().says(std::string(2'000, 'a')));
  EXPECT_THAT(ports(), ElementsAre(1));
}

TEST_F(HandedOver, BytesBehindGapsAreCountedToo) {
  make({.most_bytes = 1'000'000});
  const std::string text(1'000, 'a');
  std::uint64_t most = 0;
  for (std::uint16_t port = 1; port <= 1'000; ++port) {
    Script script;
    script.src_port(port).handshake();
    for (int piece = 0; piece < 20; ++piece) script.piece(1 + piece * 2'000, text);
    add(script);
    most = std::max(most, conversations_->memory_bytes());
  }
  EXPECT_GT(most, 900'000u);
  EXPECT_LT(most, 1'500'000u);
  conversations_->finish();
  ASSERT_EQ(told_.size(), 1'000u);
  for (const Conversation& told : told_) ASSERT_EQ(told.bytes, 20'000u);
}

TEST(ConversationsLimits, AFloodOfAMillionSourcesIsBoundedAndAllHandedOver) {
  constexpr std::uint64_t kSources = 1'000'000, kBound = 110'000'000;
  std::uint64_t handed_over = 0, sum = 0, most = 0;
  Conversations conversations({}, [&](Conversation&& each) {
    ++handed_over;
    sum += each.src;
  });
  test::Step step = Script().syn(fact::kNoOptions).steps.at(0);
  for (std::uint64_t source = 0; source < kSources; ++source) {
    step.packet.src = source;
    step.packet.time_ns += 1'000;
    play(conversations, step);
    if (source % 1'024 == 0) most = std::max(most, conversations.memory_bytes());
  }
  EXPECT_LT(most, kBound);
  EXPECT_EQ(handed_over, kSources - Conversations::Config{}.most_open);
  conversations.finish();
  EXPECT_EQ(handed_over, kSources);
  EXPECT_EQ(sum, kSources * (kSources - 1) / 2) << "each once";
  EXPECT_LT(conversations.memory_bytes(), kBound / 2);
}

}  // namespace
}  // namespace nightjar
