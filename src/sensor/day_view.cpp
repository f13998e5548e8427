#include <algorithm>
#include <limits>
#include <utility>

#include "sensor/sensors.hpp"

namespace nightjar {
namespace {

/// Up to here a look at every range beats a search.
constexpr std::size_t kFewRanges = 8;

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b ? std::numeric_limits<std::uint64_t>::max() : a + b;
}

}  // namespace

DayView::DayView(const Sensor& sensor, std::int64_t day) : everything_(sensor.prefixes.empty()) {
  std::uint64_t index = 0;  // modulo 64, so that wrapping does not matter
  for (const DatedPrefix& dated : sensor.prefixes) {
    if (day < dated.from_day || day >= dated.to_day) continue;
    const Prefix& prefix = dated.prefix;
    const Address first = prefix.first, last = prefix.last();
    if (first.version == 4) {
      ranges4_.push_back({static_cast<std::uint32_t>(first.high), static_cast<std::uint32_t>(last.high - first.high),
                          static_cast<std::uint32_t>(index % 64)});
    } else {
      ranges6_.push_back({first.high, first.low, last.high, last.low, index % 64});
    }
    const int host_bits = (first.version == 4 ? 32 : 128) - prefix.length;
    index += host_bits < 6 ? 1ULL << host_bits : 0;
    addresses_ = saturating_add(addresses_, prefix.size());
  }
  if (ranges4_.size() > kFewRanges) {
    std::sort(ranges4_.begin(), ranges4_.end(), [](const Range4& a, const Range4& b) { return a.first < b.first; });
  }
  if (ranges6_.size() > kFewRanges) {
    const auto start = [](const Range6& range) { return std::pair(range.first, range.first_low); };
    std::sort(ranges6_.begin(), ranges6_.end(), [&](const Range6& a, const Range6& b) { return start(a) < start(b); });
  }
}

bool DayView::find4(std::uint32_t address, std::uint8_t& index) const {
  const auto holds = [&](const Range4& range) {
    const std::uint32_t offset = address - range.first;
    if (offset > range.last_offset) return false;
    index = static_cast<std::uint8_t>((range.index + offset) % 64);
    return true;
  };
  if (ranges4_.size() <= kFewRanges) return std::any_of(ranges4_.begin(), ranges4_.end(), holds);
  const auto starts_after = [](std::uint32_t wanted, const Range4& range) { return wanted < range.first; };
  const auto after = std::upper_bound(ranges4_.begin(), ranges4_.end(), address, starts_after);
  return after != ranges4_.begin() && holds(after[-1]);
}

bool DayView::find6(std::uint64_t high, std::uint64_t low, std::uint8_t& index) const {
  const std::pair address(high, low);
  const auto holds = [&](const Range6& range) {
    if (address < std::pair(range.first, range.first_low) || address > std::pair(range.last, range.last_low)) return false;
    index = static_cast<std::uint8_t>((range.index + (low - range.first_low)) % 64);
    return true;
  };
  if (ranges6_.size() <= kFewRanges) return std::any_of(ranges6_.begin(), ranges6_.end(), holds);
  const auto starts_after = [](const auto& wanted, const Range6& range) { return wanted < std::pair(range.first, range.first_low); };
  const auto after = std::upper_bound(ranges6_.begin(), ranges6_.end(), address, starts_after);
  return after != ranges6_.begin() && holds(after[-1]);
}

Direction DayView::direction(const Packet& packet, std::uint8_t& destination_index) const {
  destination_index = 0;
  if (everything_) {
    destination_index = static_cast<std::uint8_t>((packet.ip_version == 6 ? packet.dst_low : packet.dst) % 64);
    return Direction::observed;
  }
  std::uint8_t source_index;
  if (packet.ip_version == 4) {
    if (find4(static_cast<std::uint32_t>(packet.dst), destination_index)) return Direction::observed;
    return find4(static_cast<std::uint32_t>(packet.src), source_index) ? Direction::outbound : Direction::outside;
  }
  if (packet.ip_version == 6) {
    if (find6(packet.dst, packet.dst_low, destination_index)) return Direction::observed;
    return find6(packet.src, packet.src_low, source_index) ? Direction::outbound : Direction::outside;
  }
  return Direction::outside;
}

}  // namespace nightjar
