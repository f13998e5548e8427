// bench_conversations talk ADDRESS PORT SECONDS AT-A-TIME: one short HTTP request a connection, from all over 45.3.0.0/16 (which must be
// this machine's), each to its end; prints conversations a second, and how many failed. bench_conversations flood INTERFACE MAC ADDRESS
// SECONDS: SYNs from forged sources to the /24 of the address; prints SYNs a second.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "honeypot/tcp_segment.hpp"
#include "net/packet.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::string_view kRequest = "GET / HTTP/1.0\r\n\r\n";

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

class Talk {
 public:
  Talk(const char* address, int port, std::size_t at_a_time) : poll_(epoll_create1(0)), sockets_(at_a_time, -1) {
    to_.sin_family = AF_INET;
    inet_pton(AF_INET, address, &to_.sin_addr);
    to_.sin_port = htons(static_cast<std::uint16_t>(port));
  }

  void run(double seconds) {
    for (std::uint32_t i = 0; i < sockets_.size(); ++i) connect_anew(i);
    const auto begin = Clock::now();
    std::array<epoll_event, 256> events{};
    while (seconds_since(begin) < seconds) {
      const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 100);
      for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(ready > 0 ? ready : 0))) go_on(event);
    }
    const double took = seconds_since(begin);
    std::printf("conversations_per_second %.0f\nfailed %llu\n", static_cast<double>(done_) / took,
                static_cast<unsigned long long>(failed_));
  }

 private:
  void connect_anew(std::uint32_t place) {
    const int made = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(made, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    // A /24 after the other, so that no network has many at a time.
    from.sin_addr.s_addr = htonl(0x2d030000U | (number_ & 0xff) << 8 | (1 + (number_ >> 8) % 250));
    ++number_;
    if (bind(made, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) std::perror("bind");
    if (connect(made, reinterpret_cast<sockaddr*>(&to_), sizeof to_) != 0 && errno != EINPROGRESS) ++failed_;
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.u32 = place;
    epoll_ctl(poll_, EPOLL_CTL_ADD, made, &event);
    sockets_[place] = made;
  }

  void go_on(const epoll_event& event) {
    const std::uint32_t place = event.data.u32;
    const int connection = sockets_[place];
    if ((event.events & EPOLLOUT) != 0 && (event.events & EPOLLERR) == 0) {
      epoll_event next{};
      next.events = EPOLLIN;
      next.data.u32 = place;
      if (send(connection, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0) {
        epoll_ctl(poll_, EPOLL_CTL_MOD, connection, &next);
        return;
      }
    }
    char bytes[4096];
    const ssize_t got = recv(connection, bytes, sizeof bytes, 0);
    if (got > 0 || (got < 0 && errno == EAGAIN)) return;
    ++(got == 0 ? done_ : failed_);
    close(connection);
    connect_anew(place);
  }

  int poll_;
  std::vector<int> sockets_;
  sockaddr_in to_{};
  std::uint32_t number_ = 0;
  std::uint64_t done_ = 0, failed_ = 0;
};

void flood(const char* interface, const char* mac, const char* address, double seconds) {
  const int out = socket(AF_PACKET, SOCK_RAW, 0);
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_ifindex = static_cast<int>(if_nametoindex(interface));
  in_addr net{};
  inet_pton(AF_INET, address, &net);
  const std::uint64_t first = ntohl(net.s_addr) & 0xffffff00U;
  unsigned byte[6] = {};
  if (std::sscanf(mac, "%x:%x:%x:%x:%x:%x", &byte[0], &byte[1], &byte[2], &byte[3], &byte[4], &byte[5]) != 6) return;
  std::vector<std::uint8_t> frame, packet;
  std::uint64_t state = 88'172'645'463'325'252U, sent = 0;
  const auto begin = Clock::now();
  while (seconds_since(begin) < seconds) {
    for (int i = 0; i < 64; ++i) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      nightjar::TcpSegment segment;
      segment.src = {4, 0x50000000 | (state >> 32 & 0x0fffffff), 0};
      segment.dst = {4, first | (state & 0xff), 0};
      segment.src_port = static_cast<std::uint16_t>(1'024 + (state >> 8 & 0x7fff));
      segment.dst_port = static_cast<std::uint16_t>(state >> 16 & 0xffff);
      segment.flags = nightjar::tcp_flag::kSyn;
      nightjar::write_segment(segment, 64, packet);
      frame.assign(14, 0);
      for (std::size_t k = 0; k < 6; ++k) frame[k] = static_cast<std::uint8_t>(byte[k]);
      frame[6] = 2;
      frame[12] = 8;
      frame.insert(frame.end(), packet.begin(), packet.end());
      sent += sendto(out, frame.data(), frame.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to) > 0 ? 1 : 0;
    }
  }
  std::printf("syns_per_second %.0f\n", static_cast<double>(sent) / seconds_since(begin));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "talk" && argc == 6) {
    Talk(argv[2], std::atoi(argv[3]), std::strtoul(argv[5], nullptr, 10)).run(std::atof(argv[4]));
  } else if (what == "flood" && argc == 6) {
    flood(argv[2], argv[3], argv[4], std::atof(argv[5]));
  } else {
    std::fprintf(stderr, "bench_conversations talk ADDRESS PORT SECONDS AT-A-TIME | flood INTERFACE MAC ADDRESS SECONDS\n");
    return 2;
  }
  return 0;
}
