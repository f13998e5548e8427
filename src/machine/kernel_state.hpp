#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "net/address.hpp"

namespace nightjar {

/// What the kernel thinks of its clock (adjtimex, asked only).
struct ClockState {
  bool synchronised = false;  ///< a time service steers it
  double error_s = 0;         ///< its own estimate of the largest error, seconds; grows while nobody steers
};
Result<ClockState> clock_state();

/// The content of a file below /proc/sys, without its end of line ("net/ipv4/ip_forward"); nothing where the kernel has none.
std::optional<std::string> kernel_setting(const std::string& path);

/// Whether packets to an address are taken in as this machine's own (an address of an interface, or `ip route add local`).
bool is_own_address(const Address& address);

struct DiskRoom {
  std::uint64_t free_bytes = 0, all_bytes = 0;  ///< free for those who are not root
};
/// Of the disk that a path lies on, or would: the nearest folder above it that is there counts.
Result<DiskRoom> disk_room(const std::filesystem::path& path);

}  // namespace nightjar
