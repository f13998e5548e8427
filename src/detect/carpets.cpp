#include "detect/carpets.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "detect/requests_walk.hpp"
#include "detect/victim_attacks.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

auto place_of(const Attack& carpet) { return std::tuple(carpet.ip_version, carpet.src, carpet.first_ms); }

}  // namespace

void Carpets::add(const RequestsSeen& seen) {
  const std::pair prefix(seen.ip_version, carpet_prefix(seen.ip_version, seen.src));
  if (prefix != prefix_) {
    close_stream();
    close_prefix();
    prefix_ = prefix;
  } else if (key_) {
    const bool same_stream = same_port_and_service(definition_.key, seen, *key_) && seen.sensor == key_->sensor;
    const std::int64_t begins = seen.only_replies ? seen.minute_ms : seen.first_ms;
    if (!same_stream || begins - last_ms_ > definition_.gap_seconds * kMsPerSecond) close_stream();
  }
  const auto known = addresses_.find({seen.src, seen.src_low});
  if (known != addresses_.end()) extend(known->second, seen);
  if (seen.only_replies) return;
  if (!key_) last_ms_ = seen.last_ms;
  if (!key_) key_ = seen;
  last_ms_ = std::max(last_ms_, seen.last_ms);
  if (known == addresses_.end() && addresses_.size() < kMostAddresses)
    addresses_.emplace(AddressKey{seen.src, seen.src_low}, attack_of(seen));
}

void Carpets::close_stream() {
  std::erase_if(addresses_, [&](const auto& address) { return address.second.packets < definition_.carpet_requests; });
  if (addresses_.size() >= definition_.carpet_addresses) {
    Stretch stretch{.attack = addresses_.begin()->second, .first_ms = 0, .last_ms = 0, .victims = {}};
    for (const auto& [key, address] : addresses_) {
      if (!stretch.victims.empty()) absorb(stretch.attack, address);
      stretch.victims.push_back(key);
    }
    stretch.first_ms = stretch.attack.first_ms;
    stretch.last_ms = stretch.attack.last_ms;
    if (stretch.attack.packets >= definition_.min_requests) stretches_.push_back(std::move(stretch));
  }
  addresses_.clear();
  key_.reset();
}

void Carpets::close_prefix() {
  std::ranges::sort(stretches_, {},
                    [](const Stretch& stretch) { return std::tuple(stretch.first_ms, stretch.attack.port, stretch.last_ms); });
  each_touching(stretches_, definition_.gap_seconds * kMsPerSecond, [&](std::size_t begin, std::size_t end) {
    Attack carpet = stretches_[begin].attack;
    std::vector<AddressKey> victims = std::move(stretches_[begin].victims);
    for (std::size_t i = begin + 1; i < end; ++i) {
      absorb(carpet, stretches_[i].attack);
      victims.insert(victims.end(), stretches_[i].victims.begin(), stretches_[i].victims.end());
    }
    std::ranges::sort(victims);
    victims.erase(std::unique(victims.begin(), victims.end()), victims.end());
    carpet.victims = victims.size();
    carpet.src = carpet_prefix(carpet.ip_version, carpet.src);
    carpet.src_low = 0;
    carpet.prefix_length = carpet.ip_version == 6 ? kCarpetBits6 : kCarpetBits4;
    carpet.kind = AttackKind::carpet;
    carpet.level = 2;
    found_.push_back(std::move(carpet));
  });
  stretches_.clear();
}

void Carpets::end() {
  close_stream();
  close_prefix();
  std::ranges::sort(found_, {}, place_of);
}

const Attack* Carpets::around(const Attack& attack) const {
  const std::uint64_t prefix = carpet_prefix(attack.ip_version, attack.src);
  const std::int64_t gap_ms = definition_.gap_seconds * kMsPerSecond;
  auto carpet =
      std::ranges::lower_bound(found_, std::tuple(attack.ip_version, prefix, std::numeric_limits<std::int64_t>::min()), {}, place_of);
  for (; carpet != found_.end() && carpet->ip_version == attack.ip_version && carpet->src == prefix; ++carpet) {
    const bool touches = attack.first_ms - carpet->last_ms <= gap_ms && carpet->first_ms - attack.last_ms <= gap_ms;
    if (touches && (carpet->services & attack.services) != 0) return &*carpet;
  }
  return nullptr;
}

}  // namespace nightjar
