#include "detect/victim_attacks.hpp"

#include <algorithm>
#include <tuple>

#include "schema/services.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

bool earlier(const Attack& a, const Attack& b) {
  return std::tie(a.first_ms, a.port, a.services, a.last_ms) < std::tie(b.first_ms, b.port, b.services, b.last_ms);
}

}  // namespace

bool same_port_and_service(const AttackKey& key, const RequestsSeen& a, const RequestsSeen& b) {
  if (key.port && a.port != b.port) return false;
  return !key.service || (a.service == b.service && (a.service != static_cast<std::uint8_t>(Service::unknown) || a.port == b.port));
}

bool VictimAttacks::same_victim(const RequestsSeen& seen) const {
  return seen.src == key_.src && seen.src_low == key_.src_low && seen.ip_version == key_.ip_version;
}

void VictimAttacks::add(const RequestsSeen& seen) {
  if ((open_ || !attacks_.empty()) && !same_victim(seen)) close_victim();
  if (open_) {
    const bool apart = !same_port_and_service(apart_, seen, key_) || (apart_.sensor && seen.sensor != key_.sensor);
    const std::int64_t begins = seen.only_replies ? seen.minute_ms : seen.first_ms;
    if (apart || begins - open_->last_ms > definition_.gap_seconds * kMsPerSecond) close_attack();
  }
  if (open_) {
    extend(*open_, seen);
  } else if (!seen.only_replies) {
    open_ = attack_of(seen);
    key_ = seen;
  }
  if (!seen.only_replies) note(seen);
}

void VictimAttacks::note(const RequestsSeen& seen) {
  if (enough_) return;
  const AttackKey& key = definition_.key;
  const bool port = key.port || (key.service && seen.service == static_cast<std::uint8_t>(Service::unknown));
  Stream& stream = streams_[{port ? seen.port : std::uint16_t{0}, key.service ? seen.service : std::uint8_t{0}, seen.sensor}];
  // Where the key leaves the sensor open, all sensors together are the stream, and it is no longer than this attack.
  const bool paused = key.sensor && seen.first_ms - stream.last_ms > definition_.gap_seconds * kMsPerSecond;
  stream.packets = (paused ? 0 : stream.packets) + seen.packets;
  stream.last_ms = std::max(stream.last_ms, seen.last_ms);
  enough_ = stream.packets >= definition_.min_requests;
}

void VictimAttacks::close_attack() {
  if (enough_) attacks_.push_back(*std::move(open_));
  open_.reset();
  streams_.clear();
  enough_ = false;
  most_held_ = std::max(most_held_, attacks_.size());
}

void VictimAttacks::close_victim() {
  if (open_) close_attack();
  if (attacks_.empty()) return;
  for (Attack& attack : attacks_) attack.kind = attack.has_several_services() ? AttackKind::multi_service : AttackKind::single;
  std::ranges::stable_sort(attacks_, earlier);
  finish_(std::move(attacks_));
  attacks_.clear();
}

void VictimAttacks::end() { close_victim(); }

ServiceGroups group_services(const std::vector<Attack>& attacks, const std::vector<bool>& taken, std::int64_t gap_ms) {
  ServiceGroups all;
  all.group_of.assign(attacks.size(), -1);
  struct Free {
    std::size_t index;
    std::int64_t first_ms, last_ms;
  };
  std::vector<Free> free;
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    if (!taken[i]) free.push_back({i, attacks[i].first_ms, attacks[i].last_ms});
  }
  each_touching(free, gap_ms, [&](std::size_t begin, std::size_t end) {
    Attack group = attacks[free[begin].index];
    for (std::size_t i = begin + 1; i < end; ++i) absorb(group, attacks[free[i].index]);
    if (end - begin < 2 || !group.has_several_services()) return;
    group.kind = AttackKind::multi_service;
    group.level = 2;
    for (std::size_t i = begin; i < end; ++i) all.group_of[free[i].index] = static_cast<std::ptrdiff_t>(all.groups.size());
    all.groups.push_back(std::move(group));
  });
  return all;
}

}  // namespace nightjar
