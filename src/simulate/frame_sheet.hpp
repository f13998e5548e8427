#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "simulate/capture_writer.hpp"
#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// Packets of a day of one sensor, collected in any order and written in order of time. For sensors with conversations and
/// requests; a darknet's packets go the short way (event.hpp).
class FrameSheet {
 public:
  /// The frame is made at once: the knock's spans need not live on.
  void add(const Knock& knock);
  /// Writes what lies before `end_ns` in order of time (equal times: in order of adding) and forgets it; later packets stay.
  Result<void> write_until(std::int64_t end_ns, CaptureWriter& writer);
  std::uint64_t packets() const { return entries_.size(); }

 private:
  struct Entry {
    std::int64_t time_ns;
    std::uint64_t offset;  ///< in bytes_
    std::uint32_t size;
    std::uint32_t order;
  };
  std::vector<Entry> entries_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace nightjar::simulate
