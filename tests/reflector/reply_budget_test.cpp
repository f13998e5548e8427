// Safety rules 1 to 5, 12 and 17, level by level. Addresses look public, as others are never answered (rule 19).
#include "reflector/reply_budget.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

constexpr std::uint32_t kRequest = 8, kReply = 440;

class ReplyBudgetTest : public testing::Test {
 protected:
  explicit ReplyBudgetTest(const BudgetSettings& settings = {}) : budget_(settings, kNow) {}

  /// One request and, where it may be answered, one packet; what was said.
  Silence ask_once(const Address& source, std::int64_t at, std::uint32_t reply = kReply, std::uint32_t request = kRequest) {
    const Silence silence = budget_.request(source, request, kNow + at);
    return silence == Silence::none ? budget_.spend(reply) : silence;
  }
  Silence ask_once(std::string_view source, std::int64_t at) { return ask_once(address(source), at); }

  unsigned replies(std::string_view source, unsigned requests, std::int64_t begin, std::int64_t apart) {
    unsigned count = 0;
    for (unsigned i = 0; i < requests; ++i) count += ask_once(source, begin + i * apart) == Silence::none ? 1 : 0;
    return count;
  }

  ReplyBudget budget_;
};

TEST_F(ReplyBudgetTest, GivesAnAddressThreeRepliesAndThenNothing) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask_once("104.16.1.1", static_cast<std::int64_t>(i) * kSecond), Silence::none);
  EXPECT_EQ(ask_once("104.16.1.1", 4 * kSecond), Silence::host_budget);
  EXPECT_EQ(ask_once("104.16.2.1", 4 * kSecond), Silence::none) << "another has its own";
}

TEST_F(ReplyBudgetTest, IsTheSameForAWholeSlash64) {
  unsigned count = 0;
  for (std::uint64_t i = 0; i < 200; ++i)
    count += ask_once(Address{6, 0x2a00145040010800, i + 1}, static_cast<std::int64_t>(i) * kSecond) == Silence::none ? 1 : 0;
  EXPECT_EQ(count, 3u);
}

TEST_F(ReplyBudgetTest, GivesANetworkTenReplies) {
  unsigned ipv4 = 0, ipv6 = 0;
  for (std::uint64_t i = 1; i < 255; ++i) {
    ipv4 += ask_once(Address{4, 0x68100100 + i, 0}, static_cast<std::int64_t>(i) * kSecond) == Silence::none ? 1 : 0;
    ipv6 += ask_once(Address{6, 0x2a00145040010000 + i, 1}, static_cast<std::int64_t>(i) * kSecond) == Silence::none ? 1 : 0;
  }
  EXPECT_EQ(ipv4, 10u);
  EXPECT_EQ(ipv6, 10u);
}

TEST_F(ReplyBudgetTest, KeepsThreeInEveryHourWhereverItBegins) {
  // Twice an hour: never an attack, and never four answers in sixty minutes.
  std::deque<std::int64_t> sent;
  unsigned total = 0;
  for (std::int64_t at = 0; at < 5 * 24 * kHour; at += 61 * kMinute + 700 * kSecond) {
    // A gap of more than an hour before each visit of five packets, a minute apart.
    for (int i = 0; i < 5; ++i) {
      const std::int64_t now = at + i * kMinute;
      while (!sent.empty() && sent.front() <= now - kHour) sent.pop_front();
      if (ask_once("104.16.1.1", now) != Silence::none) continue;
      sent.push_back(now);
      ++total;
      ASSERT_LE(sent.size(), 3u) << "at minute " << now / kMinute;
    }
  }
  EXPECT_GE(total, 90u) << "who comes back after an hour is answered again";
}

TEST_F(ReplyBudgetTest, DoesNotDoubleAtTheBorderOfAnHour) {
  EXPECT_EQ(replies("104.16.1.1", 3, 59 * kMinute, kSecond), 3u);
  EXPECT_EQ(replies("104.16.1.1", 2, 61 * kMinute, kSecond), 0u);
}

TEST_F(ReplyBudgetTest, LetsNoMoreThanAHundredRepliesOutInAnySecond) {
  std::mt19937_64 random(3);
  std::deque<std::int64_t> sent;
  for (std::int64_t at = 0; at < 5 * kSecond; at += kSecond / 1'000) {
    while (!sent.empty() && sent.front() <= at - kSecond) sent.pop_front();
    const Address source{4, 0x10000000 + (random() & 0x2fffffff), 0};
    if (ask_once(source, at, 20) == Silence::none) sent.push_back(at);
    ASSERT_LE(sent.size(), 100u);
  }
  EXPECT_GE(sent.size(), 80u);
}

