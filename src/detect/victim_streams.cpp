#include "detect/victim_streams.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

}  // namespace

bool VictimStreams::same_victim(const BackscatterSeen& seen) const {
  return seen.src == minute_->src && seen.src_low == minute_->src_low && seen.ip_version == minute_->ip_version &&
         seen.protocol == minute_->protocol && seen.sensor == minute_->sensor;
}

void VictimStreams::add(const BackscatterSeen& seen) {
  if (minute_ && !(same_victim(seen) && seen.minute == minute_->minute)) {
    const bool next_victim = !same_victim(seen);
    close_minute();
    if (next_victim) close_stream();
  }
  if (minute_) {
    merge_into(*minute_, seen);
  } else {
    minute_ = seen;
  }
  if (minute_ports_.empty() || minute_ports_.back() != seen.port) minute_ports_.push_back(seen.port);
}

void VictimStreams::close_minute() {
  const BackscatterSeen& minute = *minute_;
  if (!reflections_.hold(minute)) {
    if (open_ && !definition_.goes_on(open_->last_ms, minute.first_ms)) close_stream();
    constexpr std::array<std::uint64_t, 6> nothing{};
    const bool next = open_ && last_minute_ + 1 == minute.minute;
    if (open_) {
      extend(*open_, minute);
    } else {
      open_ = attack_of(minute);
    }
    open_->peak_per_minute = std::max(open_->peak_per_minute, peak_of(next ? last_bins_ : nothing, minute.bins));
    last_minute_ = minute.minute;
    last_bins_ = minute.bins;
    for (const std::uint16_t port : minute_ports_) ports_.add(port);
  }
  minute_.reset();
  minute_ports_.clear();
}

void VictimStreams::close_stream() {
  if (!open_) return;
  name_ports(*open_, ports_);
  const bool attack = open_->packets >= definition_.min_packets && open_->peak_per_minute >= definition_.min_peak &&
                      open_->last_ms - open_->first_ms >= definition_.min_seconds * kMsPerSecond;
  finish_(*std::move(open_), attack);
  open_.reset();
  ports_.clear();
}

void VictimStreams::end() {
  if (minute_) close_minute();
  close_stream();
}

}  // namespace nightjar
