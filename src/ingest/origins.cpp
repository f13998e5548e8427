#include "ingest/origins.hpp"

#include "base/hash.hpp"

namespace nightjar {

/// Direct-mapped: a new source takes the place of the one before. 12 MB a thread.
struct Origins::Cache {
  static constexpr std::size_t kSlots = std::size_t{1} << 19;
  struct Slot {
    std::uint64_t src = ~0ULL;
    Origin origin;
  };
  std::vector<Slot> slots = std::vector<Slot>(kSlots);
};

Origins::Origins(std::shared_ptr<const Geolocation> data) : data_(std::move(data)) {}
Origins::~Origins() = default;

Origin Origins::lookup(Cache& cache, std::uint8_t ip_version, std::uint64_t src, std::uint64_t src_low) const {
  // Data sets know IPv6 by /48 at the most, so the upper half of an address is enough to remember.
  Cache::Slot& slot = cache.slots[mix64(src) >> 45];
  if (slot.src != src) slot = {src, data_->lookup(ip_version, src, src_low)};
  return slot.origin;
}

template <class Row>
void Origins::fill_rows(std::span<Row> rows) {
  std::unique_ptr<Cache> cache;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      cache = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!cache) cache = std::make_unique<Cache>();
  for (Row& row : rows) {
    const Origin origin = lookup(*cache, row.ip_version, row.src, row.src_low);
    row.country = origin.country;
    row.asn = origin.asn;
  }
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(cache));
}

void Origins::fill(std::span<FlowRow> rows) { fill_rows(rows); }
void Origins::fill(std::span<BackscatterRow> rows) { fill_rows(rows); }

}  // namespace nightjar
