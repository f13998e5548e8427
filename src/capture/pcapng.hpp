#pragma once
#include <memory>
#include <span>

#include "capture/record_format.hpp"

namespace nightjar {

/// The next generation capture file (draft-ietf-opsawg-pcapng): sections, each with its own byte order and interfaces.
/// Packets come from Enhanced, Simple and the obsolete Packet Blocks; drops from Interface Statistics Blocks; every
/// other block is skipped. Simple Packet Blocks have no time: theirs is that of the packet before, 0 if there is none.
inline constexpr std::size_t kPcapngHeadBytes = 12;
/// Whether the head (at least kPcapngHeadBytes) is a Section Header Block with a byte order.
bool begins_pcapng(std::span<const std::uint8_t> head);
std::unique_ptr<RecordFormat> make_pcapng();

}  // namespace nightjar
