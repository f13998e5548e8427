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
/// sample of the traffic. A bucket fits a core's cache; sorting bucket after bucket sorts the whole. Cuts lie between ports, or for
/// a port with much traffic between blocks of its sources, so that a table finds the bucket: searching among cuts costs a wrongly
/// predicted branch a step (docs/performance.md).
class FlowLayout {
 public:
  /// More would not stay in the first-level cache while they are filled, fewer not in the second while they are sorted.
  static constexpr std::size_t kBuckets = 128;

  /// Cuts by a sample of at least one record. A sample that does not look like the rest costs speed, never correctness.
  explicit FlowLayout(std::span<const FlowRecord> sample);

  std::size_t buckets() const { return cuts_.size() + 1; }
  /// Number of cuts at or below the record's place: its bucket.
  std::size_t bucket_of(std::uint64_t place) const {
    const std::uint64_t slot = place >> FlowRecord::kPortShift;
    if (slot >> 16 != protocol::kTcp && slot >> 16 != protocol::kUdp) return search(place);
    const std::uint32_t entry = ports_[table_index(slot)];
    return entry < kBuckets ? entry : blocks_[entry - kBuckets][place >> kBlockShift & (kBlocks - 1)];
  }

 private:
  /// Sources are told apart by their first 10 bits: a /10 is the smallest block that a cut respects.
  static constexpr int kBlockBits = 10, kBlockShift = FlowRecord::kSrcShift + 32 - kBlockBits;
  static constexpr std::size_t kBlocks = std::size_t{1} << kBlockBits;

  static constexpr std::size_t table_index(std::uint64_t slot) { return (slot & 0xffff) | (slot >> 16 == protocol::kTcp ? 0 : 0x10000); }
  std::size_t search(std::uint64_t place) const;

  std::vector<std::uint64_t> cuts_;                         ///< ascending
  std::vector<std::uint32_t> ports_;                        ///< TCP, then UDP: the bucket, or kBuckets + index into blocks_
  std::vector<std::array<std::uint16_t, kBlocks>> blocks_;  ///< of a port with cuts inside: bucket by block of sources
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
