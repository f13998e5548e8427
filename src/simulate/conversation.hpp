#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "simulate/event.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// What a visitor of a honeypot says and what the pot answers, TCP from SYN to FIN or RST.
struct Conversation {
  std::string_view name;      ///< "goahead"
  std::string_view sentence;  ///< for people who write scenarios
  std::string_view source;    ///< where its bytes are known from
  std::uint16_t port;         ///< the port it is about; a visitor may use it on another one too
  /// The visitor's program sends a raw SYN first and comes back with an ordinary connection from another port (Mirai).
  bool second_connection;
};
std::span<const Conversation> conversations();
const Conversation* find_conversation(std::string_view name);

/// Adds all packets of a visit, the pot's answers too: `syn` is the probe that the visitor's tool made (time, addresses and ports set).
/// With a conversation it goes on as that says; without one the visitor breaks off after the SYN-ACK (RST, or nothing more, as the
/// tool's stack does). Sequence numbers, acknowledgements and checksums are right throughout. `seed` decides credentials, segment
/// borders, delays and the like. Returns the time of the last packet.
std::int64_t add_visit(const Knock& syn, const Conversation* conversation, std::uint64_t seed, FrameSheet& sheet);

}  // namespace nightjar::simulate
