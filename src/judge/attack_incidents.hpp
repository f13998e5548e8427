#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "base/result.hpp"
#include "exposure/exposure.hpp"
#include "incident/incident.hpp"
#include "incident/rules.hpp"
#include "store/query.hpp"

namespace nightjar {

/// `first_seen_day` of what follows: the first UTC day whose rows the session shows (sensor_days it always shows whole). Days before it are
/// not known: neither watched nor quiet. This one: the session shows all.
inline constexpr std::int64_t kSeesAll = std::numeric_limits<std::int64_t>::min();

/// Rises of DRDoS attacks (table attacks, definition per-sensor, else amppot or merged) on one country or one network that go on in UTC
/// days [from_day, to_day): kind drdos, metric attacks, protocol udp, port 0; found by the victims a day, since one victim is as many
/// attacks as reflectors and services are abused against it. Explained by the country, then the networks that carry most of its rise: usual
/// shares are of all attacks, hosts are victims, and both they and packets are of the one, seven or 28 days that show the rise. A country
/// and its network that rise together are one, and so are several networks of one country. Onset is the first attack on what rose; the peak
/// is the day with most attacks of those that show it. `query` counts the attacks of that day (`observed`). Words are not set. That id and
/// onset are the same wherever from_day lies, the session must see the 140 days before it (or the first of the lake): of a rise that is
/// older than 28 days then, fewer days tell what was usual.
Result<std::vector<Incident>> drdos_rises(QuerySession& session, const Rules& rules, std::int64_t from_day, std::int64_t to_day,
                                          std::int64_t first_seen_day = kSeesAll);

/// A rise that goes on for long may come to be told of another network, or of its whole country, and would have another id then. Where one
/// of `known` (by id) is of the same country, begins before rebuild_ms (so that nothing replaces it), lasts until one of `rises` begins or
/// longer, and is not among them itself, the first such takes its id and onset: what was published stays one incident.
void keep_known_drdos(const std::map<std::string, Incident>& known, std::int64_t rebuild_ms, std::vector<Incident>& rises);

/// Denials of service seen as backscatter that move the daily TCP, UDP or ICMP total of the darknets out of its usual range, and go on in
/// UTC days [from_day, to_day): kind dos-victim or carpet-bombing, metric packets, class backscatter. They are attacks (table attacks,
/// definition corsaro2) on one network, and where none are known the answers of one that carry a total's rise (dos_answers.hpp): these have
/// no `attacks`. The protocol is that of the total: attacks through TCP or UDP that ICMP errors answer move that of ICMP, and have no port.
/// A flood moves a total where it adds as much of a usual day in 24 hours as `total_ratio` asks for and the day left its range by
/// `flood_score`. `population` is a filter over table backscatter, by what was attacked; hosts and packets are its, and `query` counts
/// them. Victims of one network (AS, else country, else prefix) at the same time, or on one day, are one incident, told of the total that
/// got most packets; what others got is in `other_totals`. Onset is the first packet of the first of them. It is the same incident, with
/// the same id, on every day that it is judged: for that, the session must see the 112 days before from_day, and `exposures` hold them
/// (56 in which attacks on one network followed one another, and those that these are compared with). `level_now` is that of the last day
/// up to a week after its end. Words are not set.
Result<std::vector<Incident>> dos_incidents(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                            std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day = kSeesAll);

/// UTC days of [from_day, to_day) on which the daily total of a protocol (6 or 17; all classes, darknets) left its usual range upwards.
/// Usual are the days before, without those of the last `new_usual_days` that had risen themselves: the session must see the
/// `baseline_days` before from_day twice, and `exposures` hold them.
struct TotalRise {
  std::uint8_t protocol = 6;
  std::int64_t day = 0;
  double observed = 0, expected = 0, score = 0;  ///< packets
  std::vector<std::int64_t> usual_days;
};
Result<std::vector<TotalRise>> total_rises(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                           std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day = kSeesAll);

}  // namespace nightjar
