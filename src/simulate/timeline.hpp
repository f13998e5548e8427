#pragma once
#include <cstdint>
#include <future>
#include <vector>

#include "simulate/draw.hpp"
#include "simulate/event.hpp"

namespace nightjar::simulate {

/// The packets of hosts, UTC day by UTC day in order of time. The days ahead are drawn by other threads while one is at work; what is drawn
/// is the same for any number of them. Holds what living hosts will send later: memory grows with addresses and lives, not with the length
/// of the span.
class Timeline {
 public:
  /// `draw` and `model` must outlive this. Days from `from` to `to` (seconds since 1970) are given.
  Timeline(const Draw& draw, std::size_t populations, std::int64_t from, std::int64_t to);
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  /// The next day with its packets; false behind the last one.
  struct Day {
    std::int64_t number = 0;  ///< days since 1970
    std::vector<Event> events;
  };
  bool next(Day& day);

 private:
  std::vector<Event> born_on(std::int64_t day) const;

  const Draw& draw_;
  std::size_t populations_;
  std::int64_t first_, last_;                ///< days that are given, both included
  std::int64_t drawn_;                       ///< the next day to be drawn
  std::int64_t given_;                       ///< the next day to be given
  std::vector<std::vector<Event>> waiting_;  ///< [day - first_]
  std::future<std::vector<Event>> ahead_;    ///< hosts born on drawn_
};

}  // namespace nightjar::simulate
