#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace nightjar {

/// What the numbers of an incident were counted over, as conditions in the SQL of `nightjar sql`: `queries.hpp` makes statements of it.
/// Conditions leave days aside. An empty text says nothing, and then there is no statement.
struct Basis {
  std::string level_table;               ///< where the metric was counted a day: port_days, minutes, attacks or sessions
  std::string level;                     ///< and the rows there
  std::vector<std::int64_t> level_days;  ///< UTC days of which its usual level was made
  std::string members_of_level;          ///< of ports: rows of port_days of the incident's own countries and tools
  std::string table;                     ///< where its hosts and packets were counted: flows, backscatter, attacks or sessions
  std::string whole;                     ///< rows there that are about the same port, attacks or payload
  std::string members;                   ///< and, of these, those of the incident's population; empty: all of them
  std::string explained;                 ///< and, of these, those that lie in any part of the rise
  std::string risen;                     ///< and, of these, those of the hosts whose past and other ports were looked at
  std::string darknets;                  ///< rows of flows of any darknet
  std::vector<std::int64_t> usual_days;  ///< UTC days that the parts of the rise are compared with
  double usual_factor = 0;               ///< what they have together, times this, is usual on the peak's day
  std::int64_t hosts_before_day = 0;     ///< hosts that come back were seen in the 28 UTC days before this one
  std::int64_t ports_from_day = 0;       ///< related ports were asked from this UTC day to the peak's
  std::int64_t from_ms = 0, to_ms = 0;   ///< where it is not told by onset and end: the time of total numbers; to not included
  std::int64_t now_day = 0;              ///< UTC day of level_now; 0: by other rows than those of the level
  std::int64_t window_from_day = 0,
               window_to_day = 0;  ///< of attacks: UTC days whose mean a day the parts of the rise are of; to not included
  // Of large lakes every nth source was read, by hash(src) % n.
  std::uint64_t nth_usual = 1, nth_returning = 1, nth_bots = 1, nth_others = 1;
  friend bool operator==(const Basis&, const Basis&) = default;
};

}  // namespace nightjar
