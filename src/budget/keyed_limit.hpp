#pragma once
#include <cstddef>
#include <cstdint>

#include "budget/keyed_table.hpp"
#include "budget/rolling_count.hpp"

namespace nightjar::budget {

/// At most `limit` for each source in any window of `window_ns`: SYN-ACKs to an address in a minute, say. Sources that were allowed nothing
/// in the last window take no place; where the places are taken by others, a new source is allowed nothing.
class KeyedLimit {
 public:
  struct Settings {
    std::uint16_t limit;       ///< 1 to 1000
    std::int64_t window_ns;    ///< at least 1 microsecond
    std::size_t most_sources;  ///< about 28 bytes each
  };
  KeyedLimit(const Settings& settings, Secret secret);

  /// Whether one more is allowed. Several limits that must all allow are asked first, and spent then.
  bool allows(SourceKey source, std::int64_t now_ns);
  /// Counts one; false where the source could not be given a place, which `allows` had said before.
  bool spend(SourceKey source, std::int64_t now_ns);

  std::size_t memory_bytes() const { return table_.memory_bytes(); }

 private:
  static constexpr unsigned kParts = 6;
  using Count = RollingCount<std::uint16_t, kParts>;
  std::uint32_t slot(std::int64_t now_ns);

  std::uint16_t limit_;
  std::int64_t slot_ns_;
  std::uint32_t latest_ = 1;
  KeyedTable<Count> table_;
};

}  // namespace nightjar::budget
