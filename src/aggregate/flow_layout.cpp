#include "aggregate/flow_layout.hpp"

#include <algorithm>
#include <cassert>

namespace nightjar {

FlowLayout::FlowLayout(std::span<const FlowRecord> sample) {
  assert(!sample.empty());
  std::vector<std::uint64_t> places;
  places.reserve(sample.size());
  for (const FlowRecord& record : sample) places.push_back(record.place);
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < kBuckets; ++i) {
    const std::uint64_t cut = places[i * places.size() / kBuckets];
    if (cuts_.empty() || cuts_.back() != cut) cuts_.push_back(cut);
  }
  ranges_.resize(0x20000);
  for (const std::uint64_t protocol : {protocol::kTcp, protocol::kUdp}) {
    for (std::uint64_t port = 0; port < 0x10000; ++port) ranges_[table_index(protocol << 16 | port)] = search(protocol << 16 | port);
  }
}

FlowLayout::Range FlowLayout::search(std::uint64_t slot) const {
  const auto bucket = [&](std::uint64_t place) {
    return static_cast<std::uint16_t>(std::upper_bound(cuts_.begin(), cuts_.end(), place) - cuts_.begin());
  };
  return {bucket(slot << FlowRecord::kPortShift), bucket(((slot + 1) << FlowRecord::kPortShift) - 1)};
}

const FlowLayout& SharedLayout::get(std::span<const FlowRecord> sample) {
  const std::lock_guard lock(mutex_);
  if (!layout_) layout_ = std::make_unique<FlowLayout>(sample);
  return *layout_;
}

}  // namespace nightjar
