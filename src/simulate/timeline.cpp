#include "simulate/timeline.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace nightjar::simulate {

Timeline::Timeline(const Draw& draw, std::size_t populations, std::int64_t from, std::int64_t to)
    : draw_(draw),
      populations_(populations),
      first_(floor_div(from, kSecondsPerDay)),
      last_(floor_div(to - 1, kSecondsPerDay)),
      drawn_(draw.first_day_that_matters()),
      given_(first_),
      waiting_(static_cast<std::size_t>(std::max<std::int64_t>(0, last_ - first_ + 1))) {}

Timeline::~Timeline() = default;

std::vector<Event> Timeline::born_on(std::int64_t day) const {
  std::vector<Event> events;
  for (std::size_t population = 0; population < populations_; ++population) draw_.add_born_on(day, population, events);
  return events;
}

bool Timeline::next(Day& day) {
  if (given_ > last_) return false;
  for (; drawn_ <= given_; ++drawn_) {
    const std::vector<Event> events = ahead_.valid() ? ahead_.get() : born_on(drawn_);
    if (drawn_ < last_) ahead_ = std::async(std::launch::async, [this, next = drawn_ + 1] { return born_on(next); });
    for (const Event& event : events) {
      const std::int64_t sent = floor_div(event.time_ns, kSecondsPerDay * kNanosPerSecond);
      waiting_[static_cast<std::size_t>(sent - first_)].push_back(event);
    }
  }
  day.number = given_;
  day.events = std::move(waiting_[static_cast<std::size_t>(given_ - first_)]);
  std::sort(day.events.begin(), day.events.end());
  ++given_;
  return true;
}

}  // namespace nightjar::simulate
