#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "budget/secret.hpp"
#include "budget/source_key.hpp"

namespace nightjar::budget {

/// A fixed number of entries by source. Each key has 16 places, in two groups of 8 that a keyed hash chooses; a new key takes an empty one
/// or that of an entry which is idle: one that restricts nothing any more. Where there is none the key stays out, and whoever asks must not
/// allow it anything. All memory is taken by the constructor.
template <class Entry>
class KeyedTable {
 public:
  /// `entries` is rounded up to a power of 2, at least 16.
  KeyedTable(std::size_t entries, Secret secret)
      : groups_(std::bit_ceil(entries < kGroup * 2 ? kGroup * 2 : entries) / kGroup),
        secret_(secret),
        keys_(groups_ * kGroup, SourceKey::none),
        entries_(groups_ * kGroup) {}

  /// Null where the key has no entry. The pointer stays right until a claim gives its place away.
  Entry* find(SourceKey key) {
    const Groups groups = groups_of(key);
    for (const std::size_t group : {groups.first, groups.second}) {
      for (std::size_t i = group; i < group + kGroup; ++i) {
        if (keys_[i] == key) return &entries_[i];
      }
    }
    return nullptr;
  }

  /// Whether `claim` would give an entry.
  template <class Idle>
  bool has_place(SourceKey key, Idle idle) {
    return find(key) != nullptr || free_place(groups_of(key), idle) != kNowhere;
  }

  /// The entry of the key, a new one (Entry()) where it has none; null where all its places are taken. `idle(const Entry&)`: nothing is
  /// lost with this one.
  template <class Idle>
  Entry* claim(SourceKey key, Idle idle) {
    if (Entry* known = find(key)) return known;
    const std::size_t place = free_place(groups_of(key), idle);
    if (place == kNowhere) return nullptr;
    keys_[place] = key;
    entries_[place] = Entry();
    return &entries_[place];
  }

  /// Calls `see(key, entry)` for every entry, idle ones too.
  template <class See>
  void for_each(See see) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i] != SourceKey::none) see(keys_[i], entries_[i]);
    }
  }

  std::size_t capacity() const { return keys_.size(); }
  std::size_t memory_bytes() const { return keys_.size() * (sizeof(SourceKey) + sizeof(Entry)); }

 private:
  static constexpr std::size_t kGroup = 8;  // keys in one line of the cache
  static constexpr std::size_t kNowhere = ~std::size_t{0};
  struct Groups {
    std::size_t first, second;
  };
  Groups groups_of(SourceKey key) const {
    const std::uint64_t hash = sip_hash(secret_, static_cast<std::uint64_t>(key));
    return {(hash & (groups_ - 1)) * kGroup, (hash >> 32 & (groups_ - 1)) * kGroup};
  }
  /// In the emptier of the two groups, so that all fill alike.
  template <class Idle>
  std::size_t free_place(const Groups& groups, Idle idle) const {
    std::size_t best = kNowhere, most_free = 0;
    for (const std::size_t group : {groups.first, groups.second}) {
      std::size_t free = 0, place = kNowhere;
      for (std::size_t i = group; i < group + kGroup; ++i) {
        if (keys_[i] != SourceKey::none && !idle(entries_[i])) continue;
        ++free;
        place = i;
      }
      if (free <= most_free) continue;
      most_free = free;
      best = place;
    }
    return best;
  }

  std::size_t groups_;  // a power of 2
  Secret secret_;
  std::vector<SourceKey> keys_;
  std::vector<Entry> entries_;
};

}  // namespace nightjar::budget
