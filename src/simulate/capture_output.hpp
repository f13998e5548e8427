#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"

struct ZSTD_CCtx_s;

namespace nightjar::simulate {

/// Where a capture's bytes go: one file after the other, each called NAME.part until it is whole, or standard output; as they are or
/// as zstd (level 3, with a checksum). Errors are sentences that name the file.
class CaptureOutput {
 public:
  explicit CaptureOutput(bool zstd) : zstd_(zstd) {}
  /// A file that was not completed stays a .part.
  ~CaptureOutput();
  CaptureOutput(const CaptureOutput&) = delete;
  CaptureOutput& operator=(const CaptureOutput&) = delete;

  /// `path` is the final name. What a former run left under it or as its .part is replaced.
  Result<void> open_file(std::filesystem::path path);
  Result<void> open_standard_output();
  bool is_open() const { return descriptor_ >= 0; }
  Result<void> write(std::span<const std::uint8_t> bytes);
  /// Writes what compression holds back, closes the file and gives it its name. Not flushed to the disk: what a power failure takes
  /// is made again by the same command.
  Result<void> complete();

 private:
  struct FreeCompression {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  Result<void> begin_compression();
  Result<void> compress(std::span<const std::uint8_t> bytes, bool end);
  Result<void> write_out(std::span<const std::uint8_t> bytes);

  const bool zstd_;
  int descriptor_ = -1;
  std::filesystem::path path_, part_;  ///< empty for standard output
  std::unique_ptr<ZSTD_CCtx_s, FreeCompression> compression_;
  std::vector<std::uint8_t> compressed_;
};

}  // namespace nightjar::simulate
