#pragma once
#include <atomic>

#include "base/result.hpp"
#include "live/capture_progress.hpp"
#include "live/packet_ring.hpp"
#include "live/segment_writer.hpp"

namespace nightjar {

/// Empties a ring into segments until `stop` is set; then takes what the ring still holds, closes the segment and returns. May die anywhere
/// and be begun anew with the same ring and progress: every packet of the ring is written once. `gap`: what to write beside the first sign
/// of life of this capture, empty for none. Fails when the segments cannot be written for another reason than a full disk.
Result<void> empty_ring(PacketRing& ring, SegmentWriter& writer, CaptureProgress& progress, const std::atomic<bool>& stop, std::string gap);

/// Packets that an interface lost before the kernel had them (rx_missed_errors, rx_fifo_errors, rx_dropped of /sys/class/net); 0 where it
/// does not say.
std::uint64_t interface_drops(const std::string& interface);

}  // namespace nightjar
