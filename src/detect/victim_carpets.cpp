#include "detect/victim_carpets.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "detect/requests_walk.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::array<std::uint64_t, 6> kNothing{};

using Bins = std::array<std::uint64_t, 6>;

/// Adds to each window that ends in this minute what one address brings to it, as far as it counts.
void add_share(const Bins& before, const Bins& bins, std::uint64_t most, Bins& windows) {
  std::uint64_t inside = 0;
  for (const std::uint64_t packets : before) inside += packets;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    inside += bins[i] - before[i];
    windows[i] += std::min(inside, most);
  }
}

}  // namespace

bool VictimCarpets::same_prefix(const BackscatterSeen& seen) const {
  return seen.ip_version == key_->ip_version && seen.protocol == key_->protocol && seen.sensor == key_->sensor &&
         carpet_prefix(seen.ip_version, seen.src) == carpet_prefix(key_->ip_version, key_->src);
}

void VictimCarpets::add(const BackscatterSeen& seen) {
  if (key_ && !same_prefix(seen)) close_prefix();
  if (key_ && seen.minute != minute_.minute) close_minute();
  key_ = seen;
  minute_.minute = seen.minute;
  const AddressKey address(seen.src, seen.src_low);
  if (const auto known = minute_.addresses.find(address); known != minute_.addresses.end()) {
    merge_into(known->second, seen);
  } else if (minute_.addresses.size() < kMostAddresses) {
    minute_.addresses.emplace(address, seen);
  }
  minute_.ports.insert(seen.port);
}

void VictimCarpets::close_minute() {
  Minute minute = std::exchange(minute_, {});
  std::erase_if(minute.addresses, [&](const auto& address) { return reflections_.hold(address.second); });
  if (minute.addresses.empty()) return;
  minute.first_ms = std::numeric_limits<std::int64_t>::max();
  for (const auto& [key, seen] : minute.addresses) {
    minute.first_ms = std::min(minute.first_ms, seen.first_ms);
    for (std::size_t i = 0; i < minute.bins.size(); ++i) minute.bins[i] += seen.bins[i];
  }

  Minute* const before = !waiting_.empty() && waiting_.back().minute + 1 == minute.minute ? &waiting_.back() : nullptr;
  const Bins windows = windows_of(before, minute);
  // The earliest such window reaches back farthest, the latest holds most of this minute.
  bool hot = false, reaches_back = false;
  for (std::size_t i = 0, first = windows.size(); i < windows.size(); ++i) {
    if (windows[i] < definition_.min_peak) continue;
    first = std::min(first, i);
    hot = std::any_of(minute.bins.begin(), minute.bins.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::identity());
    reaches_back = hot && before != nullptr &&
                   std::any_of(before->bins.begin() + static_cast<std::ptrdiff_t>(first) + 1, before->bins.end(), std::identity());
  }
  const std::int64_t begins_ms = reaches_back ? before->first_ms : minute.first_ms;
  if (stretch_ && !definition_.goes_on(stretch_->last_ms, begins_ms)) close_stretch();
  // What was there before the first window is no part of it, but for the minute in which the window begins.
  if (!stretch_) waiting_.erase(waiting_.begin(), reaches_back ? waiting_.end() - 1 : waiting_.end());
  if (hot) {
    for (Minute& waiting : waiting_)
      if (!waiting.taken) take(waiting);
    take(minute);
    waiting_.clear();
  }
  if (!waiting_.empty() && waiting_.front().taken) waiting_.pop_front();
  waiting_.push_back(std::move(minute));
}

VictimCarpets::Bins VictimCarpets::windows_of(const Minute* before, const Minute& minute) const {
  Bins windows{};
  for (const auto& [key, seen] : minute.addresses) {
    const bool also = before != nullptr && before->addresses.contains(key);
    add_share(also ? before->addresses.at(key).bins : kNothing, seen.bins, definition_.carpet_share(), windows);
  }
  if (before == nullptr) return windows;
  for (const auto& [key, seen] : before->addresses)
    if (!minute.addresses.contains(key)) add_share(seen.bins, kNothing, definition_.carpet_share(), windows);
  return windows;
}

void VictimCarpets::take(Minute& minute) {
  minute.taken = true;
  for (const auto& [key, seen] : minute.addresses) {
    if (stretch_) {
      extend(*stretch_, seen);
    } else {
      stretch_ = attack_of(seen);
    }
    if (victims_.size() < kMostAddresses) victims_.insert(key);
  }
  const bool next = last_minute_ + 1 == minute.minute;
  stretch_->peak_per_minute = std::max(stretch_->peak_per_minute, peak_of(next ? last_bins_ : kNothing, minute.bins));
  last_bins_ = minute.bins;
  last_minute_ = minute.minute;
  for (const std::uint16_t port : minute.ports) ports_.add(port);
}

void VictimCarpets::close_stretch() {
  if (!stretch_) return;
  Attack& carpet = *stretch_;
  carpet.kind = AttackKind::carpet;
  carpet.level = 2;
  carpet.src = carpet_prefix(carpet.ip_version, carpet.src);
  carpet.src_low = 0;
  carpet.prefix_length = carpet.ip_version == 6 ? kCarpetBits6 : kCarpetBits4;
  carpet.victims = victims_.size();
  name_ports(carpet, ports_);
  const bool long_enough =
      carpet.packets >= definition_.min_packets && carpet.last_ms - carpet.first_ms >= definition_.min_seconds * kMsPerSecond;
  finish_(std::move(carpet), long_enough);
  stretch_.reset();
  victims_.clear();
  ports_.clear();
  last_bins_ = {};
  last_minute_ = std::numeric_limits<std::int64_t>::min();
}

void VictimCarpets::close_prefix() {
  if (!key_) return;
  close_minute();
  close_stretch();
  waiting_.clear();
  key_.reset();
}

void VictimCarpets::end() { close_prefix(); }

}  // namespace nightjar
