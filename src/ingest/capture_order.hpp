#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "ingest/paths.hpp"

namespace nightjar {

/// In which order the captures of a list are taken. Those of one sensor keep the list's order; of several sensors the one goes next
/// whose next capture begins first. So what all sensors saw of a day comes together, and a table gets one file of that day: sensor after
/// sensor, each would come to the day again later, and write files of its own. Modelled and real captures are not mixed: a batch
/// holds either.
class CaptureOrder {
 public:
  /// Time of the first packet, or nothing where it is not known: such a capture is taken as soon as it is its sensor's next.
  using FirstTime = std::function<std::optional<std::int64_t>(const CapturePath&)>;

  /// `list` must outlive this. `first_time` is asked at most once a capture, and only where there is a choice.
  CaptureOrder(const CaptureList& list, FirstTime first_time) : list_(list), first_time_(std::move(first_time)) {}

  /// The next capture; null at the end.
  const CapturePath* next();

 private:
  /// Sets up the longest stretch of the list from `begin_` on that is all modelled or all real.
  void begin_stretch();
  /// Lines up a sensor's next capture, if it has one.
  void line_up(std::deque<std::size_t>& of_sensor);

  const CaptureList& list_;
  FirstTime first_time_;
  std::size_t begin_ = 0;                                    ///< first capture behind the stretch
  std::vector<std::deque<std::size_t>> by_sensor_;           ///< captures of the stretch that are not lined up yet
  std::size_t sensors_ = 0;                                  ///< of the stretch
  std::set<std::pair<std::int64_t, std::size_t>> lined_up_;  ///< first time and index of each sensor's next capture
};

/// Time of the first packet of a file that can be read twice; nothing for a pipe and for what is no capture.
std::optional<std::int64_t> first_packet_time(const std::filesystem::path& path);

}  // namespace nightjar
