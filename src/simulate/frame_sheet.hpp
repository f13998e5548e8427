#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "simulate/capture_writer.hpp"
#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// Packets of a day of one sensor, collected in any order and written in order of time. For sensors with conversations and
/// requests; a darknet's packets go the short way (event.hpp). Not safe for several threads.
class FrameSheet {
 public:
  /// The frame is made at once: the knock's spans need not live on.
  void add(const Knock& knock);
  /// Writes what lies before `end_ns` in order of time (equal times: in order of adding) and forgets it; later packets stay.
  /// What was added after a call lies at or behind its `end_ns`. After an error the sheet is of no more use. Packets at times for
  /// which `lost` is true are forgotten without being written.
  Result<void> write_until(std::int64_t end_ns, CaptureWriter& writer, const std::function<bool(std::int64_t time_ns)>& lost = {});
  /// Packets that wait.
  std::uint64_t packets() const { return entries_.size(); }
  /// Memory held for them.
  std::uint64_t memory_bytes() const { return entries_.capacity() * sizeof(Entry) + bytes_.capacity(); }

 private:
  struct Entry {
    std::int64_t time_ns;
    std::uint64_t offset;  ///< of the record in bytes_; grows in order of adding
    std::uint32_t size;
  };
  /// Keeps the entries from `first_kept` and their records, and gives memory back where most of it is free.
  void forget(std::size_t first_kept);

  std::vector<Entry> entries_;
  std::vector<std::uint8_t> bytes_;  ///< pcap records
};

}  // namespace nightjar::simulate
