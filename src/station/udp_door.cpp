#include "station/udp_door.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/file.hpp"
#include "base/time.hpp"
#include "reflector/hub_message.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kBatch = 64;
/// Longer datagrams than an Ethernet frame holds are fragments put together: no request is one, and their front tells what they are.
constexpr std::size_t kMostPayload = 2048;
constexpr int kReceiveBuffer = 8 << 20;
constexpr std::int64_t kLookNs = kNanosPerSecond, kSaveNs = 10 * kNanosPerSecond;
constexpr std::size_t kControl = 128;
/// Messages of the hub between two looks at the sockets; attacks that wait for the link (they are told again while they go on).
constexpr int kMostHeard = 1024;
constexpr std::size_t kMostToHub = 20'000;
constexpr std::uint64_t kMostStateBytes = 1ULL << 30;

std::int64_t monotonic_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * kNanosPerSecond + time.tv_nsec;
}

std::uint64_t half_of(const std::uint8_t* bytes) {
  std::uint64_t half = 0;
  for (int i = 0; i < 8; ++i) half = half << 8 | bytes[i];
  return half;
}

Address address_of(const in_addr& address) { return {4, ntohl(address.s_addr), 0}; }
Address address_of(const in6_addr& address) { return {6, half_of(address.s6_addr), half_of(address.s6_addr + 8)}; }

}  // namespace

struct UdpDoor::Socket {
  int descriptor = -1;
  int family = AF_INET;
  std::uint16_t port = 0;
  std::uint32_t overflow = 0;  ///< the kernel's count of what this socket lost
  ~Socket() {
    if (descriptor >= 0) close(descriptor);
  }
};

/// What one call of recvmmsg fills.
struct UdpDoor::Buffers {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> pieces{};
  std::array<sockaddr_storage, kBatch> sources{};
  std::array<std::array<std::uint8_t, kMostPayload>, kBatch> payloads;
  alignas(cmsghdr) std::array<std::array<std::uint8_t, kControl>, kBatch> controls;

  void prepare() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      pieces[i] = {payloads[i].data(), payloads[i].size()};
      msghdr& header = messages[i].msg_hdr;
      header = {};
      header.msg_name = &sources[i];
      header.msg_namelen = sizeof sources[i];
      header.msg_iov = &pieces[i];
      header.msg_iovlen = 1;
      header.msg_control = controls[i].data();
      header.msg_controllen = kControl;
    }
  }
};

UdpDoor::UdpDoor(Options options, reflector::ReflectorConfig config, Say say)
    : options_(std::move(options)),
      say_(std::move(say)),
      reflector_(std::move(config), monotonic_ns()),
      buffers_(std::make_unique<Buffers>()) {}

UdpDoor::~UdpDoor() {
  if (poll_ >= 0) close(poll_);
}

Result<std::unique_ptr<UdpDoor>> UdpDoor::open(Options options, reflector::ReflectorConfig config, Say say) {
  if (auto good = reflector::check(config); !good) return good.error();
  std::unique_ptr<UdpDoor> door(new UdpDoor(std::move(options), std::move(config), std::move(say)));
  door->poll_ = epoll_create1(EPOLL_CLOEXEC);
  if (door->poll_ < 0) return errno_error("cannot wait for datagrams", errno);
  if (auto taken = door->take_over(); !taken) return taken.error();
  for (const reflector::OfferedService& service : reflector::offered_services()) {
    for (const std::uint16_t port : service.ports) {
      if (auto opened = door->open_socket(AF_INET, port); !opened) return opened.error();
      if (!door->options_.ipv6) continue;
      if (auto opened = door->open_socket(AF_INET6, port); !opened) return opened.error();
    }
  }
  if (door->options_.hub >= 0) {
    epoll_event event{};
    event.events = EPOLLIN;  // whose data has no socket
    if (epoll_ctl(door->poll_, EPOLL_CTL_ADD, door->options_.hub, &event) != 0) return errno_error("cannot wait for the hub", errno);
  }
  return door;
}

Result<void> UdpDoor::take_over() {
  const std::filesystem::path file = options_.state / "budget";
  std::error_code unknown;
  const bool first = !std::filesystem::exists(options_.state, unknown);
  if (auto made = make_folders(options_.state); !made) return made;
  if (first) {
    // Nothing was ever sent: an hour of silence would protect nobody.
    const auto fresh = reflector_.budget().save(true);
    if (auto taken = reflector_.budget().restore(fresh); !taken) return taken;
    return save(false);
  }
  auto content = std::filesystem::exists(file, unknown) ? read_file(file, kMostStateBytes) : Result<std::string>(std::string());
  const std::string bytes = content ? *content : std::string();
  if (auto taken = reflector_.budget().restore({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}); !taken) {
    say_(content ? taken.error().sentence : content.error().sentence + "; nothing is sent for an hour");
  }
  // From here on an end that is not clean must be seen as one.
  return save(false);
}

