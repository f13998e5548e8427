#include "payload/recent_syns.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <utility>

#include "base/time.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

/// What no kernel's own SYN shows, so that it is a tool's.
constexpr std::uint32_t kMarks = fact::kSeqIsDst | fact::kIpId54321 | fact::kIpIdXor | fact::kNoOptions;

/// The last SYN with a mark and the last without; no facts: none.
struct Last {
  RecentSyns::Syn marked, ordinary;
};

/// The same client, address and port, whatever port it comes from.
ConversationKey any_src_port(ConversationKey key) {
  key.src_port = 0;
  return key;
}

}  // namespace

// Two generations: when the young are too many they become the old ones, and the old are forgotten. Nothing hangs on clocks.
struct RecentSyns::Maps {
  using Map = absl::flat_hash_map<ConversationKey, Last>;
  Map young, old;
};

RecentSyns::RecentSyns(std::size_t most) : most_(std::max<std::size_t>(most, 1)), maps_(std::make_unique<Maps>()) {}
RecentSyns::~RecentSyns() = default;

void RecentSyns::add(const ConversationKey& key, const Syn& syn) {
  if (syn.facts == 0) return;
  const ConversationKey place = any_src_port(key);
  const auto [at, added] = maps_->young.try_emplace(place);
  if (added) {
    if (const auto older = maps_->old.find(place); older != maps_->old.end()) at->second = older->second;
  }
  ((syn.facts & kMarks) != 0 ? at->second.marked : at->second.ordinary) = syn;
  if (maps_->young.size() < most_) return;
  maps_->old = std::move(maps_->young);
  maps_->young = {};
}

std::optional<RecentSyns::Syn> RecentSyns::before(const ConversationKey& key, const Syn& own) const {
  const ConversationKey place = any_src_port(key);
  auto at = maps_->young.find(place);
  if (at == maps_->young.end()) {
    at = maps_->old.find(place);
    if (at == maps_->old.end()) return std::nullopt;
  }
  for (const Syn& syn : {at->second.marked, at->second.ordinary}) {
    const bool is_own = syn.src_port == own.src_port && syn.sequence == own.sequence;
    if (syn.facts == 0 || is_own || syn.time_ns > own.time_ns) continue;
    // Times may be any: the difference fits only without a sign.
    const std::uint64_t apart = static_cast<std::uint64_t>(own.time_ns) - static_cast<std::uint64_t>(syn.time_ns);
    if (apart <= static_cast<std::uint64_t>(kLongestSeconds * kNanosPerSecond)) return syn;
  }
  return std::nullopt;
}

std::uint64_t RecentSyns::memory_bytes() const {
  return (maps_->young.capacity() + maps_->old.capacity()) * (sizeof(Maps::Map::value_type) + 1);
}

}  // namespace nightjar
