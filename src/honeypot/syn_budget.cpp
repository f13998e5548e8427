#include "honeypot/syn_budget.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond;
constexpr std::uint32_t kProvenSeconds = 3'600;

std::uint32_t second_of(std::int64_t now_ns) { return static_cast<std::uint32_t>(std::max<std::int64_t>(now_ns, 0) / kSecond) + 1; }

}  // namespace

SynBudget::SynBudget(const Settings& settings, budget::Secret secret)
    : hosts_({settings.host_per_minute, kMinute, settings.most_hosts}, secret),
      prefixes_({settings.prefix_per_minute, kMinute, settings.most_prefixes}, secret),
      proven_hosts_({settings.proven_per_minute, kMinute, settings.most_proven}, secret),
      all_(settings.per_second, kSecond),
      proven_(settings.most_proven, secret) {}

bool SynBudget::take(const Address& source, std::int64_t now_ns) {
  const budget::SourceKey host = budget::host_key(source), prefix = budget::prefix_key(source);
  if (is_proven(source, now_ns)) return proven_hosts_.allows(host, now_ns) && proven_hosts_.spend(host, now_ns);
  // The sum of all first: it is what a flood meets, and the cheapest.
  if (!all_.allows(1, now_ns) || !hosts_.allows(host, now_ns) || !prefixes_.allows(prefix, now_ns)) return false;
  if (!hosts_.spend(host, now_ns) || !prefixes_.spend(prefix, now_ns)) return false;
  all_.spend(1, now_ns);
  return true;
}

void SynBudget::prove(const Address& source, std::int64_t now_ns) {
  const std::uint32_t now = second_of(now_ns);
  const auto old = [now](const Proven& entry) { return entry.second + kProvenSeconds <= now; };
  if (Proven* entry = proven_.claim(budget::host_key(source), old)) entry->second = now;
}

bool SynBudget::is_proven(const Address& source, std::int64_t now_ns) {
  const Proven* entry = proven_.find(budget::host_key(source));
  return entry != nullptr && entry->second + kProvenSeconds > second_of(now_ns);
}

}  // namespace nightjar
