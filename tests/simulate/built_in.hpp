#pragma once
#include <algorithm>
#include <stdexcept>
#include <string>

#include "base/time.hpp"
#include "simulate/expectation.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// A scenario that is part of the program.
inline Scenario built_in(const std::string& name) {
  for (const BuiltInScenario& one : built_in_scenarios()) {
    if (one.name == name) return std::move(parse_scenario(one.text, name)).value();
  }
  throw std::runtime_error("no scenario " + name);
}

/// The hour (since 1970) in which a day of the scenario's zone begins.
inline std::int64_t hour_of(const Scenario& scenario, const std::string& day) {
  return (parse_day(day).value() * kSecondsPerDay - scenario.utc_offset) / kSecondsPerHour;
}

}  // namespace nightjar::simulate
