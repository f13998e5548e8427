#pragma once
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <deque>
#include <span>
#include <vector>

#include "honeypot/tcp_segment.hpp"
#include "net/packet.hpp"

namespace nightjar::test {

/// What comes out of the sensor's networks at the clients' end of the cable.
class Sniffer {
 public:
  struct Seen {
    std::int64_t time_ns;
    TcpSegment segment;
    bool tcp;
  };
  Sniffer() : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL))) {
    const int on = 1, buffer = 64 << 20;
    setsockopt(socket_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(socket_, SOL_PACKET, 23, &on, sizeof on);  // PACKET_IGNORE_OUTGOING
  }
  Sniffer(const Sniffer&) = delete;
  Sniffer& operator=(const Sniffer&) = delete;
  ~Sniffer() { close(socket_); }

  /// All that has come from addresses of pots until now.
  std::vector<Seen> take() const {
    std::vector<Seen> list;
    std::array<std::uint8_t, 65'536> bytes;
    alignas(cmsghdr) std::array<std::uint8_t, 256> control;
    while (true) {
      iovec piece{bytes.data(), bytes.size()};
      msghdr header{};
      header.msg_iov = &piece;
      header.msg_iovlen = 1;
      header.msg_control = control.data();
      header.msg_controllen = control.size();
      const ssize_t got = recvmsg(socket_, &header, 0);
      if (got < 0) return list;
      if (got < 34) continue;
      Seen seen{};
      const cmsghdr* note = CMSG_FIRSTHDR(&header);
      if (note != nullptr) {
        timespec time;
        std::memcpy(&time, CMSG_DATA(note), sizeof time);
        seen.time_ns = std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
      }
      const std::span<const std::uint8_t> packet(bytes.data() + 14, static_cast<std::size_t>(got) - 14);
      seen.tcp = read_segment(packet, false, seen.segment) == SegmentFault::none;
      seen.segment.payload = {};
      const bool from_pots4 = packet[0] >> 4 == 4 && packet[12] == 45 && packet[13] == 0;
      const bool from_pots6 = packet[0] >> 4 == 6 && packet[8] == 0x2a && packet[11] == 0x45;
      if (from_pots4 || from_pots6) list.push_back(seen);
    }
  }

 private:
  int socket_;
};

inline std::size_t count_of(const std::vector<Sniffer::Seen>& seen, std::uint8_t mask, std::uint8_t flags) {
  return static_cast<std::size_t>(
      std::count_if(seen.begin(), seen.end(), [&](const Sniffer::Seen& one) { return one.tcp && (one.segment.flags & mask) == flags; }));
}
inline constexpr std::uint8_t kHandshake = tcp_flag::kSyn | tcp_flag::kAck;

/// The most SYN-ACKs to others than `known` in any second, wherever it begins.
inline std::size_t most_syn_acks_in_a_second(const std::vector<Sniffer::Seen>& seen, const Address& known) {
  std::deque<std::int64_t> window;
  std::size_t most = 0;
  for (const Sniffer::Seen& one : seen) {
    if (!one.tcp || (one.segment.flags & kHandshake) != kHandshake || one.segment.dst == known) continue;
    window.push_back(one.time_ns);
    while (window.back() - window.front() >= 1'000'000'000) window.pop_front();
    most = std::max(most, window.size());
  }
  return most;
}

}  // namespace nightjar::test
