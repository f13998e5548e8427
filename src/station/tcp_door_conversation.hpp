#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "station/tcp_door.hpp"

namespace nightjar {

/// A place in the door's table: a client's connection, or free.
struct TcpDoor::Conversation {
  enum class State : std::uint8_t {
    free,
    talking,  ///< `visit` is there
    farewell  ///< we have closed our half; what he still says is thrown away, so that the kernel has no reason for a RST
  };
  std::uint32_t place = 0;
  std::uint32_t generation = 0;  ///< of those who had the place: events of an earlier one are not for this one
  State state = State::free;
  bool closing = false;      ///< as soon as all is sent
  bool client_done = false;  ///< he has closed his half
  std::uint32_t events = 0;  ///< what epoll is asked for
  Descriptor connection;
  Endpoint client, asked;
  std::int64_t begin_ns = 0, begin_ms = 0;
  std::chrono::milliseconds wait{0};  ///< for the client's next byte, once all is sent
  std::optional<Visit> visit;
  std::string unsent;

  std::uint64_t key() const { return std::uint64_t{generation} << 32 | place; }
};

}  // namespace nightjar
