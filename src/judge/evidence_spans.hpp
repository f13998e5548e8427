#pragma once
#include <vector>

#include "incident/incident.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Stretches of captures of the kind of sensor that saw the incident, from its onset to its end or to what was judged: those that
/// `nightjar evidence` reads. At most `most`, the nearest to its peak; sorted by time. What there are more of goes to `evidence_more`.
void add_evidence(const std::vector<Manifest>& manifests, Incident& incident, std::size_t most = 40);

}  // namespace nightjar
