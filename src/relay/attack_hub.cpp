#include "relay/attack_hub.hpp"

namespace nightjar {

void AttackHub::forget_old(std::int64_t now_ns) {
  while (!by_number_.empty()) {
    const auto oldest = by_number_.begin();
    const auto entry = told_.find(oldest->second);
    if (now_ns - entry->second.at_ns <= kKeptNs) return;
    const auto count = of_sensor_.find(oldest->second.first);
    if (--count->second == 0) of_sensor_.erase(count);
    told_.erase(entry);
    by_number_.erase(oldest);
  }
}

bool AttackHub::tell(const std::string& sensor, const Prefix& attack, std::int64_t now_ns) {
  forget_old(now_ns);
  const Key key{sensor, attack};
  auto entry = told_.find(key);
  if (entry == told_.end()) {
    const auto count = of_sensor_.find(sensor);
    if (count == of_sensor_.end() ? of_sensor_.size() >= limits_.sensors : count->second >= limits_.of_sensor) return false;
    ++of_sensor_[sensor];
    entry = told_.emplace(key, Told{}).first;
  } else {
    by_number_.erase(entry->second.number);
  }
  entry->second = {next_, now_ns};
  by_number_.emplace(next_++, key);
  return true;
}

AttackHub::News AttackHub::since(const std::string& sensor, std::uint64_t cursor, std::int64_t now_ns, std::size_t most) {
  forget_old(now_ns);
  // One that this run never gave is of another.
  if (cursor >= next_) cursor = 0;
  News news;
  news.cursor = next_ - 1;
  for (auto one = by_number_.upper_bound(cursor); one != by_number_.end(); ++one) {
    if (one->second.first == sensor) continue;
    if (news.attacks.size() == most) {
      news.cursor = one->first - 1;
      break;
    }
    news.attacks.push_back(one->second.second);
  }
  return news;
}

}  // namespace nightjar
