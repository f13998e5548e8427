#pragma once
#include <cstdint>
#include <span>

#include "simulate/event_draws.hpp"
#include "simulate/tool.hpp"

namespace nightjar::simulate {

/// The bits of `Knock::fingerprints`, by the names of fingerprint_catalogue().
struct Marks {
  std::uint32_t mirai, hajime_like, windows_7, masscan, zmap_classic, zmap_4_1, irregular_syn;
};
const Marks& marks();

/// Order of the options of a SYN.
enum class SynOptions : std::uint8_t {
  none,
  mss,             ///< mss
  linux_full,      ///< mss,sok,ts,nop,ws
  windows_scaled,  ///< mss,nop,ws,nop,nop,sok
  windows_plain,   ///< mss,nop,nop,sok
};

/// What an operating system puts into the SYN of an ordinary connection.
struct TcpStack {
  std::uint16_t window;
  std::uint8_t initial_ttl;
  SynOptions options;
  std::uint8_t window_scale;
  std::uint16_t ticks_a_second;  ///< of its timestamps
  std::uint16_t first_port;      ///< of those it gives to connections
  std::uint16_t ports;
};

// Windows, TTLs and orders of options: signatures of p0f 3 (p0f.fp), section tcp:request.
inline constexpr TcpStack kOldLinux = {5840, 64, SynOptions::linux_full, 5, 250, 32768, 28233};  ///< 2.4 and 2.6: 4 x MSS
inline constexpr TcpStack kLinux3 = {14600, 64, SynOptions::linux_full, 4, 100, 32768, 28233};   ///< 2.6.39 to 3.x: 10 x MSS
inline constexpr TcpStack kLinux = {29200, 64, SynOptions::linux_full, 7, 250, 32768, 28233};    ///< 3.11 to 4.18: 20 x MSS
inline constexpr TcpStack kWindows7 = {8192, 128, SynOptions::windows_scaled, 8, 0, 49152, 16384};
inline constexpr TcpStack kWindowsXp = {65535, 128, SynOptions::windows_plain, 0, 0, 1025, 3976};    ///< Service Pack 2 and later
inline constexpr TcpStack kWindows2003 = {64240, 128, SynOptions::windows_plain, 0, 0, 1025, 3976};  ///< also XP before: 44 x MSS

/// Seconds at which SYNs are sent again: the first wait was 3 s until Linux 3.0 and in Windows (RFC 1122), then 1 s (RFC 6298).
inline constexpr double kOnce[] = {0};
inline constexpr double kSlowAttempts[] = {0, 3, 9};
inline constexpr double kLinuxAttempts[] = {0, 1, 3, 7};

/// The options of a SYN; they stand in constants or in `scratch`.
std::span<const std::uint8_t> syn_options(SynOptions options, std::uint8_t window_scale, std::uint32_t timestamp, Scratch& scratch);

/// A SYN of an ordinary connection to the event's port, with no mark.
void make_connect(const TcpStack& stack, const Event& event, const Draws& draws, Knock& knock, Scratch& scratch);

/// A bare SYN to the event's port: flags, port, class and TTL; no sequence number yet.
void start_syn(const Event& event, const Draws& draws, std::uint8_t initial_ttl, Knock& knock);
/// A sequence number out of `bits` that is not the destination and with which masscan's relation does not make ZMap's 54321: no SYN has
/// both marks by chance.
std::uint32_t plain_sequence(std::uint64_t bits, const Event& event);
/// An IP identification out of `bits` that is neither 54321 nor, with this sequence number, masscan's relation.
std::uint16_t plain_ip_id(std::uint64_t bits, const Event& event, std::uint32_t sequence);

/// masscan's relation.
constexpr std::uint16_t masscan_ip_id(const Event& event, std::uint32_t sequence) {
  return static_cast<std::uint16_t>(event.dst ^ event.port ^ sequence);
}
inline constexpr std::uint16_t kZmapIpId = 54321;

/// Services of IoT devices that the fingerprint hajime-like asks for, as docs/definitions.md lists them: named here once more, so that
/// the truth does not follow a rule that went wrong.
constexpr bool is_iot_port(std::uint16_t port) {
  switch (port) {
    case 22:
    case 23:
    case 81:
    case 2323:
    case 5358:
    case 5555:
    case 6789:
    case 7547:
    case 23231:
    case 37215:
    case 52869: return true;
    default: return false;
  }
}

}  // namespace nightjar::simulate
