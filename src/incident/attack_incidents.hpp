#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "incident/exposure.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Rises of DRDoS attacks (table attacks, definition per-sensor) on one country or one network that begin in UTC days [from_day, to_day):
/// kind drdos, metric attacks, protocol udp, port 0. Explained by the victims' networks (parts by asn and country). Words are not set.
Result<std::vector<Incident>> drdos_rises(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day);

/// Denials of service seen as backscatter (table attacks, definition corsaro2) that move the daily TCP, UDP or ICMP total of the darknets
/// out of its usual range: kind dos-victim or carpet-bombing, metric packets, class backscatter. Victims of one network (AS, else country)
/// at the same time are one incident; onset is the first packet of the first of them. Words are not set.
Result<std::vector<Incident>> dos_incidents(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                            std::int64_t from_day, std::int64_t to_day);

/// UTC days of [from_day, to_day) on which the daily total of a protocol (6 or 17; all classes, darknets) left its usual range upwards.
struct TotalRise {
  std::uint8_t protocol = 6;
  std::int64_t day = 0;
  double observed = 0, expected = 0, score = 0;  ///< packets
  std::vector<std::int64_t> usual_days;
};
Result<std::vector<TotalRise>> total_rises(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                           std::int64_t from_day, std::int64_t to_day);

}  // namespace nightjar
