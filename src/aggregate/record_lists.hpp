#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "aggregate/flow_record.hpp"

namespace nightjar {

/// Memory for record lists of one worker: taken from the system in slabs of 2 MiB (one huge page each where the kernel gives
/// them), given back only when the arena dies. Used again after `reset`: memory that the kernel has to clear first costs more
/// than all the rest of the way of a packet (docs/performance.md).
class RecordArena {
 public:
  /// Memory for `count` records, valid until `reset`.
  FlowRecord* take(std::size_t count);
  void reset() {
    slab_ = 0;
    used_ = 0;
  }
  /// Of the slabs in use.
  std::uint64_t bytes() const { return (slabs_.empty() ? 0 : slab_ + 1) * kSlabRecords * sizeof(FlowRecord); }

 private:
  static constexpr std::size_t kSlabRecords = (std::size_t{2} << 20) / sizeof(FlowRecord);
  struct Free {
    void operator()(FlowRecord* slab) const;
  };
  std::vector<std::unique_ptr<FlowRecord, Free>> slabs_;
  std::size_t slab_ = 0;  ///< the one that is being filled
  std::size_t used_ = 0;  ///< records of it that are taken
};

/// Records in the order they came, in growing pieces: appending never moves what is there.
class RecordList {
 public:
  /// The place for one more record, which the caller fills field by field: a copy of a record just made on the stack waits for
  /// its three stores before it can be read with two loads (docs/performance.md).
  FlowRecord& next(RecordArena& arena) {
    if (at_ == end_) grow(arena);
    // The list's next line is on its way while packets of other lists are counted (docs/performance.md).
    __builtin_prefetch(at_ + 3, 1);
    return *at_++;
  }
  std::size_t size() const;
  void append_to(std::vector<FlowRecord>& records) const;

 private:
  struct Piece {
    FlowRecord* begin;
    std::size_t size;
  };
  void grow(RecordArena& arena);

  FlowRecord* at_ = nullptr;
  FlowRecord* end_ = nullptr;
  std::vector<Piece> pieces_;  ///< all are full but the last
};

}  // namespace nightjar
