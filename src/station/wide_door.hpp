#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "honeypot/syn_responder.hpp"
#include "live/packet_ring.hpp"
#include "station/tcp_door_sockets.hpp"

namespace nightjar {

/// The honeypot for nets in which nothing is known of a conversation (SynResponder), at an interface of this machine: packets come out of a
/// ring of its own, answers go out by raw sockets. Does not record: whoever captures the interface does. The kernel must be told to leave
/// these nets alone (firewall_rules.hpp). One thread runs it.
class WideDoor {
 public:
  struct Options {
    std::string interface;
    SynResponder::Settings answers;  ///< to which nets, to whom, how much
    std::uint32_t ring_mb = 16;
  };
  /// Needs CAP_NET_RAW. Fails with a sentence: no such interface, no right.
  static Result<std::unique_ptr<WideDoor>> open(const Options& options);

  /// Until `stop`, which is seen within a quarter of a second.
  void run(const std::atomic<bool>& stop);

  struct Counters {
    std::array<std::uint64_t, static_cast<std::size_t>(SynReaction::ignored) + 1> by_reaction{};
    std::uint64_t replies = 0;
    std::uint64_t unsent = 0;   ///< replies that the kernel did not take
    std::uint64_t dropped = 0;  ///< packets that the kernel dropped because the ring was full
  };
  /// From any thread.
  Counters counters() const;

 private:
  WideDoor(const Options& options, PacketRing ring);
  void take(const RingPacket& packet);
  void send(const SynResponder::Outcome& outcome);

  PacketRing ring_;
  SynResponder responder_;
  Descriptor ipv4_, ipv6_;
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(SynReaction::ignored) + 1> by_reaction_{};
  std::atomic<std::uint64_t> replies_{0}, unsent_{0}, dropped_{0};
};

/// The IP packet in a packet of a ring with this LINKTYPE_ number (1: Ethernet, up to two VLAN tags; 101: IP itself); empty: there is none.
std::span<const std::uint8_t> ip_packet_in(const RingPacket& packet, std::uint16_t link_type);

}  // namespace nightjar
