// SYN-ACKs: ten an address and a hundred a /24 in any minute, a thousand a second in all; who is proven is served on.
#include "honeypot/syn_budget.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

constexpr std::int64_t kMilli = 1'000'000, kSecond = 1'000 * kMilli, kMinute = 60 * kSecond;
constexpr budget::Secret kSecret{3, 4};

Address v4(std::uint64_t address) { return {4, address, 0}; }
Address v6(std::uint64_t high, std::uint64_t low) { return {6, high, low}; }

/// How many of `count` are allowed, all at `now`.
int taken(SynBudget& budget, const Address& source, int count, std::int64_t now_ns) {
  int allowed = 0;
  for (int i = 0; i < count; ++i) allowed += budget.take(source, now_ns);
  return allowed;
}

TEST(SynBudget, TenAnAddressInAnyMinute) {
  SynBudget budget({}, kSecret);
  EXPECT_EQ(taken(budget, v4(0x01020304), 50, kMinute), 10);
  EXPECT_EQ(taken(budget, v4(0x01020304), 50, kMinute + 59 * kSecond), 0);
  EXPECT_EQ(taken(budget, v4(0x01020304), 50, 3 * kMinute), 10);
}

TEST(SynBudget, AHundredAPrefix) {
  SynBudget budget({}, kSecret);
  int allowed = 0;
  for (std::uint64_t host = 0; host < 256; ++host) allowed += taken(budget, v4(0x01020300 | host), 10, kMinute);
  EXPECT_EQ(allowed, 100);
}

TEST(SynBudget, Ipv6CountsBySlash64And48) {
  SynBudget budget({}, kSecret);
  int allowed = 0;
  for (std::uint64_t host = 0; host < 100; ++host) allowed += budget.take(v6(0x2a00'0001'0002'0003, host), kMinute);
  EXPECT_EQ(allowed, 10);
  for (std::uint64_t net = 0; net < 1'000; ++net) allowed += budget.take(v6(0x2a00'0001'0002'0000 | (net + 8), 1), kMinute);
  EXPECT_EQ(allowed, 100);
}

TEST(SynBudget, AThousandASecondWhateverTheSources) {
  SynBudget budget({}, kSecret);
  std::uint64_t source = 0x01000000;
  for (std::int64_t second = 1; second <= 3; ++second) {
    int allowed = 0;
    for (int i = 0; i < 30'000; ++i) allowed += budget.take(v4(source += 257), second * 2 * kSecond + i * (kSecond / 30'000));
    EXPECT_LE(allowed, 1'000);
    EXPECT_GE(allowed, 900);
  }
}

TEST(SynBudget, ProvenSourcesAreServedUnderAFlood) {
  SynBudget budget({}, kSecret);
  const Address scanner = v4(0x05060708);
  budget.prove(scanner, kMinute);
  std::uint64_t source = 0x01000000;
  for (int i = 0; i < 20'000; ++i) (void)budget.take(v4(source += 257), 2 * kMinute);
  EXPECT_FALSE(budget.take(v4(source + 257), 2 * kMinute));
  EXPECT_EQ(taken(budget, scanner, 500, 2 * kMinute), 500);
}

TEST(SynBudget, ProofLastsAnHourAndHasItsOwnLimit) {
  SynBudget budget({}, kSecret);
  budget.prove(v4(0x05060708), kMinute);
  EXPECT_TRUE(budget.is_proven(v4(0x05060708), 60 * kMinute));
  EXPECT_FALSE(budget.is_proven(v4(0x05060708), 61 * kMinute));
  EXPECT_FALSE(budget.is_proven(v4(0x05060709), kMinute));
  EXPECT_EQ(taken(budget, v4(0x05060708), 3'000, 2 * kMinute), 1'000);
}

TEST(SynBudget, FullTablesAllowNothing) {
  SynBudget::Settings settings;
  settings.most_hosts = settings.most_prefixes = settings.most_proven = 64;
  settings.per_second = 1'000'000;
  SynBudget budget(settings, kSecret);
  int allowed = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    budget.prove(v4(0x80000000 + (i << 8)), kMinute);
    allowed += budget.take(v4(0x01000000 + (i << 8)), kMinute);
  }
  EXPECT_GT(allowed, 0);
  EXPECT_LE(allowed, 64) << "one each of those that found a place";
}

}  // namespace
}  // namespace nightjar
