#include "aggregate/minute_table.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"

namespace nightjar {

MinuteTable::MinuteTable(MinuteTable&& other) noexcept : series_(std::move(other.series_)), bytes_(other.bytes_) { other.clear(); }

void MinuteTable::add(const Packet& packet, std::uint16_t sensor, TrafficClass traffic_class) {
  const auto number = static_cast<std::uint8_t>(traffic_class);
  const Key key = Key{sensor} << 16 | Key{packet.protocol} << 8 | number;
  Hot& hot = hot_[(packet.protocol * 5u + number + sensor * 11u) % hot_.size()];
  if (hot.series == nullptr || hot.key != key) hot = {key, &series_[key]};
  Series& series = *hot.series;
  const std::int64_t minute = minute_of(packet.time_ns);
  if (series.minutes.empty() || series.minutes.back().minute != minute) {
    const std::size_t room = series.minutes.capacity();
    append(series, minute);
    bytes_ += (series.minutes.capacity() - room) * sizeof(Minute);
  }
  ++series.minutes.back().packets;
  series.minutes.back().bytes += packet.ip_length;
}

void MinuteTable::append(Series& series, std::int64_t minute) {
  constexpr std::size_t kFewMinutes = 4096;
  std::vector<Minute>& minutes = series.minutes;
  const bool in_order = series.tidy == minutes.size() && (minutes.empty() || minutes.back().minute < minute);
  // Minutes that come again and again may not pile up: once they are as many as the tidy ones, they become fewer or tidy.
  if (!in_order && minutes.size() >= 2 * series.tidy + kFewMinutes) tidy(series);
  minutes.push_back({minute, 0, 0});
  if (series.tidy + 1 == minutes.size() && (series.tidy == 0 || minutes[series.tidy - 1].minute < minute)) ++series.tidy;
}

void MinuteTable::tidy(Series& series) {
  std::vector<Minute>& minutes = series.minutes;
  if (series.tidy == minutes.size()) return;
  const auto earlier = [](const Minute& a, const Minute& b) { return a.minute < b.minute; };
  const auto behind = minutes.begin() + static_cast<std::ptrdiff_t>(series.tidy);
  std::sort(behind, minutes.end(), earlier);
  std::inplace_merge(minutes.begin(), behind, minutes.end(), earlier);
  auto kept = minutes.begin();
  for (auto at = kept + 1; at != minutes.end(); ++at) {
    if (at->minute == kept->minute) {
      kept->packets += at->packets;
      kept->bytes += at->bytes;
    } else {
      *++kept = *at;
    }
  }
  minutes.erase(kept + 1, minutes.end());
  series.tidy = minutes.size();
}

void MinuteTable::merge(MinuteTable& other) {
  for (auto& [key, from] : other.series_) {
    Series& into = series_[key];
    const std::size_t room = into.minutes.capacity();
    tidy(into);
    tidy(from);
    into.minutes.insert(into.minutes.end(), from.minutes.begin(), from.minutes.end());
    std::vector<Minute>().swap(from.minutes);
    tidy(into);
    bytes_ += (into.minutes.capacity() - room) * sizeof(Minute);
  }
  other.clear();
}

std::vector<MinuteRow> MinuteTable::take() {
  std::size_t size = 0;
  for (auto& [key, series] : series_) {
    tidy(series);
    size += series.minutes.size();
  }
  std::vector<MinuteRow> rows;
  rows.reserve(size);
  for (auto& [key, series] : series_) {
    for (const Minute& minute : series.minutes) {
      rows.push_back({minute.minute, minute.packets, minute.bytes, 0, static_cast<std::uint16_t>(key >> 16),
                      static_cast<std::uint8_t>(key >> 8), static_cast<std::uint8_t>(key)});
    }
    std::vector<Minute>().swap(series.minutes);
  }
  clear();
  return rows;
}

void MinuteTable::clear() {
  series_.clear();
  hot_ = {};
  bytes_ = 0;
}

}  // namespace nightjar
