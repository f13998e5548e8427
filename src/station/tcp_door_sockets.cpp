#include "station/tcp_door_sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "station/firewall_rules.hpp"

namespace nightjar {
namespace {

constexpr int kBuffer = 16'384;  ///< the kernel takes twice as much for itself
constexpr int kBacklog = 4'096;
constexpr int kOriginalDestination = 80;  // SO_ORIGINAL_DST of linux/netfilter_ipv4.h, IP6T_SO_ORIGINAL_DST of netfilter_ipv6

std::uint64_t bits_of(const std::uint8_t* bytes, int count) {
  std::uint64_t bits = 0;
  for (int i = 0; i < count; ++i) bits = bits << 8 | bytes[i];
  return bits;
}

void put_bits(std::uint64_t bits, std::uint8_t* bytes) {
  for (int i = 7; i >= 0; --i, bits >>= 8) bytes[i] = static_cast<std::uint8_t>(bits);
}

socklen_t socket_address(const Endpoint& endpoint, sockaddr_storage& storage) {
  storage = {};
  if (endpoint.address.version == 4) {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(endpoint.port);
    ipv4.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(endpoint.address.high));
    return sizeof ipv4;
  }
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(storage);
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(endpoint.port);
  put_bits(endpoint.address.high, ipv6.sin6_addr.s6_addr);
  put_bits(endpoint.address.low, ipv6.sin6_addr.s6_addr + 8);
  return sizeof ipv6;
}

Error cannot_listen(const Endpoint& endpoint, int error) {
  const std::string where = "TCP port " + std::to_string(endpoint.port) +
                            (endpoint.address.high == 0 && endpoint.address.low == 0 ? std::string() : " of " + format(endpoint.address));
  const std::string what = "cannot listen at " + where;
  if (error == EACCES || error == EPERM) return Error{what + ": ports below 1024 need root, or the capability CAP_NET_BIND_SERVICE"};
  if (error == EADDRINUSE) return Error{what + ": another program listens there (ss -tlpn shows which); stop it, or leave the port out"};
  if (error == EADDRNOTAVAIL) return Error{what + ": this machine has no such address (ip addr lists those it has)"};
  return errno_error(what, error);
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Endpoint endpoint_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(storage);
    return {{4, ntohl(ipv4.sin_addr.s_addr), 0}, ntohs(ipv4.sin_port)};
  }
  if (storage.ss_family != AF_INET6) return {};
  const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(storage);
  const std::uint8_t* bytes = ipv6.sin6_addr.s6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) return {{4, bits_of(bytes + 12, 4), 0}, ntohs(ipv6.sin6_port)};
  return {{6, bits_of(bytes, 8), bits_of(bytes + 8, 8)}, ntohs(ipv6.sin6_port)};
}

Result<Descriptor> listen_at(const Endpoint& endpoint, DoorSocket kind) {
  const bool ipv4 = endpoint.address.version == 4;
  Descriptor made(socket(ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (made.number() < 0) {
    if (!ipv4 && errno == EAFNOSUPPORT) return Descriptor();
    return errno_error("cannot open a socket", errno);
  }
  const auto set = [&](int level, int name, int value) { return setsockopt(made.number(), level, name, &value, sizeof value) == 0; };
  set(SOL_SOCKET, SO_REUSEADDR, 1);
  set(SOL_SOCKET, SO_RCVBUF, kBuffer);
  set(SOL_SOCKET, SO_SNDBUF, kBuffer);
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  if (!ipv4) set(IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (kind == DoorSocket::transparent) {
    const bool may = ipv4 ? set(IPPROTO_IP, IP_TRANSPARENT, 1) : set(IPPROTO_IPV6, IPV6_TRANSPARENT, 1);
    // By the mark the rules of the firewall know whose handshake is done.
    if (!may || !set(SOL_SOCKET, SO_MARK, static_cast<int>(kDoorMark)))
      return Error{"cannot take conversations to other addresses: it needs root, or the capability CAP_NET_ADMIN"};
  }
  sockaddr_storage address;
  const socklen_t size = socket_address(endpoint, address);
  if (bind(made.number(), reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(made.number(), kBacklog) != 0) {
    const int error = errno;
    if (!ipv4 && error == EADDRNOTAVAIL && endpoint.address == Address{6, 0, 0}) return Descriptor();
    return cannot_listen(endpoint, error);
  }
  return made;
}

std::optional<Endpoint> local_endpoint(int connection) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(connection, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  return endpoint_of(address);
}

std::optional<Endpoint> redirected_endpoint(int connection, std::uint8_t version) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockopt(connection, version == 4 ? SOL_IP : SOL_IPV6, kOriginalDestination, &address, &size) != 0) return std::nullopt;
  return endpoint_of(address);
}

}  // namespace nightjar
