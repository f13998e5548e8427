#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "capture/record_format.hpp"

namespace nightjar {

/// A capture's format, and how many bytes stand before its first record.
struct RecognisedFormat {
  std::unique_ptr<RecordFormat> format;
  std::size_t header_bytes = 0;
};

/// How many first bytes `recognise` wants to see, given those that are there (fewer may be all there is).
std::size_t wanted_head_bytes(std::span<const std::uint8_t> head);

/// Which format these first decompressed bytes are. Fails with a sentence that begins with `name`.
Result<RecognisedFormat> recognise(std::span<const std::uint8_t> head, const std::string& name, PacketTally& tally);

}  // namespace nightjar
