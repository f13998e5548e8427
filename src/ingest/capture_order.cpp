#include "ingest/capture_order.hpp"

#include <algorithm>
#include <limits>

#include "capture/reader.hpp"

namespace nightjar {

const CapturePath* CaptureOrder::next() {
  if (lined_up_.empty()) begin_stretch();
  if (lined_up_.empty()) return nullptr;
  const std::size_t index = lined_up_.begin()->second;
  lined_up_.erase(lined_up_.begin());
  const CapturePath& capture = list_.captures[index];
  line_up(by_sensor_[capture.sensor]);
  return &capture;
}

void CaptureOrder::begin_stretch() {
  by_sensor_.assign(list_.sensors.size(), {});
  const std::vector<CapturePath>& captures = list_.captures;
  for (const std::size_t first = begin_; begin_ < captures.size() && captures[begin_].modelled == captures[first].modelled; ++begin_)
    by_sensor_[captures[begin_].sensor].push_back(begin_);
  sensors_ = static_cast<std::size_t>(std::ranges::count_if(by_sensor_, [](const auto& of_sensor) { return !of_sensor.empty(); }));
  for (auto& of_sensor : by_sensor_) line_up(of_sensor);
}

void CaptureOrder::line_up(std::deque<std::size_t>& of_sensor) {
  if (of_sensor.empty()) return;
  const std::size_t index = of_sensor.front();
  of_sensor.pop_front();
  const auto time = sensors_ > 1 ? first_time_(list_.captures[index]) : std::nullopt;
  lined_up_.emplace(time.value_or(std::numeric_limits<std::int64_t>::min()), index);
}

std::optional<std::int64_t> first_packet_time(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  CaptureReader::Options options;
  options.stop_packets = 1;
  options.hash = false;
  options.block_bytes = 1 << 12;
  auto opened = CaptureReader::open(path, options);
  PacketBlock block;
  if (!opened || !(*opened)->next(block)) return std::nullopt;
  return block.packets.front().time_ns;
}

}  // namespace nightjar
