#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "judge/dos_groups.hpp"
#include "store/query.hpp"

namespace nightjar {

/// How the answers to a group's attacks came in, as packets of the group's total. `darknets`: darknet_condition() of the session.
struct DosCurve {
  std::map<std::int64_t, double> hours;               ///< packets by hour since 1970
  double on(std::int64_t day) const;                  ///< packets of the UTC day
  std::int64_t largest_hour(std::int64_t day) const;  ///< of the UTC day; 0 where there is none
  /// Most packets of 24 hours in a row of which some lie in the UTC day: a flood over midnight is none of half the size.
  double most_around(std::int64_t day) const;
};
Result<DosCurve> curve_of(QuerySession& session, const std::string& darknets, const DosGroup& group);
/// The same of answers to whatever a group is about in UTC days [from_day, to_day), its own time or not.
Result<DosCurve> curve_of_days(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t from_day,
                               std::int64_t to_day);

/// What the packets of one UTC day are made of that answer a group's attacks, through whatever protocol.
struct DosDay {
  double packets = 0, squares = 0;  ///< of all victims, and the sum of packets x packets of each
  std::uint64_t victims = 0;        ///< that answered
  struct Victim {
    std::string address;
    double packets = 0;
  };
  std::vector<Victim> top;  ///< at most three, those with most packets first
  std::uint16_t port = 0;   ///< attacked port with most packets
  double of_port = 0;       ///< packets of it
  std::uint64_t of_port_victims = 0;
  std::string country;  ///< of the victims, where all have one
  struct Flag {
    double packets = 0;  ///< known to be such; 0 where not known
    std::uint64_t victims = 0;
  };
  Flag syn_acks, resets;
  double arrived = 0;   ///< packets of the group's total: of that of ICMP without the victims' own answers by TCP and UDP
  double of_total = 0;  ///< what answers the group's attacks by the total's own protocol: of TCP and UDP without errors by ICMP
  double usual = 0;     ///< what `arrived` counts of the network on the seven days before the group, a day
  double in_all = 0;    ///< packets of all the group's hours
  std::uint64_t victims_in_all = 0;  ///< addresses that answered in them
};
/// `port`: only answers of that attacked port; 0: of all.
Result<DosDay> day_of(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t day, std::uint16_t port = 0);

/// Condition of the victims' own answers among rows of flows that fit `whole`, a condition of `backscatter` too: what errors by ICMP are
/// not.
std::string own_answers(const std::string& whole);

/// The packets of `day_of` as a filter (--where) over table backscatter.
std::string filter_of(const DosGroup& group, std::uint16_t port);

}  // namespace nightjar
