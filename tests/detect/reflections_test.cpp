// Many hosts that answer one dark address are no victims: somebody sends them requests in its name.
#include "detect/reflections.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/backscatter_log.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// So many hosts in networks of their own that send a packet a second for two minutes, to one address or to many.
BackscatterLog hosts(std::uint64_t number, bool to_one) {
  BackscatterLog log;
  for (std::uint64_t host = 0; host < number; ++host) {
    for (int i = 0; i < 120; ++i)
      log.add({.time_ms = kMidnightMs + i * kSecond,
               .victim = 0x0B000001 + host * 0x100,
               .destination = static_cast<std::uint8_t>(to_one ? 7 : (i + static_cast<int>(host)) % 64)});
  }
  return log;
}

std::size_t attacks(const BackscatterLog& log) {
  VictimLake at;
  at.add_piece(log);
  at.detect();
  return at.attacks().size();
}

TEST(ReflectionsSeen, HostsOfAHundredNetworksThatAnswerOneAddressAreNoVictims) {
  EXPECT_EQ(attacks(hosts(100, true)), 0U);
  EXPECT_EQ(attacks(hosts(99, true)), 99U) << "fewer could be victims of a flood that used one address";
  EXPECT_EQ(attacks(hosts(100, false)), 100U) << "a hundred victims of floods with random sources";
}

TEST(ReflectionsSeen, AreSaidAndCounted) {
  VictimLake at;
  at.add_piece(hosts(150, true));
  const DetectedVictims done = at.detect();
  EXPECT_EQ(done.reflected_minutes, 2U);
  EXPECT_EQ(done.reflecting_hosts, 150U);
  EXPECT_EQ(done.reflected_packets, 150U * 120U);
}

TEST(ReflectionsSeen, AVictimOfTheSameTimeIsStillFound) {
  BackscatterLog log = hosts(150, true);
  log.add({.time_ms = kMidnightMs, .victim = 0xC6336401}, 120, kSecond);
  VictimLake at;
  at.add_piece(log);
  at.detect();
  EXPECT_THAT(at.attacks(), ElementsAre("single 198.51.100.1/32 6 80 120 0 119000"));
}

TEST(ReflectionsSeen, ACarpetOnOneNetworkIsNone) {
  BackscatterLog log;
  for (int i = 0; i < 12'000; ++i)
    log.add({.time_ms = kMidnightMs + i * 10, .victim = 0xC6336400 + static_cast<std::uint64_t>(i % 200), .destination = 3});
  VictimLake at;
  at.add_piece(log);
  EXPECT_EQ(at.detect().carpets, 1U);
}

TEST(ReflectionsSeen, DoNotDependOnPieces) {
  BackscatterLog split;
  const BackscatterLog whole = hosts(120, true);
  for (std::size_t i = 0; i < whole.packets().size(); ++i) {
    Answer1 packet = whole.packets()[i];
    packet.piece = static_cast<std::uint16_t>(i % 3);
    split.add(packet);
  }
  VictimLake at;
  for (std::uint16_t piece = 0; piece < 3; ++piece) at.add_piece(split, piece);
  const DetectedVictims done = at.detect();
  EXPECT_THAT(at.attacks(), IsEmpty());
  EXPECT_EQ(done.reflecting_hosts, 120U);
  EXPECT_EQ(done.reflected_minutes, 2U);
}

}  // namespace
}  // namespace nightjar
