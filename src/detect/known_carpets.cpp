#include "detect/known_carpets.hpp"

#include <algorithm>

#include "detect/requests_walk.hpp"

namespace nightjar {

KnownCarpet known(const Attack& carpet) {
  return {carpet.id, carpet.src, carpet.first_ms, carpet.last_ms, carpet.sensors.front(), carpet.ip_version, carpet.protocol};
}

void KnownCarpets::add(const KnownCarpet& carpet) {
  std::vector<KnownCarpet>& list = carpets_[{carpet.ip_version, carpet.prefix, carpet.protocol, carpet.sensor}];
  list.insert(std::ranges::upper_bound(list, carpet.first_ms, {}, &KnownCarpet::first_ms), carpet);
}

const KnownCarpet* KnownCarpets::around(const Attack& attack, const VictimDefinition& definition) const {
  const auto found =
      carpets_.find({attack.ip_version, carpet_prefix(attack.ip_version, attack.src), attack.protocol, attack.sensors.front()});
  if (found == carpets_.end()) return nullptr;
  for (const KnownCarpet& carpet : found->second)
    if (definition.goes_on(carpet.last_ms, attack.first_ms) && definition.goes_on(attack.last_ms, carpet.first_ms)) return &carpet;
  return nullptr;
}

}  // namespace nightjar
