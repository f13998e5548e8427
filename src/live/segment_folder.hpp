#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "live/segment_names.hpp"

namespace nightjar {

/// The folder that a sensor's segments lie in, between captures and beside a running one.
class SegmentFolder {
 public:
  SegmentFolder(std::filesystem::path folder, std::string sensor) : folder_(std::move(folder)), sensor_(std::move(sensor)) {}

  const std::filesystem::path& path() const { return folder_; }
  const std::string& sensor() const { return sensor_; }

  /// Makes the folder if need be, and cuts segments that a crash left (behind their last complete record; files that hold no packet and no
  /// count are deleted). Only while nobody captures into it. Answers when the capture before this one was last alive: nothing if there is
  /// none.
  Result<std::optional<std::int64_t>> recover() const;

  /// Segments that are not compressed, oldest first.
  Result<std::vector<Segment>> plain() const;

  /// Puts the segment's zstd beside it (written aside, flushed, renamed) and deletes the plain file. Its content stays the same byte by
  /// byte.
  static Result<void> compress(const Segment& segment);

  /// Deletes the oldest compressed segments until those left are younger than `days` and together at most `bytes`; 0: no limit.
  /// Returns what was deleted.
  Result<std::vector<Segment>> forget_old(std::int64_t now_ns, std::int64_t days, std::uint64_t bytes) const;

 private:
  std::filesystem::path folder_;
  std::string sensor_;
};

}  // namespace nightjar
