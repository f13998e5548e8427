#include "aggregate/datagram_table.hpp"

#include <xxhash.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/time.hpp"

namespace nightjar {
namespace {

/// What a payload costs beside its bytes: a node of the map, and the vector.
constexpr std::uint64_t kNodeBytes = 160;

using HourOfSensor = std::pair<std::int64_t, std::uint16_t>;

bool earlier(const Datagram& a, const Datagram& b) {
  return std::tie(a.first_ns, a.src, a.src_low, a.port) < std::tie(b.first_ns, b.src, b.src_low, b.port);
}

void merge_into(Datagram& kept, Datagram&& other) {
  const std::int64_t last = std::max(kept.last_ns, other.last_ns);
  if (earlier(other, kept)) kept = std::move(other);
  kept.last_ns = last;
}

}  // namespace

struct DatagramTable::Map {
  using Payloads = std::map<std::uint64_t, Datagram>;  ///< by hash of the bytes, so that the largest is found at once
  std::map<HourOfSensor, Payloads> hours;
  /// The stretch that packets come in now, so that most need no look-up.
  HourOfSensor at{};
  Payloads* here = nullptr;

  Payloads& of(HourOfSensor key) {
    if (here == nullptr || at != key) {
      at = key;
      here = &hours[key];
    }
    return *here;
  }
};

DatagramTable::DatagramTable(std::size_t most_an_hour) : map_(std::make_unique<Map>()), most_an_hour_(most_an_hour) {}
DatagramTable::~DatagramTable() = default;
DatagramTable::DatagramTable(DatagramTable&&) noexcept = default;
DatagramTable& DatagramTable::operator=(DatagramTable&&) noexcept = default;

void DatagramTable::add(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor) {
  if (payload.empty() || packet.payload_missing != 0) return;
  const std::uint64_t hash = XXH3_64bits(payload.data(), payload.size());
  auto& payloads = map_->of({hour_of(packet.time_ns), sensor});
  // Where there are too many, noise that never comes again ends here.
  const bool full = payloads.size() >= most_an_hour_;
  if (full && std::prev(payloads.end())->first < hash) return;
  const auto found = payloads.lower_bound(hash);
  if (found != payloads.end() && found->first == hash) {
    Datagram& kept = found->second;
    kept.last_ns = std::max(kept.last_ns, packet.time_ns);
    if (packet.time_ns > kept.first_ns) return;
    merge_into(kept, {kept.bytes, packet.time_ns, kept.last_ns, packet.src, packet.src_low, packet.dst_port, sensor, packet.ip_version});
    return;
  }
  if (full) {
    const auto largest = std::prev(payloads.end());
    memory_bytes_ -= kNodeBytes + largest->second.bytes.capacity();
    payloads.erase(largest);
  }
  Datagram datagram{std::vector<std::uint8_t>(payload.begin(), payload.end()),
                    packet.time_ns,
                    packet.time_ns,
                    packet.src,
                    packet.src_low,
                    packet.dst_port,
                    sensor,
                    packet.ip_version};
  memory_bytes_ += kNodeBytes + datagram.bytes.capacity();
  payloads.emplace(hash, std::move(datagram));
}

void DatagramTable::merge(DatagramTable& other) {
  for (auto& [key, payloads] : other.map_->hours) {
    auto& mine = map_->of(key);
    for (auto& [hash, datagram] : payloads) {
      if (const auto found = mine.find(hash); found != mine.end()) {
        merge_into(found->second, std::move(datagram));
        continue;
      }
      memory_bytes_ += kNodeBytes + datagram.bytes.capacity();
      mine.emplace(hash, std::move(datagram));
    }
    while (mine.size() > most_an_hour_) {
      const auto largest = std::prev(mine.end());
      memory_bytes_ -= kNodeBytes + largest->second.bytes.capacity();
      mine.erase(largest);
    }
  }
  other.take();
}

std::vector<Datagram> DatagramTable::take() {
  std::vector<Datagram> all;
  for (auto& [key, payloads] : map_->hours) {
    for (auto& [hash, datagram] : payloads) all.push_back(std::move(datagram));
  }
  *map_ = {};
  memory_bytes_ = 0;
  return all;
}

}  // namespace nightjar
