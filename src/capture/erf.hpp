#pragma once
#include <memory>
#include <span>

#include "capture/record_format.hpp"

namespace nightjar {

/// Endace's Extensible Record Format (ERF types reference guide EDM11-01; Wireshark's wiretap/erf.c). It has no magic
/// number: `looks_like_erf` wants the first records, as far as `head` holds them, to be plausible one after the other.
inline constexpr std::size_t kErfHeaderBytes = 16;
/// Enough of the head to judge: the longest record has 65,535 bytes.
inline constexpr std::size_t kErfHeadBytes = 1 << 17;
/// Whether it is worth reading kErfHeadBytes (`head`: at least kErfHeaderBytes).
bool may_be_erf(std::span<const std::uint8_t> head);
bool looks_like_erf(std::span<const std::uint8_t> head);
std::unique_ptr<RecordFormat> make_erf();

}  // namespace nightjar
