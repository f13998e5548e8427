#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "capture/reader.hpp"

namespace nightjar {

/// Standard input whose first bytes are looked at before it is read or put aside: what was taken from the pipe for that comes again.
/// Holds no more than these bytes; one thread.
class PeekedInput {
 public:
  PeekedInput();
  ~PeekedInput();
  PeekedInput(const PeekedInput&) = delete;
  PeekedInput& operator=(const PeekedInput&) = delete;

  /// The first kHeadBytes bytes, decompressed; fewer where it is shorter, or cannot be read or decompressed so far. Waits for them.
  std::span<const std::uint8_t> head();
  /// Reads all of it, as CaptureReader::open. It or `put_aside`, once.
  Result<std::unique_ptr<CaptureReader>> open(const CaptureReader::Options& options);
  /// Copies all of it to a file, as it comes (for captures that must be read twice). Where that fails no file is left.
  Result<void> put_aside(const std::filesystem::path& path);

 private:
  struct Kept;
  class Keeping;
  class Replayed;
  Result<void> begin();

  std::shared_ptr<Kept> kept_;
  std::vector<std::uint8_t> head_;
};

}  // namespace nightjar