TEST_F(ReplyBudgetTest, LetsNoMoreThan64KilobitOutInAnySecond) {
  std::mt19937_64 random(4);
  std::deque<std::int64_t> sent;
  for (std::int64_t at = 0; at < 5 * kSecond; at += kSecond / 1'000) {
    while (!sent.empty() && sent.front() <= at - kSecond) sent.pop_front();
    const Address source{4, 0x10000000 + (random() & 0x2fffffff), 0};
    if (ask_once(source, at, 1'232) == Silence::none) sent.push_back(at);
    // 64,000 bit/s are 8,000 bytes; a reply is 1,232 + 28.
    ASSERT_LE(sent.size() * 1'260, 8'000u);
  }
  EXPECT_GE(sent.size(), 5u);
}

// Rule 3: once an attack, silent until an hour after the last packet.
TEST_F(ReplyBudgetTest, IsSilentTowardsAnAttackUntilAnHourAfterItsLastPacket) {
  EXPECT_EQ(replies("104.16.1.1", 6, 0, kSecond), 3u);
  EXPECT_EQ(ask_once("104.16.1.1", 6 * kSecond), Silence::attack);
  // A packet each 50 minutes for a day keeps it silent, though each of them comes with a free hour's budget.
  std::int64_t at = 0;
  for (int i = 1; i < 29; ++i) EXPECT_EQ(ask_once("104.16.1.1", at = i * 50 * kMinute), Silence::attack) << i;
  EXPECT_EQ(ask_once("104.16.1.1", at + kHour), Silence::attack) << "an hour is not more than an hour";
  EXPECT_EQ(ask_once("104.16.1.1", at + kHour + kHour + 1 * kSecond), Silence::none);
}

TEST_F(ReplyBudgetTest, DoesNotBeginAnewAfterAPauseOfFiveMinutes) {
  EXPECT_EQ(replies("104.16.1.1", 100, 0, kSecond / 10), 3u);
  EXPECT_EQ(replies("104.16.1.1", 100, 5 * kMinute, kSecond / 10), 0u);
  EXPECT_EQ(replies("104.16.1.1", 100, 35 * kMinute, kSecond / 10), 0u);
}

TEST_F(ReplyBudgetTest, TakesACarpetForAnAttackOnTheNetwork) {
  // 50 packets each to no more than 20 addresses of a /24: AmpPot's definition finds no attack on any of them.
  for (std::uint64_t i = 0; i < 1'000; ++i) ask_once(Address{4, 0x68100100 + i % 20, 0}, static_cast<std::int64_t>(i) * kSecond);
  EXPECT_EQ(ask_once("104.16.1.200", 1'001 * kSecond), Silence::prefix_attack);
  EXPECT_EQ(ask_once("104.16.1.201", 1'001 * kSecond + 59 * kMinute), Silence::prefix_attack);
}

// Rule 5.
TEST_F(ReplyBudgetTest, LetsNothingOutAbove1232Bytes) {
  EXPECT_EQ(ask_once(address("104.16.1.1"), 0, 1'233), Silence::too_large);
  EXPECT_EQ(ask_once(address("104.16.1.1"), 0, 1'232), Silence::none);
}

TEST_F(ReplyBudgetTest, CountsEveryPacketOfAReply) {
  ASSERT_EQ(budget_.request(address("104.16.1.1"), kRequest, kNow), Silence::none);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(budget_.spend(kReply), Silence::none);
  EXPECT_EQ(budget_.spend(kReply), Silence::host_budget);
  EXPECT_EQ(ask_once("104.16.1.1", kSecond), Silence::host_budget);
}

class GenerousBudgetTest : public ReplyBudgetTest {
 protected:
  static BudgetSettings settings() {
    BudgetSettings settings;
    settings.replies_per_host = 10;
    settings.attack_packets = 100;
    return settings;
  }
  GenerousBudgetTest() : ReplyBudgetTest(settings()) {}
};

TEST_F(GenerousBudgetTest, SendsNoMoreBytesThanCameAfterTheFreeReplies) {
  const Address victim = address("104.16.1.1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask_once(victim, i * kSecond, 440, 8), Silence::none);
  EXPECT_EQ(ask_once(victim, 4 * kSecond, 1, 8), Silence::byte_budget);
  // 3 x (440 + 28) bytes left. Requests of 1,400 bytes bring 2,800 by the second.
  EXPECT_EQ(ask_once(victim, 5 * kSecond, 440, 1'400), Silence::byte_budget);
  EXPECT_EQ(ask_once(victim, 6 * kSecond, 440, 1'400), Silence::none) << "1,872 of 2,832";
  EXPECT_EQ(ask_once(victim, 7 * kSecond, 933, 0), Silence::byte_budget) << "1,872 + 933 + 28 of 2,832";
  EXPECT_EQ(ask_once(victim, 8 * kSecond, 932, 0), Silence::none);
}

// Whatever comes: after the free replies the bytes that left in an hour are never above those that came in it.
TEST_F(GenerousBudgetTest, KeepsTheRatioOfAnyHourAtMostOne) {
  std::mt19937_64 random(5);
  const Address victim = address("104.16.1.1");
  struct Event {
    std::int64_t at;
    std::uint32_t in, out;
  };
  std::deque<Event> hour;
  std::int64_t at = 0;
  unsigned beyond_free = 0;
  for (int i = 0; i < 2'000; ++i) {
    at += static_cast<std::int64_t>(random() % (70 * kMinute));
    const auto in = static_cast<std::uint32_t>(random() % 1'400), out = static_cast<std::uint32_t>(random() % 300 + 1);
    while (!hour.empty() && hour.front().at <= at - kHour) hour.pop_front();
    const bool sent = ask_once(victim, at, out, in) == Silence::none;
    hour.push_back({at, in, sent ? out : 0});
    std::uint64_t came = 0, left = 0, packets = 0;
    for (const Event& event : hour) {
      came += event.in;
      left += event.out;
      packets += event.out != 0 ? 1 : 0;
    }
    ASSERT_LE(packets, 10u);
    if (!sent || packets <= 3) continue;
    ++beyond_free;
    ASSERT_LE(left, came) << i;
  }
  EXPECT_GT(beyond_free, 0u) << "the test must come to what it is about";
}

// Rule 4: without a hub a sensor of several gives one reply.
class MemberBudgetTest : public ReplyBudgetTest {
 protected:
  static BudgetSettings settings() {
    BudgetSettings settings;
    settings.sensors = 5;
    return settings;
  }
  MemberBudgetTest() : ReplyBudgetTest(settings()) {}
};

TEST_F(MemberBudgetTest, GivesOneReplyToAnAddressAndItsPartToANetwork) {
  EXPECT_EQ(replies("104.16.1.1", 5, 0, kSecond), 1u);
  EXPECT_EQ(replies("104.16.1.2", 5, 10 * kSecond, kSecond), 1u);
  EXPECT_EQ(replies("104.16.1.3", 5, 20 * kSecond, kSecond), 0u) << "a fifth of ten";
}

TEST_F(MemberBudgetTest, GivesMoreByTheHubsGrantForAnHour) {
  EXPECT_EQ(replies("104.16.1.1", 2, 0, kSecond), 1u);
  budget_.grant(address("104.16.1.1"), 1);
  EXPECT_EQ(replies("104.16.1.1", 2, 2 * kSecond, kSecond), 1u);
  budget_.grant(address("104.16.9.9"), 200);
  EXPECT_EQ(replies("104.16.9.9", 5, 5 * kSecond, kSecond), 3u) << "never more than all sensors together may give";
  budget_.grant(address("104.16.7.7"), 2);
  EXPECT_EQ(replies("104.16.7.7", 5, 62 * kMinute, kSecond), 1u) << "a grant is for an hour";
}

TEST_F(MemberBudgetTest, HasItsPartOfTheDeploymentsRate) {
  // 256,000 / 5 bit/s are 6,400 bytes a second: five replies of 1,260.
  unsigned sent = 0;
  Silence last = Silence::none;
  for (std::uint64_t i = 0; i < 50; ++i) {
    last = ask_once(Address{4, 0x68000001 + (i << 8), 0}, kSecond, 1'232);
    sent += last == Silence::none ? 1 : 0;
  }
  EXPECT_EQ(sent, 5u);
  EXPECT_EQ(last, Silence::deployment_budget);
}

TEST_F(MemberBudgetTest, TellsTheHubOfRepliesAndAttacks) {
  ask_once("104.16.1.1", 0);
  for (int i = 1; i < 8; ++i) ask_once("104.16.1.1", static_cast<std::int64_t>(i) * kSecond);
  const auto news = budget_.take_news();
  ASSERT_EQ(news.size(), 2u);
  EXPECT_EQ(news[0].what, BudgetNews::What::replies);
  EXPECT_EQ(format(news[0].key), "104.16.1.1/32");
  EXPECT_EQ(news[0].packets, 1u);
  EXPECT_EQ(news[1].what, BudgetNews::What::attack);
  EXPECT_EQ(format(news[1].key), "104.16.1.1/32");
  EXPECT_EQ(news[1].packets, 6u);
  EXPECT_TRUE(budget_.take_news().empty());
}

TEST_F(MemberBudgetTest, TellsTheHubAgainOfAnAttackThatGoesOn) {
  for (int i = 0; i < 3'600; ++i) ask_once("104.16.1.1", i * kSecond);
  unsigned told = 0;
  for (const BudgetNews& news : budget_.take_news()) told += news.what == BudgetNews::What::attack && news.key.length == 32 ? 1 : 0;
  EXPECT_EQ(told, 6u) << "every ten minutes of an hour";
}

// Rule 3 over all sensors: while one sees the attack, the other is silent, and an hour longer.
TEST(ReplyBudgetMembers, AreAllSilentUntilAnHourAfterTheLastPacketAnywhere) {
  BudgetSettings settings;
  settings.sensors = 2;
  ReplyBudget here(settings, kNow), there(settings, kNow);
  std::int64_t at = 0;
  for (; at < 5 * kHour; at += 20 * kSecond) {
    here.request(address("104.16.1.1"), 8, kNow + at);
    there.request(address("8.8.8.8"), 8, kNow + at);  // so that its time passes too
    for (const BudgetNews& news : here.take_news()) {
      if (news.what != BudgetNews::What::attack) continue;
      ASSERT_TRUE(there.add_attack(news.key));
    }
  }
  EXPECT_EQ(there.request(address("104.16.1.1"), 8, kNow + at + 59 * kMinute), Silence::attack);
}

TEST_F(MemberBudgetTest, CountsNewsThatNobodyFetches) {
  for (std::uint64_t i = 0; i < 100'000; ++i)
    ask_once(Address{4, 0x10000000 + (i << 8), 0}, static_cast<std::int64_t>(i) * kSecond / 20, 20);
  EXPECT_GT(budget_.news_lost(), 0u);
  EXPECT_EQ(budget_.take_news().size(), 4'096u);
}

TEST_F(ReplyBudgetTest, IsSilentTowardsAttacksThatTheHubTellsOf) {
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("104.16.1.1/32")));
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("104.17.1.0/24")));
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("2a00:1450:4001:800::/64")));
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("2a00:1450:4002::/48")));
  EXPECT_EQ(ask_once("104.16.1.1", kSecond), Silence::attack);
  EXPECT_EQ(ask_once("104.17.1.77", kSecond), Silence::prefix_attack);
  EXPECT_EQ(ask_once("2a00:1450:4001:800::5", kSecond), Silence::attack);
  EXPECT_EQ(ask_once("2a00:1450:4002:7::5", kSecond), Silence::prefix_attack);
  EXPECT_EQ(ask_once("104.16.1.2", kSecond), Silence::none);
  budget_.remove_attack(*parse_prefix("104.16.1.1/32"));
  EXPECT_EQ(ask_once("104.16.1.1", 2 * kSecond), Silence::none);
}

TEST_F(ReplyBudgetTest, ForgetsASharedAttackAnHourAfterItsLastPacketElsewhere) {
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("104.16.1.1/32")));
  EXPECT_EQ(ask_once("104.16.2.2", 50 * kMinute), Silence::none);
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("104.16.1.1/32")));
  EXPECT_EQ(ask_once("104.16.1.1", 119 * kMinute), Silence::attack) << "the last packet elsewhere may have come at minute 60";
  EXPECT_EQ(ask_once("104.16.1.1", 181 * kMinute), Silence::none);
}

TEST_F(ReplyBudgetTest, KeepsWhatItSawItselfWhenTheHubTakesItsWordBack) {
  replies("104.16.1.1", 10, 0, kSecond);
  ASSERT_TRUE(budget_.add_attack(*parse_prefix("104.16.1.1/32")));
  budget_.remove_attack(*parse_prefix("104.16.1.1/32"));
  EXPECT_EQ(ask_once("104.16.1.1", kMinute), Silence::attack);
}

TEST_F(ReplyBudgetTest, TakesNoOtherPrefixesFromTheHub) {
  for (const std::string_view text : {"104.16.0.0/16", "0.0.0.0/0", "2a00::/32", "2a00:1450:4001:800::1/128"}) {
    const auto done = budget_.add_attack(*parse_prefix(text));
    ASSERT_FALSE(done) << text;
    EXPECT_NE(done.error().sentence.find(text), std::string::npos) << done.error().sentence;
  }
}

// Rule 12.
TEST(ReplyBudgetMemory, IsTakenOnceAndFailsClosed) {
  BudgetSettings settings;
  settings.hosts = settings.prefixes = 1'024;
  settings.sketch_cells = 1'024;
  settings.sensor_replies_per_second = 100;
  ReplyBudget budget(settings, kNow);
  const std::size_t memory = budget.memory_bytes();
  EXPECT_LT(memory, 1u << 20);
  std::uint64_t sent = 0;
  Silence last = Silence::none;
  // A new network every 10 ms: 2,000 seconds of 100 a second.
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    last = budget.request({4, 0x10000000 + (i << 8), 0}, 8, kNow + static_cast<std::int64_t>(i) * kSecond / 100);
    if (last == Silence::none) last = budget.spend(20);
    sent += last == Silence::none ? 1 : 0;
  }
  EXPECT_EQ(budget.memory_bytes(), memory);
  EXPECT_LE(sent, 1'024u) << "who is answered must be remembered";
  EXPECT_GE(sent, 100u);
  EXPECT_NE(last, Silence::none);
}

TEST_F(ReplyBudgetTest, AnswersStrangersNothingForAnHourAfterItLostSomebodysHistory) {
  BudgetSettings settings;
  settings.hosts = settings.prefixes = 1'024;
  ReplyBudget budget(settings, kNow);
  // More attacks at once than there are places.
  for (int round = 0; round < 7; ++round) {
    for (std::uint64_t i = 0; i < 4'000; ++i) budget.request({4, 0x10000000 + (i << 8), 0}, 8, kNow + round * kSecond);
  }
  EXPECT_EQ(budget.request(address("104.16.1.1"), 8, kNow + 10 * kSecond), Silence::table_full);
  EXPECT_EQ(budget.request(address("104.16.1.2"), 8, kNow + 59 * kMinute), Silence::table_full);
  EXPECT_EQ(budget.request(address("104.16.1.3"), 8, kNow + 62 * kMinute), Silence::none);
}

// Rule 17: a clock that goes back refills nothing.
TEST_F(ReplyBudgetTest, StandsStillForAClockThatGoesBack) {
  EXPECT_EQ(replies("104.16.1.1", 3, 2 * kHour, kSecond), 3u);
  EXPECT_EQ(ask_once("104.16.1.1", 0), Silence::host_budget);
  EXPECT_EQ(ask_once("104.16.1.1", -100 * kHour), Silence::host_budget);
  EXPECT_EQ(ask_once("104.16.1.1", 2 * kHour + 30 * kMinute), Silence::attack);
}

TEST_F(ReplyBudgetTest, GivesEachStreamOfRequestsANumberOfItsOwn) {
  ask_once("104.16.1.1", 0);
  const std::uint64_t first = budget_.streak();
  EXPECT_NE(first, 0u);
  ask_once("104.16.2.2", kSecond);
  EXPECT_NE(budget_.streak(), first);
  ask_once("104.16.1.1", 30 * kMinute);
  EXPECT_EQ(budget_.streak(), first);
  ask_once("104.16.1.1", 91 * kMinute);
  EXPECT_NE(budget_.streak(), first) << "after a gap of more than an hour";
}

TEST_F(ReplyBudgetTest, SendsNothingWhileItIsToldToListen) {
  budget_.listen_only(60);
  EXPECT_TRUE(budget_.is_listen_only());
  EXPECT_EQ(ask_once("104.16.1.1", 59 * kSecond), Silence::listen_only);
  EXPECT_EQ(ask_once("104.16.2.1", 61 * kSecond), Silence::none);
}

}  // namespace
}  // namespace nightjar::reflector
