#include "live/capture_worker.hpp"

#include <ctime>
#include <fstream>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kLookNs = kNanosPerSecond;
/// A clock that is set by more than this is a step; less is what time services do while they steer.
constexpr std::int64_t kStepNs = kNanosPerSecond;

std::int64_t clock_ns(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * kNanosPerSecond + time.tv_nsec;
}

/// Once a second: what the kernel and the interface lost, whether the clock was set, a sign of life.
class Looks {
 public:
  Looks(PacketRing& ring, SegmentWriter& writer, CaptureProgress& progress, std::string comment)
      : ring_(ring), writer_(writer), progress_(progress), comment_(std::move(comment)) {
    difference_ns_ = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
    interface_base_ = interface_drops(ring_.options().interface);
  }

  Result<void> look(bool now) {
    const std::int64_t steady = clock_ns(CLOCK_BOOTTIME);
    if (!now && steady - looked_ns_ < kLookNs) return {};
    looked_ns_ = steady;
    CaptureCounters& counters = progress_.counters;
    counters.kernel_drops += ring_.take_drops().dropped;
    const std::uint64_t lost = interface_drops(ring_.options().interface);
    if (lost > interface_base_) counters.interface_drops += lost - interface_base_;
    interface_base_ = lost;
    const std::int64_t time = clock_ns(CLOCK_REALTIME), difference = time - steady;
    if (difference - difference_ns_ > kStepNs || difference_ns_ - difference > kStepNs) {
      ++counters.clock_steps;
      comment_ +=
          (comment_.empty() ? "" : "; ") + ("nightjar clock step " + std::to_string((difference - difference_ns_) / 1'000'000) + " ms");
    }
    difference_ns_ = difference;
    counters.alive_ns = time;
    auto beaten = writer_.beat(time, comment_);
    if (counters.disk_full == 0) comment_.clear();
    return beaten;
  }

 private:
  PacketRing& ring_;
  SegmentWriter& writer_;
  CaptureProgress& progress_;
  std::string comment_;
  std::int64_t looked_ns_ = 0, difference_ns_ = 0;
  std::uint64_t interface_base_ = 0;
};

}  // namespace

std::uint64_t interface_drops(const std::string& interface) {
  std::uint64_t sum = 0;
  for (const char* name : {"rx_missed_errors", "rx_fifo_errors", "rx_dropped"}) {
    std::ifstream file("/sys/class/net/" + interface + "/statistics/" + name);
    std::uint64_t count = 0;
    if (file >> count) sum += count;
  }
  return sum;
}

Result<void> empty_ring(PacketRing& ring, SegmentWriter& writer, CaptureProgress& progress, const std::atomic<bool>& stop,
                        std::string gap) {
  CapturePosition at = progress.position();
  const std::uint32_t blocks = ring.options().blocks, before = (at.place + blocks - 1) % blocks;
  // Whoever died between writing a block and handing it back left it to us.
  if (PacketRing::Block left; at.block != 0 && ring.filled(before, left) && left.sequence == at.block) ring.release(before);
  Looks looks(ring, writer, progress, std::move(gap));
  if (auto first = looks.look(true); !first) return first;
  // After the word to stop, the kernel hands over the block it is filling within `retire_ms`; as many blocks again may be filled already.
  int last_looks = 2;
  while (true) {
    PacketRing::Block block;
    if (!ring.filled(at.place, block)) {
      if (stop && last_looks-- == 0) break;
      ring.wait(at.place, stop ? static_cast<int>(ring.options().retire_ms) * 2 : 250);
    } else {
      ring.for_each(at.place, [&](const RingPacket& packet) { writer.add(packet); });
      const std::uint32_t done = at.place;
      at.place = (at.place + 1) % blocks;
      if (auto written = writer.commit(block.sequence, at.place, clock_ns(CLOCK_REALTIME)); !written) return written;
      ring.release(done);
    }
    if (auto looked = looks.look(false); !looked) return looked;
  }
  if (auto looked = looks.look(true); !looked) return looked;
  return writer.close(clock_ns(CLOCK_REALTIME));
}

}  // namespace nightjar
