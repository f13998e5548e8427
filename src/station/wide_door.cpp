#include "station/wide_door.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::uint16_t kEthernet = 1;
constexpr std::uint16_t kIpv4 = 0x0800, kIpv6 = 0x86dd, kVlan = 0x8100, kOuterVlan = 0x88a8;
constexpr std::size_t kLinkAddresses = 12;
constexpr int kLookMs = 250;
constexpr std::uint32_t kBlockBytes = 1 << 18;
/// Scanners wait for seconds; a block is handed over sooner only when it is full.
constexpr std::uint32_t kRetireMs = 10;

std::int64_t monotonic_now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * kNanosPerSecond + time.tv_nsec;
}

/// Nothing but TCP to the nets comes into the ring, and none of our own answers.
std::string filter_of(const std::vector<Prefix>& nets) {
  std::string filter;
  for (const Prefix& net : nets) filter += (filter.empty() ? "tcp and (dst net " : " or dst net ") + format(net);
  return filter + ")";
}

RingOptions ring_options(const WideDoor::Options& options) {
  RingOptions ring;
  ring.interface = options.interface;
  ring.filter = filter_of(options.answers.served);
  ring.block_bytes = kBlockBytes;
  ring.blocks = std::max(options.ring_mb, 1U) * ((1 << 20) / kBlockBytes);
  ring.retire_ms = kRetireMs;
  return ring;
}

void put_half(std::uint64_t bits, std::uint8_t* bytes) {
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
}

bool any_of_version(const std::vector<Prefix>& nets, std::uint8_t version) {
  return std::any_of(nets.begin(), nets.end(), [version](const Prefix& net) { return net.first.version == version; });
}

}  // namespace

std::span<const std::uint8_t> ip_packet_in(const RingPacket& packet, std::uint16_t link_type) {
  if (link_type != kEthernet) return packet.rest;
  std::span<const std::uint8_t> left = packet.rest;
  if (packet.front.empty()) {
    if (left.size() < kLinkAddresses) return {};
    left = left.subspan(kLinkAddresses);
  }
  // The kernel may have taken a tag out of the packet (`front`), an outer one may be left.
  for (int tags = 0; tags < 3 && left.size() >= 4; ++tags) {
    const auto type = static_cast<std::uint16_t>(left[0] << 8 | left[1]);
    if (type == kIpv4 || type == kIpv6) return left.subspan(2);
    if (type != kVlan && type != kOuterVlan) return {};
    left = left.subspan(4);
  }
  return {};
}

WideDoor::WideDoor(const Options& options, PacketRing ring) : ring_(std::move(ring)), responder_(options.answers, budget::draw_secret()) {}

Result<std::unique_ptr<WideDoor>> WideDoor::open(const Options& options) {
  auto ring = PacketRing::open(ring_options(options));
  if (!ring) return ring.error();
  std::unique_ptr<WideDoor> door(new WideDoor(options, *std::move(ring)));
  // Raw sockets of this protocol only send, with headers as they are given.
  if (any_of_version(options.answers.served, 4)) {
    door->ipv4_ = Descriptor(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    if (door->ipv4_.number() < 0) return errno_error("cannot open a raw socket for answers (it needs root, or CAP_NET_RAW)", errno);
  }
  if (any_of_version(options.answers.served, 6)) {
    door->ipv6_ = Descriptor(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
    if (door->ipv6_.number() < 0) return errno_error("cannot open a raw socket for answers over IPv6", errno);
  }
  return door;
}

void WideDoor::run(const std::atomic<bool>& stop) {
  std::uint32_t place = 0;
  PacketRing::Block block;
  while (!stop) {
    if (!ring_.filled(place, block)) {
      ring_.wait(place, kLookMs);
      continue;
    }
    ring_.for_each(place, [this](const RingPacket& packet) { take(packet); });
    ring_.release(place);
    place = (place + 1) % ring_.options().blocks;
    dropped_ += ring_.take_drops().dropped;
  }
}

void WideDoor::take(const RingPacket& packet) {
  const auto outcome = responder_.react(ip_packet_in(packet, ring_.link_type()), monotonic_now_ns(), packet.checksummed);
  by_reaction_[static_cast<std::size_t>(outcome.reaction)].fetch_add(1, std::memory_order_relaxed);
  if (!outcome.reply.empty()) send(outcome);
}

void WideDoor::send(const SynResponder::Outcome& outcome) {
  const Address& to = outcome.segment.src;
  ssize_t sent = -1;
  if (to.version == 4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(to.high));
    sent = sendto(ipv4_.number(), outcome.reply.data(), outcome.reply.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&address),
                  sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    put_half(to.high, address.sin6_addr.s6_addr);
    put_half(to.low, address.sin6_addr.s6_addr + 8);
    sent = sendto(ipv6_.number(), outcome.reply.data(), outcome.reply.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&address),
                  sizeof address);
  }
  ++(sent < 0 ? unsent_ : replies_);
}

WideDoor::Counters WideDoor::counters() const {
  Counters now;
  for (std::size_t i = 0; i < now.by_reaction.size(); ++i) now.by_reaction[i] = by_reaction_[i].load(std::memory_order_relaxed);
  now.replies = replies_;
  now.unsent = unsent_;
  now.dropped = dropped_;
  return now;
}

}  // namespace nightjar
