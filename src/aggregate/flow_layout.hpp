#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "aggregate/flow_record.hpp"

namespace nightjar {

/// Where records go before they are sorted: buckets of about equal size that follow one another in the table's order, cut by a
/// sample of the traffic. A bucket fits a core's cache; sorting bucket after bucket sorts the whole.
class FlowLayout {
 public:
  static constexpr std::size_t kBuckets = 512;

  /// Cuts by a sample of at least one record. A sample that does not look like the rest costs speed, never correctness.
  explicit FlowLayout(std::span<const FlowRecord> sample);

  std::size_t buckets() const { return cuts_.size() + 1; }
  /// Number of cuts at or below the record's place: its bucket.
  std::size_t bucket_of(std::uint64_t place) const {
    const std::uint64_t slot = place >> FlowRecord::kPortShift;
    const Range range = is_tabled(slot) ? ranges_[table_index(slot)] : Range{0, static_cast<std::uint16_t>(cuts_.size())};
    std::size_t low = range.first, high = range.last;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (cuts_[middle] <= place)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

 private:
  /// First and last possible bucket of a (protocol, port), kept for TCP and UDP; the others search all cuts.
  struct Range {
    std::uint16_t first, last;
  };
  static constexpr bool is_tabled(std::uint64_t slot) { return slot >> 16 == protocol::kTcp || slot >> 16 == protocol::kUdp; }
  static constexpr std::size_t table_index(std::uint64_t slot) { return (slot & 0xffff) | (slot >> 16 == protocol::kTcp ? 0 : 0x10000); }
  Range search(std::uint64_t slot) const;

  std::vector<std::uint64_t> cuts_;  ///< ascending
  std::vector<Range> ranges_;
};

/// The layout that all workers of a batch share: made by the first that has a sample.
class SharedLayout {
 public:
  const FlowLayout& get(std::span<const FlowRecord> sample);
  /// Null before the first `get`.
  const FlowLayout* made() const { return layout_.get(); }

 private:
  std::mutex mutex_;
  std::unique_ptr<const FlowLayout> layout_;
};

}  // namespace nightjar
