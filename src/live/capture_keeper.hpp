#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "live/capture_progress.hpp"
#include "live/child_process.hpp"
#include "live/packet_ring.hpp"
#include "live/segment_folder.hpp"
#include "live/segment_writer.hpp"

namespace nightjar {

/// A capture that goes on until it is told to stop.
struct CaptureOptions {
  RingOptions ring;
  std::uint32_t rings = 1;         ///< processes that share the interface's packets by flow
  std::filesystem::path segments;  ///< folder
  std::string sensor;
  SegmentRules rules;
  std::int64_t keep_days = 0;        ///< compressed segments older than this are deleted; 0: kept
  std::uint64_t keep_bytes = 0;      ///< ... and the oldest beyond so many bytes; 0: all kept
  std::vector<std::string> ingest;   ///< program and arguments that take segments into the lake; their paths are added. Empty: no lake
  std::int64_t ingest_seconds = 30;  ///< between two calls of it
};

/// Keeps the rings of a capture open and has processes empty them into segments, segments taken into the lake, and closed ones compressed.
/// This process touches no packet. A process that dies is replaced, and its successor goes on at the very packet; when this one dies, those
/// that empty the rings write down what is in them and end. Single-threaded.
class CaptureKeeper {
 public:
  /// Says a sentence to the operator, about something that began or ended.
  using Say = std::function<void(const std::string&)>;

  /// Opens rings and folder; needs the rights for it, which may be given up afterwards. Waits up to ten seconds for an earlier capture of
  /// the sensor into the folder to end.
  static Result<std::unique_ptr<CaptureKeeper>> open(CaptureOptions options, Say say);
  CaptureKeeper(const CaptureKeeper&) = delete;
  CaptureKeeper& operator=(const CaptureKeeper&) = delete;

  /// Until `stop`: then everything is written down, and taken into the lake. Fails when segments cannot be written at all.
  Result<void> run(const std::atomic<bool>& stop);

  /// Counts of all rings together.
  struct Totals {
    std::uint64_t packets = 0, bytes = 0, kernel_drops = 0, interface_drops = 0, unwritten = 0, segments = 0, clock_steps = 0, restarts = 0;
    bool disk_full = false;
  };
  Totals totals() const;

 private:
  struct Queue {
    std::unique_ptr<PacketRing> ring;
    CaptureProgress* progress = nullptr;  ///< shared with children; lives as long as the process
    std::optional<ChildProcess> worker;
    std::uint64_t begun_block = 0;  ///< the last one written when the worker was started
    std::int64_t next_ns = 0;       ///< when the next one is started, by the steady clock; 0: one is alive
    std::int64_t pause_ns = 0;      ///< before the next start
  };
  enum class Chore { none, ingest, compress };

  CaptureKeeper(CaptureOptions options, Say say)
      : options_(std::move(options)), say_(std::move(say)), folder_(options_.segments, options_.sensor) {}
  int work(std::uint32_t number, const std::string& gap) const;
  Result<void> start_worker(std::uint32_t number);
  Result<void> look_after_workers();
  Result<void> do_chores(bool last);
  Result<void> begin_ingest();
  Result<void> begin_compressing();
  bool is_open(const Segment& segment) const;
  void say_what_changed();

  CaptureOptions options_;
  Say say_;
  SegmentFolder folder_;
  std::optional<FileLock> lock_;
  std::vector<Queue> queues_;
  std::string gap_;
  Chore chore_ = Chore::none;
  std::optional<ChildProcess> child_;
  std::vector<Segment> closed_;  ///< segments that were closed before the ingest at hand began
  std::int64_t next_ingest_ns_ = 0;
  Totals said_;
};

}  // namespace nightjar
