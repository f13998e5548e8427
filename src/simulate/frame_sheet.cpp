#include "simulate/frame_sheet.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

#include "simulate/frame.hpp"

namespace nightjar::simulate {
namespace {

/// Below this it does not pay to give memory back.
constexpr std::size_t kSmall = 1 << 20;

template <class T>
void release(std::vector<T>& kept) {
  if (kept.capacity() * sizeof(T) > kSmall && kept.size() < kept.capacity() / 4) kept.shrink_to_fit();
}

}  // namespace

void FrameSheet::add(const Knock& knock) {
  std::array<std::uint8_t, kLargestRecord> record;
  const std::uint8_t* const end = write_record(record.data(), knock);
  entries_.push_back({knock.time_ns, bytes_.size(), static_cast<std::uint32_t>(end - record.data())});
  bytes_.insert(bytes_.end(), static_cast<const std::uint8_t*>(record.data()), end);
}

Result<void> FrameSheet::write_until(std::int64_t end_ns, CaptureWriter& writer, const std::function<bool(std::int64_t)>& lost) {
  const auto kept = std::stable_partition(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.time_ns < end_ns; });
  std::sort(entries_.begin(), kept,
            [](const Entry& a, const Entry& b) { return std::tie(a.time_ns, a.offset) < std::tie(b.time_ns, b.offset); });
  for (auto entry = entries_.begin(); entry != kept; ++entry) {
    if (lost && lost(entry->time_ns)) continue;
    auto room = writer.room(entry->time_ns);
    if (!room) return room.error();
    std::memcpy(*room, bytes_.data() + entry->offset, entry->size);
    writer.wrote(*room + entry->size);
  }
  forget(static_cast<std::size_t>(kept - entries_.begin()));
  return {};
}

void FrameSheet::forget(std::size_t first_kept) {
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(first_kept));
  // In order of adding, so that records only move towards the front.
  std::uint64_t filled = 0;
  for (Entry& entry : entries_) {
    std::memmove(bytes_.data() + filled, bytes_.data() + entry.offset, entry.size);
    entry.offset = filled;
    filled += entry.size;
  }
  bytes_.resize(filled);
  release(entries_);
  release(bytes_);
}

}  // namespace nightjar::simulate
