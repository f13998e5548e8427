#include "machine/kernel_state.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace nightjar {

Result<ClockState> clock_state() {
  timex asked{};
  const int state = adjtimex(&asked);
  if (state < 0) return errno_error("cannot ask for the state of the clock", errno);
  return ClockState{state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0, static_cast<double>(asked.maxerror) / 1e6};
}

std::optional<std::string> kernel_setting(const std::string& path) {
  std::ifstream file("/proc/sys/" + path);
  std::string value;
  if (!std::getline(file, value)) return std::nullopt;
  return value;
}

bool is_own_address(const Address& address) {
  const bool ipv4 = address.version == 4;
  const int tries = socket(ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (tries < 0) return false;
  int bound = -1;
  if (ipv4) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(address.high));
    bound = bind(tries, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  } else {
    sockaddr_in6 at{};
    at.sin6_family = AF_INET6;
    for (int i = 0; i < 8; ++i) {
      at.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(address.high >> (56 - 8 * i));
      at.sin6_addr.s6_addr[8 + i] = static_cast<std::uint8_t>(address.low >> (56 - 8 * i));
    }
    bound = bind(tries, reinterpret_cast<const sockaddr*>(&at), sizeof at);
  }
  close(tries);
  return bound == 0;
}

Result<DiskRoom> disk_room(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(path, error);
  if (error) return errno_error("cannot find " + path.string(), error.value());
  while (!std::filesystem::exists(there, error) && there.has_relative_path()) there = there.parent_path();
  struct statvfs disk {};
  if (statvfs(there.c_str(), &disk) != 0) return errno_error("cannot ask how much of the disk of " + path.string() + " is free", errno);
  return DiskRoom{std::uint64_t{disk.f_bavail} * disk.f_frsize, std::uint64_t{disk.f_blocks} * disk.f_frsize};
}

}  // namespace nightjar
