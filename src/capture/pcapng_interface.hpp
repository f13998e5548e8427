#pragma once
#include <cstdint>
#include <span>

namespace nightjar {

/// An interface as its Interface Description Block describes it (draft-ietf-opsawg-pcapng, section 4.2).
struct PcapngInterface {
  std::uint16_t link_type = 0;
  std::uint32_t snapshot_length = 0;  ///< 0: no limit
  std::int64_t offset_seconds = 0;    ///< if_tsoffset, added to every time
  /// One tick is 10^-exponent or, if `binary`, 2^-exponent seconds (if_tsresol; microseconds where it is missing).
  std::uint8_t exponent = 6;
  bool binary = false;
  std::uint64_t drops = 0;  ///< highest sum of if_drop and os_drop so far (Interface Statistics Blocks count from the start)

  /// Nanoseconds since 1970 (rounded down); what does not fit is the nearest time that does.
  std::int64_t time_ns(std::uint64_t ticks) const;
};

/// The body of an Interface Description Block, behind type and length and without the length at its end (at least 8
/// bytes). Options that contradict themselves end the list of options.
PcapngInterface read_interface(std::span<const std::uint8_t> body, bool big_endian);

/// Packets that an Interface Statistics Block's options (`options`: behind its fixed part) call dropped: by the
/// interface (which is what libpcap's ps_drop is written as) and by the operating system.
std::uint64_t read_dropped(std::span<const std::uint8_t> options, bool big_endian);

/// What `nightjar capture` says in the comment of an Interface Statistics Block: "nightjar gap from T to T", "nightjar clock step N ms",
/// several with "; " between them.
struct CaptureRemarks {
  std::uint64_t gaps = 0;         ///< stretches of time before it in which nothing captured
  std::uint64_t clock_steps = 0;  ///< times the clock was set
};
CaptureRemarks read_remarks(std::span<const std::uint8_t> options, bool big_endian);

}  // namespace nightjar
