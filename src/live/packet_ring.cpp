#include "live/packet_ring.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nightjar {
namespace {

constexpr std::uint16_t kEthernet = 1, kRawIp = 101;
constexpr std::uint32_t kFrame = 2048;  ///< only a unit of accounting in TPACKET_V3
constexpr std::size_t kLinkAddresses = 12, kTag = 4;

Error cannot(const RingOptions& options, const std::string& what, int error) {
  if (error == EPERM || error == EACCES) {
    return Error{"cannot capture on " + options.interface +
                 ": it needs root, or the capability CAP_NET_RAW (sudo setcap cap_net_raw,cap_net_admin+ep nightjar)"};
  }
  if (error == ENOMEM) {
    return Error{"cannot capture on " + options.interface + ": no memory for a ring of " +
                 std::to_string(std::uint64_t{options.block_bytes} * options.blocks >> 20) + " MiB; try a smaller one (--ring-mb)"};
  }
  return errno_error("cannot capture on " + options.interface + ": " + what, error);
}

tpacket_block_desc* block_at(std::uint8_t* memory, const RingOptions& options, std::uint32_t place) {
  return reinterpret_cast<tpacket_block_desc*>(memory + std::size_t{place} * options.block_bytes);
}

std::uint32_t status_of(const tpacket_block_desc* block) { return __atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE); }

}  // namespace

