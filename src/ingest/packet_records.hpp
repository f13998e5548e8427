#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "net/packet.hpp"

namespace nightjar {

/// Whether a pcap file can hold this time: seconds since 1970 in 32 bits.
bool fits_pcap(std::int64_t time_ns);

/// Header of a pcap file in nanoseconds, in this machine's byte order, and one record with its packet.
void append_pcap_header(std::string& out, std::uint16_t link_type, std::uint32_t snapshot_length);
void append_pcap_record(std::string& out, const RawPacket& packet);

/// Section and interface blocks of a pcapng file in nanoseconds, an interface a link type; `remark` as the section's comment unless empty.
void append_pcapng_header(std::string& out, std::span<const std::uint16_t> link_types, std::uint32_t snapshot_length,
                          const std::string& remark);
/// An enhanced packet block of the interface of this number.
void append_pcapng_record(std::string& out, const RawPacket& packet, std::uint32_t interface);

}  // namespace nightjar
