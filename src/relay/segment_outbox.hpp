#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "live/segment_names.hpp"

namespace nightjar {

/// The closed segments of a sensor on their way to the central node. What was acknowledged stands in "sent-SENSOR.list" beside them, so
/// that nothing is sent again after a restart. Owned by one thread.
class SegmentOutbox {
 public:
  /// `sensor`: that the segments' names begin with.
  static Result<SegmentOutbox> open(const std::filesystem::path& folder, const std::string& sensor);

  /// Closed segments that were not acknowledged, oldest first.
  Result<std::vector<Segment>> waiting() const;
  /// The central node has it for good. On the disk before this returns.
  Result<void> acknowledged(const Segment& segment);
  /// Deletes acknowledged segments that are older than so many days; what nobody acknowledged is never deleted. Returns how many. 0 days:
  /// at once.
  Result<std::size_t> forget_sent(std::int64_t now_ns, std::int64_t days);

 private:
  SegmentOutbox(std::filesystem::path folder, std::string sensor) : folder_(std::move(folder)), sensor_(std::move(sensor)) {}
  std::filesystem::path list() const { return folder_ / ("sent-" + sensor_ + ".list"); }
  bool was_sent(const Segment& segment) const;

  std::filesystem::path folder_;
  std::string sensor_;
  std::map<std::string, std::uint64_t> sent_;  ///< name to bytes
};

}  // namespace nightjar
