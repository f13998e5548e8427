#include "figure/attack_run.hpp"

#include <string>

#include "base/time.hpp"
#include "store/judged_attacks.hpp"
#include "store/sql_text.hpp"

namespace nightjar {

Result<Words> begin_attacks(FigureRun& run) {
  const std::string definition = run.request.definition.empty() ? std::string(kReportsDefinition) : run.request.definition;
  if (definition.find('\\') != std::string::npos) return Error{"the name of a definition holds no backslash"};
  const HourSpan hours = run.observation.hours;
  auto judged = judged_attacks(run.snapshot().version(), definition, floor_div(hours.from, kHoursPerDay),
                               floor_div(hours.to + kHoursPerDay - 1, kHoursPerDay));
  if (!judged) return judged.error();
  if (!keeps_sensors_apart(judged->parameters) && (run.observation.named || names_field(run.filter, FilterField::sensor)))
    return Error{"the definition " + definition + " counts what several sensors saw as one attack, so one sensor cannot be asked for; " +
                 std::string(kReportsDefinition) + " keeps them apart"};
  run.answer.definition = definition;
  run.answer.parameters = judged->parameters;
  run.answer.remarks.insert(run.answer.remarks.end(), judged->remarks.begin(), judged->remarks.end());
  return Words{{"definition", sql_literal(definition)}, {"top", std::to_string(run.request.top)}};
}

std::uint64_t days_watched(const Observation& observation) {
  std::uint64_t days = 0;
  for (std::int64_t day = observation.from_day; day < observation.to_day; ++day) days += observation.observed(day) ? 1 : 0;
  return days != 0 ? days : static_cast<std::uint64_t>(observation.to_day - observation.from_day);
}

}  // namespace nightjar
