#include "ingest/evidence_cut.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"

namespace nightjar {
namespace {

/// IPv6 addresses that the lake would take for IPv4 ones (src/store/README.md): packets from them are in no row.
bool in_ipv4_place(std::uint8_t ip_version, std::uint64_t high) { return ip_version == 6 && high >> 32 == 0; }

std::int64_t minute_end_ns(std::int64_t minute) { return (minute + 1) * kSecondsPerMinute * kNanosPerSecond; }

}  // namespace

std::size_t EvidenceCut::captures_read() const { return static_cast<std::size_t>(std::count(read_.begin(), read_.end(), true)); }

std::optional<Sensor> EvidenceCut::sensor_of(const ManifestCapture& capture) const {
  for (const Sensor& sensor : config_.sensors)
    if (sensor.name == capture.sensor) return sensor;
  return configured_sensor(capture);
}

bool EvidenceCut::belongs(const RawPacket& raw, const RowKeys& keys) {
  if (raw.time_ns < config_.from_ns || raw.time_ns >= config_.to_ns || !keys.wants(raw.sensor, minute_of(raw.time_ns))) return false;
  if (decode(raw, config_.decode, packet_) != Undecodable::none || packet_.ip_version == 0) return false;
  if (in_ipv4_place(packet_.ip_version, packet_.src)) return false;
  if (in_ipv4_place(packet_.quote.ip_version, packet_.quote.dst)) packet_.quote.ip_version = 0;
  if (!keys.holds(packet_, {raw.bytes + packet_.payload_offset, packet_.payload_size}, raw.sensor)) return false;
  if (!sensor_ || sensor_->prefixes.empty()) return true;
  if (const std::int64_t day = day_of(raw.time_ns); !view_ || view_day_ != day) {
    view_ = std::make_unique<DayView>(*sensor_, day);
    view_day_ = day;
  }
  std::uint8_t unused = 0;
  return view_->direction(packet_, unused) == Direction::observed;
}

Result<void> EvidenceCut::take_of(std::size_t at, const RowKeys& keys, EvidencePackets& into) {
  EvidenceCapture& capture = captures_[at];
  const auto wants = [&](std::int64_t minute) {
    const std::int64_t end_ns = minute_end_ns(minute), begin_ns = end_ns - kSecondsPerMinute * kNanosPerSecond;
    return end_ns > config_.from_ns && begin_ns < config_.to_ns && begin_ns <= into.latest_ns() && keys.wants(capture.sensor, minute);
  };
  const auto stretches = wanted_stretches(capture.was, wants);
  if (stretches.empty()) return {};
  if (!capture.located) locate(capture);
  if (capture.path.empty()) return {};
  auto reader = open_stretches(capture, stretches);
  if (!reader) {
    capture.path.clear();
    capture.trouble = reader.error().sentence;
    return {};
  }
  read_[at] = true;
  sensor_ = sensor_of(capture.was);
  view_.reset();
  PacketBlock block;
  while ((*reader)->next(block)) {
    if (config_.stopped()) return Error{"stopped before the end; nothing was written"};
    for (const RawPacket& raw : block.packets) {
      if (!belongs(raw, keys)) continue;
      ++taken_;
      if (auto added = into.add(raw); !added) return added;
    }
    frames_ += block.packets.size();
  }
  const CaptureFacts& facts = (*reader)->facts();
  if (const auto& broken = facts.failure ? facts.failure : facts.damage)
    capture.trouble = capture.path.string() + " could be read in part only: " + *broken;
  return {};
}

Result<void> EvidenceCut::take(const RowKeys& keys, EvidencePackets& into) {
  for (std::size_t i = 0; i < captures_.size(); ++i) {
    if (auto taken = take_of(i, keys, into); !taken) return taken;
  }
  return {};
}

}  // namespace nightjar
