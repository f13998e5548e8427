#include "net/packet.hpp"

#include <gtest/gtest.h>

#include <set>

#include "net/undecodable.hpp"

namespace nightjar {
namespace {

Packet tcp(std::uint8_t flags) {
  Packet packet;
  packet.protocol = protocol::kTcp;
  packet.has_transport = true;
  packet.tcp_flags = flags;
  return packet;
}

TEST(BareSyn, IsSynWithoutAckRstAndFinWhateverElseIsSet) {
  using namespace tcp_flag;
  for (int flags = 0; flags < 256; ++flags) {
    const bool expected = (flags & kSyn) != 0 && (flags & (kAck | kRst | kFin)) == 0;
    EXPECT_EQ(is_bare_syn(tcp(static_cast<std::uint8_t>(flags))), expected) << flags;
  }
}

TEST(BareSyn, NeedsATcpHeaderThatWasRead) {
  Packet fragment = tcp(tcp_flag::kSyn);
  fragment.has_transport = false;
  EXPECT_FALSE(is_bare_syn(fragment));
  Packet udp = tcp(tcp_flag::kSyn);
  udp.protocol = protocol::kUdp;
  EXPECT_FALSE(is_bare_syn(udp));
}

TEST(Undecodable, HasANameOfItsOwnForEachReason) {
  const std::set<std::string_view> names(kUndecodableNames.begin(), kUndecodableNames.end());
  EXPECT_EQ(names.size(), kUndecodableReasons);
  EXPECT_EQ(name_of(Undecodable::none), "none");
  // Frozen: columns of sensor_days.
  EXPECT_EQ(name_of(Undecodable::link_unsupported), "link_unsupported");
  EXPECT_EQ(name_of(Undecodable::tcp_truncated), "tcp_truncated");
  EXPECT_EQ(name_of(Undecodable::tunnel_malformed), "tunnel_malformed");
  EXPECT_EQ(static_cast<std::size_t>(Undecodable::tunnel_malformed), kUndecodableReasons - 1);
}

}  // namespace
}  // namespace nightjar