Result<void> UdpDoor::open_socket(int family, std::uint16_t port) {
  auto made = std::make_unique<Socket>();
  made->family = family;
  made->port = port;
  made->descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made->descriptor < 0) {
    if (family == AF_INET6 && errno == EAFNOSUPPORT) return {};
    return errno_error("cannot open a socket", errno);
  }
  const int on = 1;
  const auto set = [&](int level, int name, int value) { return setsockopt(made->descriptor, level, name, &value, sizeof value); };
  if (set(SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer) != 0) set(SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  set(SOL_SOCKET, SO_RXQ_OVFL, on);
  // No packet of ours is ever a fragment (rule 5).
  if (family == AF_INET) {
    set(IPPROTO_IP, IP_PKTINFO, on);
    set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  } else {
    set(IPPROTO_IPV6, IPV6_V6ONLY, on);
    set(IPPROTO_IPV6, IPV6_RECVPKTINFO, on);
    set(IPPROTO_IPV6, IPV6_DONTFRAG, on);
  }
  sockaddr_storage any{};
  socklen_t size = sizeof(sockaddr_in);
  any.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&any)->sin_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in6*>(&any)->sin6_port = htons(port);
    size = sizeof(sockaddr_in6);
  }
  if (bind(made->descriptor, reinterpret_cast<sockaddr*>(&any), size) != 0) {
    const std::string what = "cannot listen at UDP port " + std::to_string(port);
    if (errno == EACCES) return Error{what + ": ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE"};
    if (errno == EADDRINUSE)
      return Error{what + ": another program listens there (ss -ulpn shows which); a reflector needs a machine without it"};
    if (family == AF_INET6 && errno == EADDRNOTAVAIL) return {};
    return errno_error(what, errno);
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = made.get();
  if (epoll_ctl(poll_, EPOLL_CTL_ADD, made->descriptor, &event) != 0) return errno_error("cannot wait for datagrams", errno);
  sockets_.push_back(std::move(made));
  return {};
}

void UdpDoor::serve(Socket& socket) {
  Buffers& buffers = *buffers_;
  // A bounded number of batches: the other ports wait.
  for (int batch = 0; batch < 16; ++batch) {
    buffers.prepare();
    const int got = recvmmsg(socket.descriptor, buffers.messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (got <= 0) return;
    const std::int64_t monotonic = monotonic_ns(), utc = now_ns();
    for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
      msghdr& header = buffers.messages[i].msg_hdr;
      reflector::Datagram datagram;
      datagram.destination_port = socket.port;
      datagram.monotonic_ns = monotonic;
      datagram.utc_ns = utc;
      datagram.payload = {buffers.payloads[i].data(), std::min<std::size_t>(buffers.messages[i].msg_len, kMostPayload)};
      if (buffers.sources[i].ss_family == AF_INET) {
        const auto& from = reinterpret_cast<const sockaddr_in&>(buffers.sources[i]);
        datagram.source = address_of(from.sin_addr);
        datagram.source_port = ntohs(from.sin_port);
      } else {
        const auto& from = reinterpret_cast<const sockaddr_in6&>(buffers.sources[i]);
        datagram.source = address_of(from.sin6_addr);
        datagram.source_port = ntohs(from.sin6_port);
      }
      for (cmsghdr* note = CMSG_FIRSTHDR(&header); note != nullptr; note = CMSG_NXTHDR(&header, note)) {
        if (note->cmsg_level == IPPROTO_IP && note->cmsg_type == IP_PKTINFO) {
          in_pktinfo info;
          std::memcpy(&info, CMSG_DATA(note), sizeof info);
          datagram.destination = address_of(info.ipi_addr);
        } else if (note->cmsg_level == IPPROTO_IPV6 && note->cmsg_type == IPV6_PKTINFO) {
          in6_pktinfo info;
          std::memcpy(&info, CMSG_DATA(note), sizeof info);
          datagram.destination = address_of(info.ipi6_addr);
        } else if (note->cmsg_level == SOL_SOCKET && note->cmsg_type == SO_RXQ_OVFL) {
          std::uint32_t lost = 0;
          std::memcpy(&lost, CMSG_DATA(note), sizeof lost);
          dropped_ += lost - socket.overflow;
          socket.overflow = lost;
        }
      }
      const reflector::Decision decision = reflector_.handle(datagram, replies_);
      if (decision.silence == reflector::Silence::none) send(socket, i);
    }
    if (static_cast<std::size_t>(got) < kBatch) return;
  }
}

