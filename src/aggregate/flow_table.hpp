#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "aggregate/flow_layout.hpp"
#include "aggregate/record_lists.hpp"
#include "net/packet.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// One day's packets of one worker. Few packets wait in one list, many are sorted into the layout's buckets.
struct FlowDay {
  RecordList unsorted;
  std::vector<RecordList> buckets;         ///< empty until the day is large
  std::vector<std::vector<FlowRow>> wide;  ///< what does not fit a FlowRecord (IPv6, jumbograms), by hash of the source
  std::uint64_t records = 0;
};

/// One worker's packets of a batch, on their way to become rows of `flows`. Not thread safe: one a worker; the workers'
/// tables meet in FlowStream.
class FlowTable {
 public:
  /// `layout` is shared by the tables of a batch and must outlive them.
  explicit FlowTable(SharedLayout& layout) : layout_(layout) {}

  /// Counts a decoded IP packet.
  void add(const Packet& packet, std::uint16_t sensor, TrafficClass traffic_class, std::uint32_t facts, std::uint16_t port,
           std::uint8_t destination_index);

  /// Packets since the last `clear`.
  std::uint64_t packets() const { return packets_; }
  /// Forgets all packets; keeps the memory for the next.
  void clear();
  /// Memory held, in bytes (within a few percent).
  std::uint64_t memory_bytes() const { return arena_.bytes() + wide_rows_ * sizeof(FlowRow) + days_.size() * sizeof(FlowDay); }

  std::map<std::int64_t, FlowDay>& days() { return days_; }
  /// Sorts a day's waiting records into the buckets of the layout, made from them if there is none yet. Safe for several threads, each
  /// with another day: days are written side by side, and all take memory from the one arena.
  void spread(FlowDay& day);

 private:
  FlowDay& day_of_packet(std::int64_t day);
  void add_wide(FlowDay& day, const Packet& packet, const FlowRow& row);

  SharedLayout& layout_;
  std::mutex spreading_;
  RecordArena arena_;
  std::map<std::int64_t, FlowDay> days_;
  std::int64_t last_day_ = 0;
  FlowDay* last_ = nullptr;
  std::uint64_t packets_ = 0;
  std::uint64_t wide_rows_ = 0;
};

}  // namespace nightjar
