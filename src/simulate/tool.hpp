#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "simulate/event.hpp"
#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// Room for bytes that a knock's spans point to; valid until the next packet is made in it.
struct Scratch {
  std::array<std::uint8_t, 40> options;
  std::array<std::uint8_t, 1460> payload;
};

/// How a sort of program sends: the bytes behind a name in a scenario. A packet is decided by its event alone: what `host_seed` decides
/// is the same for all packets of a host, what `probe_seed` decides for all attempts of a probe (ports and sequence number among them).
struct Tool {
  std::string_view name;      ///< "mirai"
  std::string_view sentence;  ///< what sends like this, for people who write scenarios
  std::string_view source;    ///< where its bytes are known from
  /// Packets of one probe that nobody answers, seconds after the first; the first is 0.
  std::span<const double> attempts;
  /// IANA numbers that the events of the tool may have.
  std::span<const std::uint8_t> protocols;
  /// The only port that its events may have; 0: any.
  std::uint16_t port;
  /// Fills everything but time and addresses, which are set and stay. Safe for several threads, each with a scratch of its own.
  void (*make)(const Event& event, Knock& knock, Scratch& scratch);
  /// Sorts of hosts that send differently, each as likely as another; host_sort (event_draws.hpp) says which a host is. Within a sort all
  /// hosts send alike.
  std::uint8_t host_sorts = 1;
};

/// All tools, one entry each.
std::span<const Tool> tools();
/// Null where there is none of that name.
const Tool* find_tool(std::string_view name);

// The sorts that the list is put together from, a file each.
std::span<const Tool> bot_tools();              ///< tool_bots.cpp: worms and botnets
std::span<const Tool> scanner_tools();          ///< tool_scanners.cpp: programs made to scan
std::span<const Tool> tcp_backscatter_tools();  ///< tool_tcp_backscatter.cpp
std::span<const Tool> icmp_tools();             ///< tool_icmp.cpp: pings, and errors that quote
std::span<const Tool> udp_request_tools();      ///< tool_udp_requests.cpp
std::span<const Tool> udp_answer_tools();       ///< tool_udp_answers.cpp
std::span<const Tool> odd_tools();              ///< tool_odd.cpp: what fits nowhere, and what is broken

}  // namespace nightjar::simulate
