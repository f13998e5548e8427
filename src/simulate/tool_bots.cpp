#include "simulate/tcp_stacks.hpp"

// Worms, botnets and what looks like them: the SYNs of 2017.

namespace nightjar::simulate {
namespace {

constexpr std::uint8_t kTcp[] = {6};

/// 16 bits that are no window with a meaning of its own: what a bot draws stays nobody's mark.
std::uint16_t random_window(std::uint64_t bits) {
  auto window = static_cast<std::uint16_t>(bits);
  while (window == 8192 || window == 14600 || window == 65535) window = static_cast<std::uint16_t>(bits = mix64(bits));
  return window;
}

/// An identification for a SYN whose sequence number is its destination: masscan's relation then holds where it is the port.
void finish_mirai(const Event& event, const Draws& draws, Knock& knock) {
  knock.sequence = event.dst;
  knock.ip_id = plain_ip_id(draws.probe >> 16, event, knock.sequence);
  knock.fingerprints = marks().mirai | marks().irregular_syn;
}

void mirai(const Event& event, Knock& knock, Scratch&) {
  const Draws draws(event);
  start_syn(event, draws, 64, knock);
  knock.src_port = port_between(draws.host >> 16, 1024, 64512);
  knock.window = random_window(draws.host >> 32);
  finish_mirai(event, draws, knock);
}

void mirai_variant(const Event& event, Knock& knock, Scratch&) {
  const Draws draws(event);
  start_syn(event, draws, 64, knock);
  constexpr std::array<std::uint16_t, 4> kWindows = {0, 5840, 14600, 29200};
  const unsigned family = draws.host >> 48 & 7;
  knock.window = family < kWindows.size() && family != 0 ? kWindows[family] : random_window(draws.host >> 32);
  const bool port_of_process = (family & 1) == 0;
  knock.src_port = port_between(port_of_process ? draws.host >> 16 : draws.probe >> 32, 1024, 64512);
  finish_mirai(event, draws, knock);
}

void window_14600(const Event& event, Knock& knock, Scratch& scratch) {
  make_connect(kLinux3, event, Draws(event), knock, scratch);
  if (is_iot_port(event.port)) knock.fingerprints = marks().hajime_like;
}

void windows_7(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  make_connect(kWindows7, event, draws, knock, scratch);
  // The last attempt leaves window scaling out, in case a router dislikes it.
  if (event.attempt >= 2) knock.tcp_options = syn_options(SynOptions::windows_plain, 0, 0, scratch);
  if (event.port == 445) knock.fingerprints = marks().windows_7;
}

void windows_xp(const Event& event, Knock& knock, Scratch& scratch) {
  const Draws draws(event);
  make_connect(draws.host >> 48 & 3 ? kWindowsXp : kWindows2003, event, draws, knock, scratch);
}

void linux(const Event& event, Knock& knock, Scratch& scratch) { make_connect(kLinux, event, Draws(event), knock, scratch); }
void old_linux(const Event& event, Knock& knock, Scratch& scratch) { make_connect(kOldLinux, event, Draws(event), knock, scratch); }

constexpr double kHajimeAttempts[] = {0, 1};

constexpr Tool kTools[] = {
    {.name = "mirai",
     .sentence = "Mirai as published: no options, the destination as sequence number, one source port and one window for each process",
     .source = "Mirai's source, mirai/bot/scanner.c (published 2016-09-30)",
     .attempts = kOnce,
     .protocols = kTcp,
     .port = 0,
     .make = mirai},
    {.name = "mirai-variant",
     .sentence = "Descendants of Mirai: the same sequence number; by family a fixed window, or a source port for each packet",
     .source = "Mirai's source, and that its scanner was copied with other constants: Antonakakis et al., USENIX Security 2017",
     .attempts = kOnce,
     .protocols = kTcp,
     .port = 0,
     .make = mirai_variant},
    {.name = "hajime-like",
     .sentence = "Hajime and its like: window 14600, the options of a Linux socket, given up after one retransmission",
     .source = "NICTER's observation report 2017 for the window; p0f 3, p0f.fp, for Linux 3.x",
     .attempts = kHajimeAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = window_14600},
    {.name = "window-14600",
     .sentence = "Ordinary connections of Linux 2.6.39 to 3.10, such as mobile routers, with the kernel's retransmissions",
     .source = "NICTER's observation report 2017 (22/TCP); p0f 3, p0f.fp; RFC 6298",
     .attempts = kLinuxAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = window_14600},
    {.name = "windows-7",
     .sentence = "Connections of Windows 7 and Server 2008, WannaCry's among them: window 8192",
     .source = "p0f 3, p0f.fp, Windows 7 or 8; RFC 1122 for the retransmissions",
     .attempts = kSlowAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = windows_7},
    {.name = "windows-xp",
     .sentence = "Connections of Windows XP and Server 2003, such as Conficker's on 445: window 65535 or 64240",
     .source = "p0f 3, p0f.fp, Windows XP",
     .attempts = kSlowAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = windows_xp},
    {.name = "linux",
     .sentence = "Ordinary connections of Linux 3.11 to 4.18, with the kernel's retransmissions",
     .source = "p0f 3, p0f.fp, Linux 3.11 and newer; RFC 6298",
     .attempts = kLinuxAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = linux},
    {.name = "bruteforce",
     .sentence = "Machines that try passwords (22, 1433, 3389): ordinary connections of Linux 2.4 and 2.6, window 5840",
     .source = "p0f 3, p0f.fp, Linux 2.4 and 2.6; RFC 1122",
     .attempts = kSlowAttempts,
     .protocols = kTcp,
     .port = 0,
     .make = old_linux},
};

}  // namespace

std::span<const Tool> bot_tools() { return kTools; }

}  // namespace nightjar::simulate