Result<PacketRing> PacketRing::open(const RingOptions& options) {
  PacketRing ring;
  ring.options_ = options;
  const unsigned index = if_nametoindex(options.interface.c_str());
  if (index == 0) return Error{"there is no network interface '" + options.interface + "' (ip link lists them)"};
  // Protocol 0: nothing comes in before filter and ring stand.
  ring.socket_ = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (ring.socket_ < 0) return cannot(options, "socket", errno);
  ifreq request{};
  std::strncpy(request.ifr_name, options.interface.c_str(), IFNAMSIZ - 1);
  if (ioctl(ring.socket_, SIOCGIFHWADDR, &request) != 0) return cannot(options, "its kind cannot be asked for", errno);
  const auto family = request.ifr_hwaddr.sa_family;
  ring.loopback_ = family == ARPHRD_LOOPBACK;
  if (family == ARPHRD_ETHER || family == ARPHRD_LOOPBACK) {
    ring.link_type_ = kEthernet;
  } else if (family == ARPHRD_NONE || family == ARPHRD_TUNNEL || family == ARPHRD_TUNNEL6 || family == ARPHRD_IPGRE ||
             family == ARPHRD_PPP) {
    ring.link_type_ = kRawIp;
  } else {
    return Error{"cannot capture on " + options.interface + ": its link type (" + std::to_string(family) +
                 ") is neither Ethernet nor a tunnel of IP"};
  }
  if (ioctl(ring.socket_, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) == 0) {
    return Error{"cannot capture on " + options.interface + ": it is down (sudo ip link set " + options.interface + " up)"};
  }
  auto steps = compile_filter(options.filter, ring.link_type_, options.snap_length);
  if (!steps) return steps.error();
  static_assert(sizeof(FilterStep) == sizeof(sock_filter));
  sock_fprog program{static_cast<unsigned short>(steps->size()), reinterpret_cast<sock_filter*>(steps->data())};
  if (setsockopt(ring.socket_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) return cannot(options, "the filter", errno);
  int version = TPACKET_V3;
  if (setsockopt(ring.socket_, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0) return cannot(options, "TPACKET_V3", errno);
  tpacket_req3 layout{};
  layout.tp_block_size = options.block_bytes;
  layout.tp_block_nr = options.blocks;
  layout.tp_frame_size = kFrame;
  layout.tp_frame_nr = options.block_bytes / kFrame * options.blocks;
  layout.tp_retire_blk_tov = options.retire_ms;
  if (setsockopt(ring.socket_, SOL_PACKET, PACKET_RX_RING, &layout, sizeof layout) != 0) return cannot(options, "its ring", errno);
  void* memory = mmap(nullptr, std::size_t{options.block_bytes} * options.blocks, PROT_READ | PROT_WRITE, MAP_SHARED, ring.socket_, 0);
  if (memory == MAP_FAILED) return cannot(options, "its ring cannot be mapped", errno);
  ring.memory_ = static_cast<std::uint8_t*>(memory);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(index);
  if (bind(ring.socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return cannot(options, "bind", errno);
  if (options.promiscuous && !ring.loopback_) {
    packet_mreq membership{};
    membership.mr_ifindex = static_cast<int>(index);
    membership.mr_type = PACKET_MR_PROMISC;
    if (setsockopt(ring.socket_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) != 0)
      return cannot(options, "promiscuous mode", errno);
  }
  if (options.fanout != 0) {
    // By flow, so that a conversation stays in one ring and its packets in order.
    const int group = options.fanout | (PACKET_FANOUT_HASH << 16);
    if (setsockopt(ring.socket_, SOL_PACKET, PACKET_FANOUT, &group, sizeof group) != 0)
      return cannot(options, "sharing with other rings", errno);
  }
  return ring;
}

PacketRing::PacketRing(PacketRing&& other) noexcept { *this = std::move(other); }

PacketRing& PacketRing::operator=(PacketRing&& other) noexcept {
  if (this == &other) return *this;
  close();
  options_ = other.options_;
  socket_ = std::exchange(other.socket_, -1);
  memory_ = std::exchange(other.memory_, nullptr);
  link_type_ = other.link_type_;
  loopback_ = other.loopback_;
  return *this;
}

PacketRing::~PacketRing() { close(); }

void PacketRing::close() {
  if (memory_ != nullptr) munmap(memory_, std::size_t{options_.block_bytes} * options_.blocks);
  if (socket_ >= 0) ::close(socket_);
  memory_ = nullptr;
  socket_ = -1;
}

bool PacketRing::filled(std::uint32_t place, Block& block) const {
  const tpacket_block_desc* at = block_at(memory_, options_, place);
  if ((status_of(at) & TP_STATUS_USER) == 0) return false;
  block.sequence = at->hdr.bh1.seq_num;
  block.packets = at->hdr.bh1.num_pkts;
  return true;
}

void PacketRing::wait(std::uint32_t place, int timeout_ms) const {
  Block block;
  if (filled(place, block)) return;
  pollfd asked{socket_, POLLIN | POLLERR, 0};
  poll(&asked, 1, timeout_ms);
}

PacketRing::Walk PacketRing::begin(std::uint32_t place) const {
  const tpacket_block_desc* at = block_at(memory_, options_, place);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(at);
  return {bytes + at->hdr.bh1.offset_to_first_pkt, bytes + options_.block_bytes, at->hdr.bh1.num_pkts};
}

bool PacketRing::next(Walk& walk, RingPacket& packet) const {
  while (walk.left > 0) {
    const auto* header = reinterpret_cast<const tpacket3_hdr*>(walk.at);
    const std::uint8_t* bytes = walk.at + header->tp_mac;
    const auto* link = reinterpret_cast<const sockaddr_ll*>(walk.at + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
    --walk.left;
    if (walk.left > 0) walk.at += header->tp_next_offset;
    // On the loopback every packet comes twice, once on its way out.
    if (loopback_ && link->sll_pkttype == PACKET_OUTGOING) continue;
    packet.time_ns = std::int64_t{header->tp_sec} * 1'000'000'000 + header->tp_nsec;
    packet.original = header->tp_len;
    const std::size_t captured = std::min<std::size_t>(header->tp_snaplen, static_cast<std::size_t>(walk.end - bytes));
    packet.front = {};
    packet.checksummed = (header->tp_status & TP_STATUS_CSUMNOTREADY) == 0;
    packet.rest = {bytes, captured};
    const bool tagged = (header->tp_status & TP_STATUS_VLAN_VALID) != 0 || header->hv1.tp_vlan_tci != 0;
    if (tagged && link_type_ == kEthernet && captured >= kLinkAddresses) {
      const std::uint16_t protocol = (header->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header->hv1.tp_vlan_tpid : ETH_P_8021Q;
      const std::uint16_t tag[2] = {htons(protocol), htons(static_cast<std::uint16_t>(header->hv1.tp_vlan_tci))};
      std::memcpy(tagged_, bytes, kLinkAddresses);
      std::memcpy(tagged_ + kLinkAddresses, tag, kTag);
      packet.front = {tagged_, kLinkAddresses + kTag};
      packet.rest = packet.rest.subspan(kLinkAddresses);
      packet.original += kTag;
    }
    return true;
  }
  return false;
}

void PacketRing::release(std::uint32_t place) {
  __atomic_store_n(&block_at(memory_, options_, place)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

RingDrops PacketRing::take_drops() {
  tpacket_stats_v3 counts{};
  socklen_t size = sizeof counts;
  if (getsockopt(socket_, SOL_PACKET, PACKET_STATISTICS, &counts, &size) != 0) return {};
  return {counts.tp_packets, counts.tp_drops};
}

}  // namespace nightjar
