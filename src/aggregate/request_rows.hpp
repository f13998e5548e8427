#pragma once
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/hash.hpp"

namespace nightjar {

/// What makes a row of `requests` one row.
struct RequestKey {
  std::uint64_t src = 0, src_low = 0;
  std::int64_t minute = 0;
  std::uint16_t port = 0, sensor = 0;
  std::uint8_t ip_version = 0, service = 0;

  friend bool operator==(const RequestKey&, const RequestKey&) = default;
  friend bool operator<(const RequestKey& a, const RequestKey& b) {
    const auto order = [](const RequestKey& key) {
      return std::tie(key.src, key.src_low, key.port, key.sensor, key.minute, key.ip_version, key.service);
    };
    return order(a) < order(b);
  }
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, const RequestKey& key) {
    const std::uint64_t rest = std::uint64_t{key.port} << 32 | std::uint64_t{key.sensor} << 16 | key.ip_version << 8u | key.service;
    return Hash::combine(std::move(hash), key.src, key.src_low, key.minute, rest);
  }
};

/// What a row adds up.
struct RequestSums {
  std::uint64_t packets = 0, bytes_in = 0, bytes_out = 0, replies = 0, request_bytes = 0, reply_bytes = 0;
  std::string_view query;
  std::uint32_t kinds = 0;
  std::uint16_t first_ms = 0xffff, last_ms = 0;
};

struct RequestEntry {
  RequestKey key;
  RequestSums sums;
};

/// Rows in the order they came, in blocks that never move, and where each is by its key. A hash map of whole rows would hold up to twice
/// their size, three times while it grows, and move them all: a flood of sources is when memory and time are short.
class RequestRows {
 public:
  RequestRows() = default;
  RequestRows(const RequestRows&) = delete;  // `places_` knows where it lives
  RequestRows& operator=(const RequestRows&) = delete;

  std::size_t size() const { return size_; }
  /// The row that came `index` others after the first.
  RequestEntry& at(std::size_t index) const { return (*blocks_[index / kBlock])[index % kBlock]; }
  /// Null where there is none.
  const RequestEntry* find(const RequestKey& key) const {
    const auto place = places_.find(Probe{hash_of(key), key});
    return place == places_.end() ? nullptr : &at(place->index);
  }
  /// References stay valid for as long as this lives.
  RequestEntry& find_or_add(const RequestKey& key) {
    const Probe probe{hash_of(key), key};
    if (const auto place = places_.find(probe); place != places_.end()) return at(place->index);
    places_.insert({probe.hash, static_cast<std::uint32_t>(size_)});
    if (size_ % kBlock == 0) blocks_.push_back(std::make_unique<Block>());
    RequestEntry& entry = at(size_++);
    entry.key = key;
    return entry;
  }
  std::uint64_t memory_bytes() const {
    return blocks_.size() * sizeof(Block) + blocks_.capacity() * sizeof(blocks_[0]) + places_.capacity() * (sizeof(Place) + 1);
  }

 private:
  static constexpr std::size_t kBlock = 256;
  using Block = std::array<RequestEntry, kBlock>;
  struct Place {
    std::uint32_t hash, index;
  };
  struct Probe {
    std::uint32_t hash;
    const RequestKey& key;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Place& place) const { return mix64(place.hash); }
    std::size_t operator()(const Probe& probe) const { return mix64(probe.hash); }
  };
  struct Equal {
    using is_transparent = void;
    const RequestRows* store;
    bool operator()(const Place& a, const Place& b) const { return a.index == b.index; }
    bool operator()(const Place& a, const Probe& b) const { return a.hash == b.hash && store->at(a.index).key == b.key; }
    bool operator()(const Probe& a, const Place& b) const { return (*this)(b, a); }
  };
  /// Seeded by the library, so that nobody can choose sources that fall together.
  static std::uint32_t hash_of(const RequestKey& key) { return static_cast<std::uint32_t>(absl::Hash<RequestKey>()(key)); }

  std::vector<std::unique_ptr<Block>> blocks_;
  absl::flat_hash_set<Place, Hash, Equal> places_{0, Hash(), Equal{this}};
  std::size_t size_ = 0;
};

}  // namespace nightjar
