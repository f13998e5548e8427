// Which other SYN a conversation notes.
#include "payload/recent_syns.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "packet_script.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

using test::played;
using test::Script;

constexpr std::uint32_t kMirai = fact::kSeqIsDst | fact::kNoOptions, kOrdinary = fact::kDontFragment;

/// Facts and window that the last conversation of a script notes, by its client's port 50,000.
Conversation noted(const Script& script) {
  for (const Conversation& told : played(script))
    if (told.src_port == 50'000) return told;
  ADD_FAILURE() << "there is none";
  return {};
}

TEST(RecentSyns, MiraiComesBackFromAnotherPort) {
  const Conversation told = noted(Script().syn(kMirai, 31'337).syn_ack().rst().at(2).src_port(50'000).syn(kOrdinary).syn_ack().ack());
  EXPECT_EQ(told.facts, kMirai);
  EXPECT_EQ(told.window, 31'337);
}

TEST(RecentSyns, ItsOwnSynIsNoOther) {
  EXPECT_EQ(noted(Script().src_port(50'000).syn(kMirai)).facts, 0u);
  EXPECT_EQ(noted(Script().src_port(50'000).syn(kMirai).at(1).syn(kMirai)).facts, 0u);
  // Begun again by the same number, after an end.
  const auto two = played(Script().src_port(50'000).syn(kMirai).syn_ack().rst().at(20).syn(kMirai), {.linger_seconds = 10});
  ASSERT_EQ(two.size(), 2u);
  EXPECT_EQ(two[1].facts, 0u);
}

TEST(RecentSyns, HalfAMinuteIsTheLongest) {
  EXPECT_EQ(noted(Script().syn(kMirai).at(30).src_port(50'000).syn(kOrdinary)).facts, kMirai);
  EXPECT_EQ(noted(Script().syn(kMirai).at(31).src_port(50'000).syn(kOrdinary)).facts, 0u);
}

TEST(RecentSyns, OneThatComesLaterDoesNotCount) {
  EXPECT_EQ(noted(Script().src_port(50'000).syn(kOrdinary).at(1).src_port(40'000).syn(kMirai)).facts, 0u);
  const Conversation told =
      noted(Script().syn(kOrdinary).at(1).src_port(50'000).syn(kOrdinary).at(2).src_port(40'000).numbers(7, 8).syn(kMirai));
  EXPECT_EQ(told.facts, kOrdinary);
  EXPECT_EQ(noted(Script().at(5).syn(kMirai).at(0).src_port(50'000).syn(kOrdinary)).facts, 0u) << "by its time";
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min(), kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(noted(Script().at_ns(kMost).syn(kMirai).at_ns(kLeast).src_port(50'000).syn(kOrdinary)).facts, 0u);
}

TEST(RecentSyns, OfAnotherClientAddressOrPortDoNotCount) {
  const Script mine = Script().at(1).src_port(50'000).syn(kOrdinary);
  const auto with = [&](Script other) {
    other.steps.push_back(mine.steps[0]);
    return noted(other).facts;
  };
  EXPECT_EQ(with(Script().syn(kMirai)), kMirai);
  EXPECT_EQ(with(Script().from("198.51.100.8", 40'000).syn(kMirai)), 0u);
  EXPECT_EQ(with(Script().to("192.0.2.2", 23).syn(kMirai)), 0u);
  EXPECT_EQ(with(Script().to("192.0.2.1", 2'323).syn(kMirai)), 0u);
}

TEST(RecentSyns, AToolsSynIsRatherNotedThanALaterOrdinaryOne) {
  const Conversation told = noted(Script().syn(kMirai, 9).at(2).src_port(40'001).syn(kOrdinary, 8).at(4).src_port(50'000).syn(kOrdinary));
  EXPECT_EQ(told.facts, kMirai);
  EXPECT_EQ(told.window, 9);
  EXPECT_EQ(noted(Script().syn(kOrdinary, 7).at(2).src_port(40'001).syn(kOrdinary, 8).at(4).src_port(50'000).syn(kOrdinary)).window, 8)
      << "of equal ones the last";
  EXPECT_EQ(noted(Script().syn(kMirai).at(20).src_port(40'001).syn(kOrdinary).at(31).src_port(50'000).syn(kOrdinary)).facts, kOrdinary)
      << "the tool's is too old";
}

TEST(RecentSyns, OneWithoutFactsIsNotNoted) {
  EXPECT_EQ(noted(Script().syn(kOrdinary).src_port(40'001).syn(0).src_port(50'000).syn(kOrdinary)).facts, kOrdinary);
}

TEST(RecentSyns, WithoutItsSynAConversationNotesOneToo) {
  EXPECT_EQ(noted(Script().syn(kMirai).at(2).src_port(50'000).says("x")).facts, kMirai);
}

TEST(RecentSyns, AreForgottenWhenTheyAreTooMany) {
  RecentSyns syns(10);
  const ConversationKey first{.src = 1'000};
  const RecentSyns::Syn own{.time_ns = 5, .sequence = 9, .src_port = 9};
  syns.add(first, {.time_ns = 1, .facts = kMirai});
  for (std::uint64_t source = 0; source < 9; ++source) syns.add({.src = source}, {.time_ns = 1, .facts = kMirai});
  EXPECT_TRUE(syns.before(first, own)) << "ten are remembered at least";
  for (std::uint64_t source = 20; source < 30; ++source) syns.add({.src = source}, {.time_ns = 1, .facts = kMirai});
  EXPECT_FALSE(syns.before(first, own)) << "and twenty at most";
  const std::uint64_t before = syns.memory_bytes();
  for (std::uint64_t source = 0; source < 100'000; ++source) syns.add({.src = source}, {.time_ns = 1, .facts = kMirai});
  EXPECT_LE(syns.memory_bytes(), 2 * before);
}

TEST(RecentSyns, OneThatComesAgainIsNotForgotten) {
  RecentSyns syns(10);
  const ConversationKey often{.src = 1'000};
  for (std::uint64_t source = 0; source < 1'000; ++source) {
    syns.add({.src = source}, {.time_ns = 1, .facts = kMirai});
    if (source == 0) syns.add(often, {.time_ns = 1, .facts = kMirai, .window = 7});
    if (source % 5 == 0) syns.add(often, {.time_ns = 1, .facts = kOrdinary});
    ASSERT_TRUE(syns.before(often, {.time_ns = 5, .sequence = 9}));
    ASSERT_EQ(syns.before(often, {.time_ns = 5, .sequence = 9})->window, 7) << "nor what was known of it before";
  }
}

}  // namespace
}  // namespace nightjar
