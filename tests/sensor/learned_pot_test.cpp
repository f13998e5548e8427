#include "sensor/learned_pot.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

constexpr std::uint64_t kClient = 0x08080808, kOther = 0x09090909, kPot = 0xc0000207, kElsewhere = 0xc6336401;

Packet tcp(std::uint64_t from, std::uint64_t to, std::uint8_t flags) {
  Packet packet;
  packet.ip_version = 4;
  packet.protocol = protocol::kTcp;
  packet.has_transport = true;
  packet.src = from;
  packet.dst = to;
  packet.tcp_flags = flags;
  return packet;
}
Packet syn(std::uint64_t from, std::uint64_t to) { return tcp(from, to, tcp_flag::kSyn); }
Packet udp(std::uint64_t from, std::uint64_t to) {
  Packet packet = tcp(from, to, 0);
  packet.protocol = protocol::kUdp;
  return packet;
}

class LearnedPotTest : public testing::Test {
 protected:
  Direction see(const Packet& packet) { return pot_.direction(packet, index_); }
  LearnedPot pot_{SensorKind::honeypot};
  std::uint8_t index_ = 255;
};

TEST_F(LearnedPotTest, TakesTheSenderOfASynForTheClientAndTheOtherForThePot) {
  EXPECT_EQ(see(syn(kClient, kPot)), Direction::observed);
  EXPECT_EQ(index_, 7);
  EXPECT_EQ(see(tcp(kPot, kClient, tcp_flag::kSyn | tcp_flag::kAck)), Direction::outbound);
  EXPECT_EQ(see(tcp(kClient, kPot, tcp_flag::kAck)), Direction::observed);
}

TEST_F(LearnedPotTest, KnowsThePotTowardsEverybody) {
  EXPECT_EQ(see(syn(kClient, kPot)), Direction::observed);
  EXPECT_EQ(see(udp(kPot, kOther)), Direction::outbound);
  EXPECT_EQ(see(syn(kPot, kElsewhere)), Direction::outbound);
  EXPECT_EQ(see(tcp(kElsewhere, kPot, tcp_flag::kSyn | tcp_flag::kAck)), Direction::observed);
}

TEST_F(LearnedPotTest, KeepsTheFirstRoleSeen) {
  EXPECT_EQ(see(syn(kClient, kPot)), Direction::observed);
  EXPECT_EQ(see(syn(kOther, kClient)), Direction::observed);
  EXPECT_EQ(see(tcp(kClient, kPot, tcp_flag::kAck)), Direction::observed);
}

TEST_F(LearnedPotTest, LearnsNothingFromWhatThePotOpens) {
  EXPECT_EQ(see(syn(kClient, kPot)), Direction::observed);
  EXPECT_EQ(see(syn(kPot, kElsewhere)), Direction::outbound);
  EXPECT_EQ(see(tcp(kElsewhere, kPot, tcp_flag::kAck)), Direction::observed);
}

TEST_F(LearnedPotTest, LearnsFromNothingButABareSyn) {
  EXPECT_EQ(see(tcp(kPot, kClient, tcp_flag::kSyn | tcp_flag::kAck)), Direction::observed);
  EXPECT_EQ(see(tcp(kClient, kPot, tcp_flag::kAck)), Direction::observed);
  EXPECT_EQ(see(udp(kClient, kPot)), Direction::observed);
  EXPECT_EQ(see(udp(kPot, kClient)), Direction::observed);
}

TEST_F(LearnedPotTest, LearnsFromTheFirstUdpPacketOfAReflector) {
  pot_ = LearnedPot(SensorKind::reflector);
  EXPECT_EQ(see(udp(kClient, kPot)), Direction::observed);
  EXPECT_EQ(see(udp(kPot, kClient)), Direction::outbound);
  EXPECT_EQ(see(udp(kOther, kPot)), Direction::observed);
  EXPECT_EQ(see(udp(kClient, kPot)), Direction::observed);
}

TEST_F(LearnedPotTest, ForgetsNobodyButLearnsNoMoreWhenItIsFull) {
  pot_ = LearnedPot(SensorKind::honeypot, 2);
  EXPECT_EQ(see(syn(kClient, kPot)), Direction::observed);
  EXPECT_EQ(see(syn(kClient, kElsewhere)), Direction::observed);
  EXPECT_EQ(see(tcp(kElsewhere, kClient, tcp_flag::kAck)), Direction::observed);
  EXPECT_EQ(see(tcp(kPot, kClient, tcp_flag::kAck)), Direction::outbound);
}

TEST_F(LearnedPotTest, TellsIpv6AddressesApartByBothHalves) {
  Packet packet = syn(0x2400000000000000, 0x2a00000000000000);
  packet.ip_version = 6;
  packet.dst_low = 0x45;
  EXPECT_EQ(see(packet), Direction::observed);
  EXPECT_EQ(index_, 5);
  std::swap(packet.src, packet.dst);
  std::swap(packet.src_low, packet.dst_low);
  packet.tcp_flags = tcp_flag::kAck;
  EXPECT_EQ(see(packet), Direction::outbound);
  packet.src_low = 0x46;
  EXPECT_EQ(see(packet), Direction::observed);
}

TEST_F(LearnedPotTest, ObservesWhatIsNotIp) { EXPECT_EQ(see(Packet{}), Direction::observed); }

}  // namespace
}  // namespace nightjar
