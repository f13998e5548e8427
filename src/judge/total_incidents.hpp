#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "exposure/day_sessions.hpp"
#include "exposure/exposure.hpp"
#include "incident/incident.hpp"
#include "judge/attack_incidents.hpp"
#include "store/query.hpp"

namespace nightjar {

/// What telling of totals needs.
struct TotalSources {
  QuerySession& session;
  const DaySessions& days;
  const std::map<std::int64_t, Exposure>& exposures;
  std::int64_t judged_to_day = 0;                  ///< the end of what was judged, not included
  std::int64_t from_day = kSeesAll;                ///< groups of days that end before it are not told
  const std::vector<Incident>* earlier = nullptr;  ///< told before: those that are not told again may account for days before from_day
};

/// So many days before those that are told anew must be among `totals`: a group that reaches into them has then its onset, and its id.
inline constexpr std::int64_t kDaysOfTotalsBefore = 28;

/// Adds incidents for rises of a daily total that the incidents found so far do not account for: kind packet-spike, port 0. Days in a row
/// of one protocol are one. Where backscatter carries at least half of the rise, the cause is set (dos-backscatter; nothing else judges it
/// then): probable of few victims, else possible. Onset is the first day of the group, of backscatter its first hour that rose, also where
/// that lies before from_day: the session must see the days that the rises are compared with (`usual_days`).
Result<void> add_unexplained_totals(const TotalSources& from, const std::vector<TotalRise>& totals, std::vector<Incident>& incidents);

}  // namespace nightjar
