#pragma once
#include <optional>

#include "schema/rows.hpp"

namespace nightjar::simulate {

/// Hours to add to UTC for the local time of a country: standard time at the end of 2017 of its most populous zone, -11 to 13, by
/// the tz database (iana.org/time-zones). Nothing for what is no country or has no inhabitants.
std::optional<double> utc_offset_hours_of(CountryCode country);

}  // namespace nightjar::simulate
