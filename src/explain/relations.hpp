#pragma once
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "exposure/day_sessions.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"

namespace nightjar {

/// Gives incidents of TCP ports the payloads that honeypots got there around their onset.
Result<void> add_payloads(const DaySessions& days, std::vector<Incident>& incidents);

/// Takes new payloads into the incident of the same port that goes on or begins at the same time; what is left is an incident by itself.
void join_new_payloads(std::vector<Incident>& incidents, std::vector<Incident> new_payloads);

/// Ties a wave of infected devices to a port that rose shortly before from one or few sources, where honeypots got an exploit there: the
/// devices are probably those that it was for. Says too that the risen hosts do not ask that port themselves, where that is so.
Result<void> link_droppers(const DaySessions& days, const Rules& rules, std::vector<Incident>& incidents);

/// Sets the likely cause, how sure it is, and what else it may be; what others set of kinds that are no traffic stays.
void judge_cause(Incident& incident);

}  // namespace nightjar
