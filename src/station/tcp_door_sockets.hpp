#pragma once
#include <cstdint>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "net/address.hpp"

struct sockaddr_storage;

namespace nightjar {

/// An address and a TCP port of it.
struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Of a socket's address; IPv4 in IPv6's clothes (::ffff:0:0/96) is told as IPv4, other families as version 0.
Endpoint endpoint_of(const sockaddr_storage& address);

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);  // what was ours goes with the other
    return *this;
  }
  ~Descriptor();
  int number() const { return number_; }  ///< -1: none

 private:
  int number_ = -1;
};

/// What a door's listening socket is for.
enum class DoorSocket : std::uint8_t {
  plain,       ///< it is at the port that clients call
  transparent  ///< the kernel hands it conversations to other addresses and ports (TPROXY, REDIRECT); needs CAP_NET_ADMIN
};

/// A listening, non-blocking socket with small buffers, inherited by what it accepts. An address of zeros: all of its version. Gives a
/// Descriptor without number where this machine has no IPv6. Fails with a sentence: no right, port taken, no such address.
Result<Descriptor> listen_at(const Endpoint& endpoint, DoorSocket kind);

/// Where the client of an accepted connection wanted to go: its socket's own address, which is the real one with TPROXY and plain sockets.
std::optional<Endpoint> local_endpoint(int connection);
/// The same as connection tracking remembers it from before REDIRECT. `version`: of its address, 4 or 6.
std::optional<Endpoint> redirected_endpoint(int connection, std::uint8_t version);

}  // namespace nightjar
