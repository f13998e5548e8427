#pragma once
#include <memory>
#include <span>

#include "base/result.hpp"
#include "capture/record_format.hpp"

namespace nightjar {

/// The classic capture file of libpcap (draft-ietf-opsawg-pcap, libpcap's sf-pcap.c).
inline constexpr std::size_t kPcapHeaderBytes = 24;

/// Whether these first bytes (at least 4) are one of its magic numbers, in either byte order.
bool begins_pcap(std::span<const std::uint8_t> head);
/// A reader for the records behind the header; tells the tally the link type. Fails with a clause ("has ...") for a
/// version or variant that nobody can read. `head`: at least kPcapHeaderBytes.
Result<std::unique_ptr<RecordFormat>> make_pcap(std::span<const std::uint8_t> head, PacketTally& tally);

}  // namespace nightjar
