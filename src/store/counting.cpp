#include "store/counting.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kFirstSlots = 1024;

constexpr auto kScan = static_cast<std::uint8_t>(TrafficClass::scan);
constexpr auto kRequest = static_cast<std::uint8_t>(TrafficClass::request);

// A key from the low end: 32 bits value, 5 hour, 3 class, 2 dimension, 16 sensor.
constexpr int kHourShift = 32, kClassShift = 37, kDimensionShift = 40, kSensorShift = 42;

constexpr std::uint64_t key_of(Dimension dimension, std::uint32_t value) {
  return static_cast<std::uint64_t>(dimension) << kDimensionShift | value;
}

}  // namespace

CellCounter::CellCounter(const std::vector<bool>& darknet, bool one_asking_class)
    : darknet_(darknet), one_asking_class_(one_asking_class), index_(kFirstSlots) {
  if (std::count(darknet.begin(), darknet.end(), true) == 1) {
    lone_darknet_ = static_cast<std::uint16_t>(std::find(darknet.begin(), darknet.end(), true) - darknet.begin());
  }
}

void CellCounter::add(const CountedRow& row) {
  const bool together = !one_asking_class_ && (row.traffic_class == kScan || row.traffic_class == kRequest);
  const bool all_darknets = !lone_darknet_ && darknet_[row.sensor];
  for (int copy = 0; copy < 8; ++copy) {
    if (((copy & 1) != 0 && !together) || ((copy & 2) != 0 && !all_darknets)) continue;
    const std::uint64_t place = std::uint64_t{(copy & 1) != 0 ? kScanOrRequest : row.traffic_class} << kClassShift |
                                std::uint64_t{(copy & 2) != 0 ? kAllDarknets : row.sensor} << kSensorShift |
                                std::uint64_t{(copy & 4) != 0 ? kWholeDay : row.hour} << kHourShift;
    touch(place | key_of(Dimension::all, 0), row);
    touch(place | key_of(Dimension::country, row.country), row);
    touch(place | key_of(Dimension::asn, row.asn), row);
    std::uint32_t bits = row.fingerprints;
    while (bits != 0) {
      touch(place | key_of(Dimension::fingerprint, static_cast<std::uint32_t>(__builtin_ctz(bits))), row);
      bits &= bits - 1;
    }
  }
}

void CellCounter::touch(std::uint64_t key, const CountedRow& row) {
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = mix64(key) & mask;
  while (index_[slot] != 0) {
    Cell& cell = cells_[index_[slot] - 1];
    if (cell.key == key) {
      cell.packets += row.packets;
      cell.bytes += row.bytes;
      cell.hosts += cell.last_src != row.src ? 1 : 0;
      cell.last_src = row.src;
      return;
    }
    slot = (slot + 1) & mask;
  }
  cells_.push_back({key, row.src, row.packets, row.bytes, 1, slot});
  index_[slot] = static_cast<std::uint32_t>(cells_.size());
  if (cells_.size() * 2 > index_.size()) grow();
}

void CellCounter::grow() {
  index_.assign(index_.size() * 2, 0);
  const std::size_t mask = index_.size() - 1;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    std::size_t slot = mix64(cells_[i].key) & mask;
    while (index_[slot] != 0) slot = (slot + 1) & mask;
    index_[slot] = static_cast<std::uint32_t>(i + 1);
    cells_[i].slot = slot;
  }
}

CountCell CellCounter::unpack(const Cell& cell) {
  CountCell out{};
  out.value = static_cast<std::uint32_t>(cell.key);
  out.hour = cell.key >> kHourShift & 31;
  out.traffic_class = cell.key >> kClassShift & 7;
  out.dimension = static_cast<Dimension>(cell.key >> kDimensionShift & 3);
  out.sensor = static_cast<std::uint16_t>(cell.key >> kSensorShift);
  out.packets = cell.packets;
  out.bytes = cell.bytes;
  out.hosts = cell.hosts;
  return out;
}

}  // namespace nightjar