/// Sends the replies to the datagram at `number`, from the address and port that were asked. One that the kernel does not take is lost: the
/// ledger tells more than was sent then, never less.
void UdpDoor::send(const Socket& socket, std::size_t number) {
  const msghdr& asked = buffers_->messages[number].msg_hdr;
  alignas(cmsghdr) std::array<std::uint8_t, kControl> control{};
  for (std::size_t i = 0; i < replies_.size(); ++i) {
    const auto bytes = replies_[i];
    iovec piece{const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
    msghdr header{};
    header.msg_name = asked.msg_name;
    header.msg_namelen = asked.msg_namelen;
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* note = CMSG_FIRSTHDR(&header);
    for (cmsghdr* came = CMSG_FIRSTHDR(&asked); came != nullptr; came = CMSG_NXTHDR(const_cast<msghdr*>(&asked), came)) {
      if (came->cmsg_level == IPPROTO_IP && came->cmsg_type == IP_PKTINFO) {
        in_pktinfo info;
        std::memcpy(&info, CMSG_DATA(came), sizeof info);
        info.ipi_spec_dst = info.ipi_addr;
        info.ipi_ifindex = 0;
        note->cmsg_level = IPPROTO_IP;
        note->cmsg_type = IP_PKTINFO;
        note->cmsg_len = CMSG_LEN(sizeof info);
        std::memcpy(CMSG_DATA(note), &info, sizeof info);
        header.msg_controllen = CMSG_SPACE(sizeof info);
      } else if (came->cmsg_level == IPPROTO_IPV6 && came->cmsg_type == IPV6_PKTINFO) {
        in6_pktinfo info;
        std::memcpy(&info, CMSG_DATA(came), sizeof info);
        note->cmsg_level = IPPROTO_IPV6;
        note->cmsg_type = IPV6_PKTINFO;
        note->cmsg_len = CMSG_LEN(sizeof info);
        std::memcpy(CMSG_DATA(note), &info, sizeof info);
        header.msg_controllen = CMSG_SPACE(sizeof info);
      }
    }
    if (header.msg_controllen == control.size()) return;  // the address that was asked is not known
    while (sendmsg(socket.descriptor, &header, MSG_DONTWAIT) < 0 && errno == EINTR) {
    }
  }
}

Result<void> UdpDoor::save(bool clean) {
  const std::vector<std::uint8_t> bytes = reflector_.budget().save(clean);
  return write_file_atomically(options_.state / "budget", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<void> UdpDoor::write_ledger() {
  const auto entries = reflector_.ledger().take();
  if (entries.empty()) return {};
  std::string lines;
  for (const reflector::EgressEntry& entry : entries) lines += reflector::format(entry) + "\n";
  const std::filesystem::path path = options_.state / "egress.log";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file < 0) return errno_error("cannot write the ledger of what was sent, " + path.string(), errno);
  const ssize_t wrote = ::write(file, lines.data(), lines.size());
  const int error = errno;
  close(file);
  if (wrote != static_cast<ssize_t>(lines.size()))
    return errno_error("cannot write the ledger of what was sent, " + path.string(), wrote < 0 ? error : ENOSPC);
  return {};
}

/// Attacks that other sensors see.
void UdpDoor::hear_hub() {
  for (int messages = 0; messages < kMostHeard; ++messages) {
    std::array<std::uint8_t, reflector::kHubMessageBytes> bytes{};
    iovec piece{bytes.data(), bytes.size()};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    const ssize_t count = recvmsg(options_.hub, &header, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
      epoll_ctl(poll_, EPOLL_CTL_DEL, options_.hub, nullptr);
      options_.hub = -1;
      say_("the link to the hub ended: attacks that other sensors see are not known any more, until this is started again");
      return;
    }
    const auto attack = reflector::attack_of({bytes.data(), static_cast<std::size_t>(count)});
    if (!attack) continue;
    if (auto added = reflector_.budget().add_attack(*attack); !added) say_(added.error().sentence);
  }
}

/// Attacks that were found here since the last call. What the link does not take waits for the next.
void UdpDoor::tell_hub() {
  if (options_.hub < 0) return;
  for (const reflector::BudgetNews& news : reflector_.budget().take_news())
    if (news.what == reflector::BudgetNews::What::attack && to_hub_.size() < kMostToHub) to_hub_.push_back(news.key);
  while (!to_hub_.empty()) {
    auto bytes = reflector::hub_message(to_hub_.front());
    iovec piece{bytes.data(), bytes.size()};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    if (sendmsg(options_.hub, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return;
    to_hub_.pop_front();
  }
}

Result<void> UdpDoor::run(const std::atomic<bool>& stop) {
  std::int64_t looked = monotonic_ns(), saved = looked;
  std::array<epoll_event, 64> events{};
  while (!stop) {
    const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 250);
    for (int i = 0; i < ready; ++i) {
      auto* socket = static_cast<Socket*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (socket != nullptr)
        serve(*socket);
      else
        hear_hub();
    }
    const std::int64_t now = monotonic_ns();
    if (now - looked < kLookNs) continue;
    looked = now;
    // Answers stop first (rule 12): whoever loses datagrams does not answer those that it got.
    reflector_.set_overloaded(dropped_ != dropped_seen_);
    dropped_seen_ = dropped_;
    tell_hub();
    if (auto written = write_ledger(); !written) return written;
    if (now - saved < kSaveNs) continue;
    saved = now;
    if (auto kept = save(false); !kept) return kept;
  }
  if (auto written = write_ledger(); !written) return written;
  return save(true);
}

}  // namespace nightjar
