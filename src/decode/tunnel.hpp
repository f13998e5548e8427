#pragma once
#include "decode/decode.hpp"
#include "decode/link.hpp"
#include "net/packet.hpp"

namespace nightjar::wire {

/// Tunnels inside tunnels that are followed.
inline constexpr unsigned kMaxTunnels = 8;

/// What a tunnel's payload turned out to be.
struct Tunnelled {
  bool is_tunnel = false;  ///< false: an ordinary packet, or a tunnel not asked for, or one that carries nothing known
  Linked inner;            ///< the frame inside; `reason` says why it cannot be read
};

/// Looks whether `payload`, which follows the IP header in `packet`, is a tunnel that `options` ask to unpack.
Tunnelled open_tunnel(const Packet& packet, Bytes payload, const DecodeOptions& options);

}  // namespace nightjar::wire
