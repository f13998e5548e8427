#include "ingest/doubtful_clock.hpp"

#include <cstdint>
#include <map>
#include <set>

#include "base/text.hpp"

namespace nightjar {
namespace {

/// More than a capture may span that begins and ends at the wrong hour of a month.
constexpr std::size_t kManyDays = 32;

}  // namespace

std::vector<std::string> doubtful_clocks(const std::vector<SensorDayRow>& ledger, const std::vector<Sensor>& sensors) {
  struct Clock {
    std::set<std::int64_t> days;
    std::uint64_t steps = 0;
  };
  std::map<std::uint16_t, Clock> clocks;
  for (const SensorDayRow& row : ledger) {
    clocks[row.sensor].days.insert(row.day);
    clocks[row.sensor].steps += row.clock_steps;
  }
  std::vector<std::string> sentences;
  for (const auto& [sensor, clock] : clocks) {
    if (clock.days.size() <= kManyDays || clock.steps < clock.days.size()) continue;
    sentences.push_back("packets of " + sensors[sensor].name + " spread over " + with_thousands(clock.days.size()) +
                        " days, and their times step back " + with_thousands(clock.steps) + " times: is the clock of this sensor right?");
  }
  return sentences;
}

}  // namespace nightjar
