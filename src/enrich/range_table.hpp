#pragma once
#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace nightjar {

/// An IPv4 address as a key of a RangeTable.
struct Key4 {
  std::uint32_t value = 0;

  static constexpr Key4 highest() { return {std::numeric_limits<std::uint32_t>::max()}; }
  constexpr Key4 next() const { return {value + 1}; }
  /// Ascending with the key, below kBuckets.
  constexpr std::size_t bucket() const { return value >> 16; }
  static constexpr std::size_t kBuckets = 65536;
  friend constexpr auto operator<=>(const Key4&, const Key4&) = default;
};

/// An IPv6 address as a key of a RangeTable.
struct Key6 {
  std::uint64_t high = 0, low = 0;

  static constexpr Key6 highest() { return {~0ULL, ~0ULL}; }
  constexpr Key6 next() const { return {low == ~0ULL ? high + 1 : high, low + 1}; }
  /// All allocated addresses are in 2000::/3, so the 16 bits behind those three spread them best.
  constexpr std::size_t bucket() const { return high >> 61 == 0 ? 0 : high >> 61 > 1 ? 65537 : 1 + (high >> 45 & 0xffff); }
  static constexpr std::size_t kBuckets = 65538;
  friend constexpr auto operator<=>(const Key6&, const Key6&) = default;
};

/// A number for every key, given as ranges; 0 where none was given. Built once, then read by any number of threads.
template <class Key>
class RangeTable {
 public:
  /// Adds first..last (both included, first not above last). Ranges must come in ascending order of `first`; false
  /// (and not added) otherwise. Where ranges overlap, the one added last answers, as the more specific.
  bool add(Key first, Key last, std::uint32_t value) {
    assert(first <= last);
    if (first < newest_first_) return false;
    newest_first_ = first;
    while (!open_.empty() && open_.back().last < first) close_innermost();
    drop_covered(last);
    start(first, value);
    open_.push_back({last, value});
    return true;
  }

  /// To be called once, after the last `add` and before the first `find`.
  void finish() {
    while (!open_.empty()) close_innermost();
    open_ = {};
    entries_.shrink_to_fit();
    index_.assign(Key::kBuckets + 1, 0);
    for (const Entry& entry : entries_) ++index_[entry.start.bucket() + 1];
    for (std::size_t i = 1; i < index_.size(); ++i) index_[i] += index_[i - 1];
  }

  std::uint32_t find(Key key) const {
    const std::size_t bucket = key.bucket();
    // The entry wanted is the last that starts at or before the key: in the key's bucket, or the last one before it.
    const Entry* entry = entries_.data() + index_[bucket];
    std::size_t count = index_[bucket + 1] - index_[bucket];
    while (count > 0) {
      const std::size_t half = (count + 1) / 2;
      entry = entry[half - 1].start <= key ? entry + half : entry;
      count -= half;
    }
    return entry[-1].value;
  }

  /// No key has a number.
  bool empty() const { return entries_.size() == 1 && entries_[0].value == 0; }
  /// Ranges of equal value, gaps among them.
  std::size_t size() const { return entries_.size(); }
  /// Where range `i` of `size()` starts; it ends before the next one, the last at the highest key. The first starts at the lowest.
  Key start_of(std::size_t i) const { return entries_[i].start; }
  std::uint32_t value_of(std::size_t i) const { return entries_[i].value; }

 private:
  struct Entry {
    Key start;
    std::uint32_t value;
  };
  struct Open {
    Key last;
    std::uint32_t value;
  };

  /// From `key` on the value is `value`.
  void start(Key key, std::uint32_t value) {
    if (entries_.back().start == key) entries_.pop_back();
    if (entries_.empty() || entries_.back().value != value) entries_.push_back({key, value});
  }
  void drop_covered(Key last) {
    while (!open_.empty() && open_.back().last <= last) open_.pop_back();
  }
  /// The innermost open range ends: the one around it goes on, if there is one.
  void close_innermost() {
    const Key last = open_.back().last;
    drop_covered(last);
    if (last != Key::highest()) start(last.next(), open_.empty() ? 0 : open_.back().value);
  }

  std::vector<Entry> entries_ = {{Key{}, 0}};  ///< the first starts at the lowest key: every key has an entry
  std::vector<std::uint32_t> index_;           ///< [bucket]: number of entries that start in lower buckets
  std::vector<Open> open_;                     ///< ranges around the newest `first`, outermost first, ends descending
  Key newest_first_{};
};

}  // namespace nightjar
