#pragma once
#include <cstdint>
#include <span>

#include "net/undecodable.hpp"

namespace nightjar::wire {

using Bytes = std::span<const std::uint8_t>;

/// The network layer that a link header announces. `any_ip`: the version nibble decides.
enum class Network : std::uint8_t { not_ip, ipv4, ipv6, any_ip };

/// What is left of a frame without its link headers.
struct Linked {
  Undecodable reason = Undecodable::none;
  Network network = Network::not_ip;
  Bytes bytes;  ///< from the first byte of the network header to the end of the frame; empty unless it is IP
};

/// Tags, labels and encapsulations that one frame may stack. Provider networks stack four or five; an endless stack is an attack.
inline constexpr unsigned kMaxLinkHeaders = 16;

/// Strips link header, tags and labels of a frame captured as `link_type` (LINKTYPE_ number).
Linked strip_link(std::uint16_t link_type, Bytes frame);

/// The same for what tunnels carry: an Ethernet frame, a PPP frame, or bytes behind an EtherType.
Linked strip_ethernet(Bytes frame);
Linked strip_ppp(Bytes frame);
Linked strip_ethertype(std::uint16_t ethertype, Bytes bytes);

/// An 802.11 frame, and one behind a radiotap header: the bytes of the LLC header they carry. `llc` is empty where the frame
/// carries no readable data (management, control, encrypted).
struct Wireless {
  Undecodable reason = Undecodable::none;
  Bytes llc;
};
Wireless strip_wireless(Bytes frame, bool padded);
Wireless strip_radiotap(Bytes frame);

/// True for a link type that `strip_link` knows.
bool knows_link_type(std::uint16_t link_type);

}  // namespace nightjar::wire
