#pragma once
#include <vector>

#include "base/result.hpp"
#include "incident/attack_incidents.hpp"
#include "incident/incident.hpp"
#include "incident/wave_incident.hpp"

namespace nightjar {

/// Adds incidents for rises of a daily total that the incidents found so far do not account for: kind packet-spike, port 0. Days in a row
/// of one protocol are one.
Result<void> add_unexplained_totals(const WaveSources& from, const std::vector<TotalRise>& totals, std::vector<Incident>& incidents);

}  // namespace nightjar
