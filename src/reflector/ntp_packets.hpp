#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "reflector/reply_packets.hpp"

namespace nightjar::reflector {

/// Who asked a time server, as mode 7's monlist tells it (ntpd's info_monitor_1, 72 bytes).
struct MonitoredClient {
  std::uint32_t average_interval_s = 0;
  std::uint32_t last_s = 0;  ///< seconds since it asked last
  std::uint32_t packets = 0;
  std::uint32_t address = 0, server = 0;  ///< IPv4
  std::uint16_t port = 123;
  std::uint8_t mode = 3;
  std::uint8_t version = 4;
};
inline constexpr std::size_t kMonitoredBytes = 72, kMonitoredPerPacket = 6;

/// The answer to MON_GETLIST_1: packets of 8 + 72 x n bytes with at most six clients each; numbered from 0, all but the last say that more
/// follow. As many as there is room for; `request` is at least 4 bytes of the request.
void write_monlist(std::span<const std::uint8_t> request, std::span<const MonitoredClient> clients, ReplyPackets& replies);

}  // namespace nightjar::reflector
