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

/// How a sort of program sends: the bytes behind a name in a scenario.
struct Tool {
  std::string_view name;      ///< "mirai"
  std::string_view sentence;  ///< what sends like this, for people who write scenarios
  std::string_view source;    ///< where its bytes are known from
  /// Packets of one probe that nobody answers, seconds after the first; the first is 0.
  std::span<const double> attempts;
  /// Fills everything but time and addresses, which are set. Depends on nothing but the event.
  void (*make)(const Event& event, Knock& knock, Scratch& scratch);
};

/// All tools, one entry each: the only list.
std::span<const Tool> tools();
const Tool* find_tool(std::string_view name);

}  // namespace nightjar::simulate
