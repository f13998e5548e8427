// Safety rules 9 and 10.
#include "reflector/egress_ledger.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <tuple>

#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

TEST(EgressLedger, SaysHowManyPacketsAndBytesAVictimGot) {
  EgressLedger ledger;
  const Address victim = address("104.16.1.1");
  EXPECT_TRUE(ledger.record({victim, Service::ntp, 7, kNow, 440}));
  EXPECT_TRUE(ledger.record({victim, Service::ntp, 7, kNow + 3 * kSecond, 224}));
  EXPECT_TRUE(ledger.record({victim, Service::dns, 7, kNow, 100}));
  EXPECT_TRUE(ledger.record({victim, Service::ntp, 8, kNow, 48}));
  const auto entries = ledger.take();
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].packets, 2u);
  EXPECT_EQ(entries[0].payload_bytes, 664u);
  EXPECT_EQ(entries[0].ip_bytes, 664u + 2 * 28);
  EXPECT_EQ(format(entries[0]), "2017-11-23T05:00:00Z ntp 104.16.1.1 attack 7: 2 packets, 664 bytes, until 2017-11-23T05:00:03Z");
  EXPECT_EQ(format(entries[1]), "2017-11-23T05:00:00Z dns 104.16.1.1 attack 7: 1 packet, 100 bytes, until 2017-11-23T05:00:00Z");
  EXPECT_EQ(entries[2].attack, 8u);
}

TEST(EgressLedger, CountsHeadersAsAnInterfaceDoes) {
  EgressLedger ledger;
  ledger.record({address("104.16.1.1"), Service::ntp, 1, kNow, 48});
  ledger.record({address("2a00:1450::1"), Service::ntp, 2, kNow, 48});
  EXPECT_EQ(ledger.totals().packets, 2u);
  EXPECT_EQ(ledger.totals().ip_bytes, 76u + 96u) << "20 + 8 and 40 + 8 before the payload";
}

TEST(EgressLedger, KeepsItsTotalsWhenItsLinesAreTaken) {
  EgressLedger ledger;
  ledger.record({address("104.16.1.1"), Service::ntp, 1, kNow, 48});
  EXPECT_EQ(ledger.take().size(), 1u);
  EXPECT_TRUE(ledger.take().empty());
  ledger.record({address("104.16.1.1"), Service::ntp, 1, kNow, 48});
  EXPECT_EQ(ledger.take().size(), 1u);
  EXPECT_EQ(ledger.totals().packets, 2u);
}

TEST(EgressLedger, HoldsEveryPacketOnceHoweverManyVictims) {
  EgressLedger ledger;
  std::mt19937_64 random(1);
  std::map<std::tuple<std::uint64_t, int, std::uint64_t>, std::uint64_t> truth;
  for (int i = 0; i < 20'000; ++i) {
    const Address victim{4, 0x68100000 + random() % 100, 0};
    const auto service = static_cast<Service>(1 + random() % 4);
    const std::uint64_t attack = random() % 5;
    ASSERT_TRUE(ledger.record({victim, service, attack, kNow, 10}));
    ++truth[{victim.high, static_cast<int>(service), attack}];
  }
  const auto entries = ledger.take();
  EXPECT_EQ(entries.size(), truth.size());
  for (const EgressEntry& entry : entries)
    EXPECT_EQ(entry.packets, (truth[{entry.victim.high, static_cast<int>(entry.service), entry.attack}]));
}

TEST(EgressLedger, RefusesWhatItHasNoLineFor) {
  EgressLedger ledger(10);
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_TRUE(ledger.record({{4, 0x68100000 + i, 0}, Service::ntp, 1, kNow, 48}));
  EXPECT_TRUE(ledger.is_full());
  EXPECT_FALSE(ledger.record({{4, 0x68200000, 0}, Service::ntp, 1, kNow, 48}));
  EXPECT_TRUE(ledger.record({{4, 0x68100000, 0}, Service::ntp, 1, kNow, 48})) << "a line that is there goes on";
  EXPECT_EQ(ledger.totals().packets, 11u);
  ledger.take();
  EXPECT_TRUE(ledger.record({{4, 0x68200000, 0}, Service::ntp, 1, kNow, 48}));
}

TEST(EgressLedger, AgreesWithAnInterfaceThatSentNoMoreAndHardlyLess) {
  const EgressTotals ledger{1'000, 200'000};
  EXPECT_TRUE(agrees(ledger, {1'000, 200'000}));
  EXPECT_TRUE(agrees(ledger, {936, 190'000}));
  for (const EgressTotals more : {EgressTotals{1'001, 200'000}, EgressTotals{1'000, 200'001}}) {
    const auto done = agrees(ledger, more);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().sentence.starts_with("more was sent than is written down: the interface counts 1,00"))
        << done.error().sentence;
  }
  const auto less = agrees(ledger, {935, 190'000});
  ASSERT_FALSE(less);
  EXPECT_EQ(less.error().sentence,
            "less was sent than is written down: the interface counts 935 packets of 190,000 bytes, the ledger 1,000 of 200,000");
}

}  // namespace
}  // namespace nightjar::reflector
