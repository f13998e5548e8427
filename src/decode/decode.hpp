#pragma once
#include <cstdint>
#include <string_view>

#include "net/packet.hpp"
#include "net/undecodable.hpp"

namespace nightjar {

/// Which tunnels to look into. Without any, only the outermost IP header counts.
struct DecodeOptions {
  bool gre = false;     ///< GRE (and what it carries: IPv4, IPv6, Ethernet)
  bool ipip = false;    ///< IPv4 and IPv6 in IPv4 and IPv6 (protocols 4 and 41)
  bool vxlan = false;   ///< UDP port 4789
  bool erspan = false;  ///< ERSPAN types I, II and III in GRE
};

/// Reads a frame: link header, tags, IP, transport. No allocation, never beyond `raw.captured`, never an exception.
/// Returns `none` and a filled Packet; or `none` with ip_version 0 for a frame without IP; or the reason of the first
/// header that failed, with every field before it filled (so a truncated TCP header still has addresses and protocol).
Undecodable decode(const RawPacket& raw, const DecodeOptions& options, Packet& packet);

/// "EN10MB" for 1, "RAW" for 101 ...; "LINKTYPE 147" for one without a name here.
std::string_view link_type_name(std::uint16_t link_type);
bool link_type_supported(std::uint16_t link_type);

}  // namespace nightjar
