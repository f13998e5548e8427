#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Attacks of level 1 of a UTC day, and the addresses on which they fell.
struct AttackDay {
  std::uint64_t attacks = 0, victims = 0;
};
using AttackDays = std::map<std::int64_t, AttackDay>;

/// Whom DRDoS attacks fell on, as reflectors saw them.
struct DrdosCounts {
  std::string definition;                ///< whose attacks these are; empty: there are none
  AttackDays all;                        ///< wherever the victims are
  std::map<std::int64_t, double> watch;  ///< reflectors by UTC day, of days with any
  std::map<std::string, AttackDays> countries;
  std::map<std::pair<std::string, std::uint32_t>, AttackDays> networks;  ///< by country and AS, known ones
};

/// Attacks that begin in UTC days [from_day, to_day), by the definition per-sensor, else amppot, else merged: the first that has any.
Result<DrdosCounts> read_drdos_counts(QuerySession& session, std::int64_t from_day, std::int64_t to_day);

}  // namespace nightjar
