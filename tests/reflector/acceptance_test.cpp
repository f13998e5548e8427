// What attackers do to get more out of a reflector, against the whole of it. The numbers are the rules' own.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "reflector/reflector_fixture.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

ByteVector any_query(const std::string& label) {
  ByteVector bytes = hex("1234 0100 0001 0000 0000 0001");
  bytes.push_back(static_cast<std::uint8_t>(label.size()));
  return bytes + text_bytes(label) + hex("07") + text_bytes("example") + hex("03") + text_bytes("com") +
         hex("00 00ff 0001 00 0029 1000 0000 8000 0000");
}

class AcceptanceTest : public ReflectorTest {
 protected:
  void count(const Decision& decision) {
    for (std::size_t i = 0; decision.silence == Silence::none && i < replies_.size(); ++i) {
      ++packets_;
      bytes_ += replies_[i].size();
      ASSERT_LE(replies_[i].size(), 1'232u);
    }
  }
  std::uint64_t packets_ = 0, bytes_ = 0;
};

// Vector 1: one request of another mode first is what opens a limiter that counts by mode.
TEST_F(AcceptanceTest, MonlistAfterOneTimeRequestDrawsThreePackets) {
  count(send("104.16.1.1", 123, hex("e30004fa 00010000") + ByteVector(40, 0)));
  for (int i = 0; i < 200; ++i, at_ += kSecond / 10) count(send("104.16.1.1", 123, kMonlist));
  EXPECT_EQ(packets_, 3u);
}

// Vector 2.
TEST_F(AcceptanceTest, RandomNamesDrawThreePackets) {
  std::set<std::string> names;
  for (int i = 0; i < 10'000; ++i, at_ += kSecond / 100) {
    const Decision decision = send("104.16.1.1", 53, any_query("x" + std::to_string(i * 7'919 % 1'000'003)));
    names.insert(std::string(decision.request.query.view()));
    count(decision);
  }
  EXPECT_EQ(packets_, 3u);
  EXPECT_EQ(names.size(), 10'000u) << "what was asked is told for the record";
  const auto entries = reflector().ledger().take();
  ASSERT_EQ(entries.size(), 1u) << "one attack";
  EXPECT_EQ(entries[0].packets, 3u);
}

// Vector 3, as far as it is about silence.
TEST_F(AcceptanceTest, ACarpetOfANetworkDrawsTenPackets) {
  for (int round = 0; round < 50; ++round) {
    for (std::uint32_t i = 0; i < 256; ++i, at_ += kSecond / 1'000) {
      count(send(Address{4, 0x68100100 + i, 0}, 53, any_query("a")));
      count(send(Address{4, 0x68100100 + i, 0}, 123, kMonlist));
    }
  }
  EXPECT_LE(packets_, 10u);
  EXPECT_GE(packets_, 1u);
}

// Vector 9: a million sources, one packet each, in a minute.
TEST_F(AcceptanceTest, AMillionForgedSourcesDrawNoMoreThanTheSensorsBudget) {
  std::mt19937_64 random(9);
  const std::size_t memory = reflector().budget().memory_bytes();
  for (int i = 0; i < 1'000'000; ++i, at_ += kMinute / 1'000'000) count(send(Address{4, random() & 0xffffffff, 0}, 123, kMonlist));
  EXPECT_LE(packets_, 60u * 100);
  EXPECT_LE(bytes_ * 8, 60u * 64'000);
  EXPECT_EQ(reflector().budget().memory_bytes(), memory);
  EXPECT_LT(memory, 32u << 20);
  EXPECT_EQ(reflector().counters().requests, 1'000'000u) << "all are counted";
  EXPECT_EQ(reflector().counters().by_silence[static_cast<std::size_t>(Silence::attack)], 0u) << "and nobody is called attacked";
}

/// A request to every service in turn, from any source port, of changing bytes.
struct Mixed {
  std::mt19937_64 random{11};
  std::pair<std::uint16_t, ByteVector> next() {
    switch (random() % 12) {
      case 0: return {19, ByteVector(random() % 20, 1)};
      case 1: return {17, hex("0a")};
      case 2: return {53, any_query("n" + std::to_string(random() % 100'000))};
      case 3: return {123, random() % 2 != 0 ? kMonlist : hex("1602 0001 0000 0000 0000 0000")};
      case 4: return {123, hex("23000400 00000000") + ByteVector(40, static_cast<std::uint8_t>(random()))};
      case 5: return {1900, text_bytes("M-SEARCH\nST:ssdp:all\nX:" + std::to_string(random()) + "\n")};
      case 6: return {11211, hex("0000 0000 0001 0000") + text_bytes("stats\r\n")};
      case 7: return {161, hex("3020 020101 0406 7075626c6963 a513 02020001 020100 020146 3007 3005 0601 28 0500")};
      case 8: return {5683, hex("4001 7d70 bb 2e77656c6c2d6b6e6f776e 04 636f7265")};
      case 9: return {3702, text_bytes("<:/>\n")};
      case 10: return {1434, hex("02")};
      default: return {3283, hex("00140000")};
    }
  }
};

// Rules 1, 2, 5: nothing that a sender may choose gets past the budget, for a day.
TEST_F(AcceptanceTest, ChangingPortServiceModeOrNameDrawsThreePacketsInAnyHour) {
  Mixed mixed;
  for (; at_ < 24 * kHour; at_ += 3 * kSecond) {
    auto [port, request] = mixed.next();
    count(send("104.16.1.1", port, request, static_cast<std::uint16_t>(50'000 + mixed.random() % 10'000)));
  }
  EXPECT_EQ(packets_, 3u) << "and as it never stops, no more in all of the day";
}

// The same within a /64, whose addresses cost nothing.
TEST_F(AcceptanceTest, ChangingTheAddressWithinASlash64DrawsThreePackets) {
  Mixed mixed;
  for (int i = 0; i < 2'000; ++i, at_ += kSecond) {
    auto [port, request] = mixed.next();
    count(send(Address{6, 0x2a00145040010801, mixed.random()}, port, request));
  }
  EXPECT_EQ(packets_, 3u);
}

// Rule 15: turning it off and on again is no refill.
TEST_F(AcceptanceTest, RestartingDrawsThreePackets) {
  std::vector<std::uint8_t> file;
  for (int i = 0; i < 50; ++i) {
    start(emulating());
    if (i > 0) {
      ASSERT_TRUE(reflector().budget().restore(file));
    }
    for (int request = 0; request < 3; ++request) count(send("104.16.1.1", 123, kMonlist));
    file = reflector().budget().save(true);
  }
  EXPECT_EQ(packets_, 3u);
}

// Rule 5 over all that is sent: toward any victim, in any hour, after the third packet never more bytes than came.
TEST_F(AcceptanceTest, TheRatioTowardAnyVictimStaysAtOneAfterTheFreePackets) {
  ReflectorConfig config = emulating();
  config.budget.replies_per_host = 10;
  config.budget.attack_packets = 100;
  start(std::move(config));
  struct Sent {
    std::int64_t at;
    std::uint64_t in, out, packets;
  };
  std::vector<std::vector<Sent>> victims(5);
  Mixed mixed;
  unsigned beyond = 0;
  for (int i = 0; i < 5'000; ++i) {
    at_ += static_cast<std::int64_t>(mixed.random() % (2 * kMinute));
    const std::size_t victim = mixed.random() % victims.size();
    auto [port, request] = mixed.next();
    if (mixed.random() % 3 == 0) request.resize(std::max<std::size_t>(request.size(), 1'200));  // padded: that is how bytes are earned
    const Decision decision = send(Address{4, 0x68100101 + (victim << 8), 0}, port, request);
    Sent now{at_, request.size(), 0, 0};
    for (std::size_t packet = 0; decision.silence == Silence::none && packet < replies_.size(); ++packet) {
      now.out += replies_[packet].size();
      ++now.packets;
    }
    victims[victim].push_back(now);
    Sent hour{};
    for (const Sent& sent : victims[victim]) {
      if (sent.at <= at_ - kHour) continue;
      hour.in += sent.in;
      hour.out += sent.out;
      hour.packets += sent.packets;
    }
    ASSERT_LE(hour.packets, 10u);
    if (hour.packets <= 3 || now.packets == 0) continue;
    ++beyond;
    ASSERT_LE(hour.out, hour.in);
  }
  EXPECT_GT(beyond, 0u) << "the test must come to what it is about";
}

}  // namespace
}  // namespace nightjar::reflector
