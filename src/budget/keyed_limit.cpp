#include "budget/keyed_limit.hpp"

#include <algorithm>
#include <cassert>

namespace nightjar::budget {

KeyedLimit::KeyedLimit(const Settings& settings, Secret secret)
    : limit_(settings.limit), slot_ns_((settings.window_ns + kParts - 1) / kParts), table_(settings.most_sources, secret) {
  assert(settings.window_ns >= 1'000 && settings.limit >= 1);
}

std::uint32_t KeyedLimit::slot(std::int64_t now_ns) {
  // A clock that went back must not make a full source look idle: time stands still until it is passed again.
  latest_ = std::max(latest_, static_cast<std::uint32_t>(std::max<std::int64_t>(now_ns, 0) / slot_ns_ + 1));
  return latest_;
}

bool KeyedLimit::allows(SourceKey source, std::int64_t now_ns) {
  const std::uint32_t now = slot(now_ns);
  if (const Count* count = table_.find(source)) return count->at_most(now) < limit_;
  return table_.has_place(source, [&](const Count& count) { return count.at_most(now) == 0; });
}

bool KeyedLimit::spend(SourceKey source, std::int64_t now_ns) {
  const std::uint32_t now = slot(now_ns);
  Count* count = table_.claim(source, [&](const Count& other) { return other.at_most(now) == 0; });
  if (count == nullptr) return false;
  count->add(now, 1);
  return true;
}

}  // namespace nightjar::budget
