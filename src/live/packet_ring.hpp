#pragma once
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "live/capture_filter.hpp"

namespace nightjar {

/// How an interface is watched.
struct RingOptions {
  std::string interface;
  std::string filter;
  std::uint32_t snap_length = 262'144;
  std::uint32_t block_bytes = 1 << 20;
  std::uint32_t blocks = 32;      ///< 32 MiB: 0.4 s of 500,000 small packets a second
  std::uint32_t retire_ms = 100;  ///< a block that is not full is handed over after so long
  std::uint16_t fanout = 0;       ///< number of a group of rings that share the interface's packets; 0: alone
  bool promiscuous = true;        ///< packets to other hosts' link addresses too
};

/// A packet as the ring holds it, valid until its block is handed back. A VLAN tag that the kernel took out is put between `front` (the
/// two link addresses and the tag) and `rest` again.
struct RingPacket {
  std::int64_t time_ns;
  std::uint32_t original;
  std::span<const std::uint8_t> front, rest;
  bool checksummed = true;  ///< false: of this machine, whose kernel left the transport's checksum to a card it never passed
};

/// What the kernel counted since it was asked last.
struct RingDrops {
  std::uint64_t received = 0;  ///< packets that passed the filter, dropped ones too
  std::uint64_t dropped = 0;   ///< because the ring was full
};

/// The kernel's ring of an interface (packet(7), TPACKET_V3). Opened by a process that may; children that are forked afterwards may read it
/// too, one at a time: the ring and what is in it live for as long as any of them.
class PacketRing {
 public:
  /// Fails with a sentence: no such interface, no permission (CAP_NET_RAW), a filter that is none, too little memory.
  static Result<PacketRing> open(const RingOptions& options);
  PacketRing(PacketRing&& other) noexcept;
  PacketRing& operator=(PacketRing&& other) noexcept;
  ~PacketRing();

  /// LINKTYPE_ number of its packets.
  std::uint16_t link_type() const { return link_type_; }
  const RingOptions& options() const { return options_; }

  /// A block that the kernel has filled.
  struct Block {
    std::uint64_t sequence = 0;  ///< the kernel's number of it: ascending, never used twice
    std::uint32_t packets = 0;
  };
  /// The block at `place` (0 to blocks - 1) if it is filled.
  bool filled(std::uint32_t place, Block& block) const;
  /// Waits until the block at `place` is filled, a signal comes, or `timeout_ms` have passed.
  void wait(std::uint32_t place, int timeout_ms) const;
  /// Calls `visit(packet)` for each packet of a filled block.
  template <class Visit>
  void for_each(std::uint32_t place, const Visit& visit) const {
    Walk walk = begin(place);
    RingPacket packet;
    while (next(walk, packet)) visit(packet);
  }
  /// Hands the block back to the kernel.
  void release(std::uint32_t place);
  /// Counts of the kernel; asking sets them to 0.
  RingDrops take_drops();

 private:
  struct Walk {
    const std::uint8_t* at = nullptr;
    const std::uint8_t* end = nullptr;
    std::uint32_t left = 0;
  };
  PacketRing() = default;
  Walk begin(std::uint32_t place) const;
  bool next(Walk& walk, RingPacket& packet) const;
  void close();

  RingOptions options_;
  int socket_ = -1;
  std::uint8_t* memory_ = nullptr;
  std::uint16_t link_type_ = 1;
  bool loopback_ = false;
  mutable std::uint8_t tagged_[16] = {};  ///< two link addresses and a tag put back
};

}  // namespace nightjar
