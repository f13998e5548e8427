#include "aggregate/flow_layout.hpp"

#include <algorithm>
#include <cassert>

namespace nightjar {

FlowLayout::FlowLayout(std::span<const FlowRecord> sample) {
  assert(!sample.empty());
  std::vector<std::uint64_t> places;
  places.reserve(sample.size());
  for (const FlowRecord& record : sample) places.push_back(record.place >> kBlockShift << kBlockShift);
  std::sort(places.begin(), places.end());
  for (std::size_t i = 1; i < kBuckets; ++i) {
    const std::uint64_t cut = places[i * places.size() / kBuckets];
    if (cuts_.empty() || cuts_.back() != cut) cuts_.push_back(cut);
  }
  ports_.resize(0x20000);
  for (const std::uint64_t protocol : {protocol::kTcp, protocol::kUdp}) {
    for (std::uint64_t port = 0; port < 0x10000; ++port) {
      const std::uint64_t begin = (protocol << 16 | port) << FlowRecord::kPortShift, step = std::uint64_t{1} << kBlockShift;
      std::uint32_t& entry = ports_[table_index(protocol << 16 | port)];
      entry = static_cast<std::uint32_t>(search(begin));
      if (entry == search(begin + kBlocks * step - 1)) continue;
      entry = static_cast<std::uint32_t>(kBuckets + blocks_.size());
      std::array<std::uint16_t, kBlocks>& blocks = blocks_.emplace_back();
      for (std::size_t i = 0; i < kBlocks; ++i) blocks[i] = static_cast<std::uint16_t>(search(begin + i * step));
    }
  }
}

std::size_t FlowLayout::search(std::uint64_t place) const {
  return static_cast<std::size_t>(std::upper_bound(cuts_.begin(), cuts_.end(), place) - cuts_.begin());
}

const FlowLayout& SharedLayout::get(std::span<const FlowRecord> sample) {
  const std::lock_guard lock(mutex_);
  if (!layout_) layout_ = std::make_unique<FlowLayout>(sample);
  return *layout_;
}

}  // namespace nightjar
