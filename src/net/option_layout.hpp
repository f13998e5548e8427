#pragma once
#include <cstdint>

namespace nightjar {

/// The order in which the options of a TCP header stand tells senders apart. FROZEN: the numbers are stored in `facts`
/// (5 bits). decode/tcp_options.cpp has the whole list; these are the ones that rules name.
namespace option_layout {
inline constexpr std::uint8_t kNone = 0;                ///< no options: data offset 5
inline constexpr std::uint8_t kMssOnly = 1;             ///< mss: nmap's SYN scan, masscan since 2023-11
inline constexpr std::uint8_t kLinux = 2;               ///< mss,sok,ts,nop,ws
inline constexpr std::uint8_t kWindows = 3;             ///< mss,nop,ws,nop,nop,sok: Windows since Vista, ZMap since 4.1
inline constexpr std::uint8_t kCutOffOrMalformed = 30;  ///< an option's length is wrong, or the options end behind the packet
inline constexpr std::uint8_t kAnother = 31;            ///< none of the list
}  // namespace option_layout

}  // namespace nightjar
