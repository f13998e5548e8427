#include "live/capture_keeper.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "base/text.hpp"
#include "base/time.hpp"
#include "live/capture_worker.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMilli = 1'000'000;
constexpr useconds_t kLookUs = 50'000;
/// One that wrote something before it died is replaced at once. One that did not would die again: but longer pauses cost packets.
constexpr std::int64_t kLongestPauseNs = 5 * kNanosPerSecond;
constexpr int kChoreNiceness = 10;

std::int64_t steady_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * kNanosPerSecond + time.tv_nsec;
}

std::atomic<bool> worker_stops{false};
void stop_worker(int) { worker_stops = true; }

}  // namespace

Result<std::unique_ptr<CaptureKeeper>> CaptureKeeper::open(CaptureOptions options, Say say) {
  std::unique_ptr<CaptureKeeper> keeper(new CaptureKeeper(std::move(options), std::move(say)));
  const CaptureOptions& with = keeper->options_;
  if (auto made = make_folders(with.segments); !made) return made.error();
  const std::filesystem::path lock = with.segments / ("." + with.sensor + ".lock");
  for (int tries = 0; !keeper->lock_; ++tries) {
    auto taken = FileLock::take(lock, FileLock::Kind::exclusive, false);
    if (taken) {
      keeper->lock_ = std::move(*taken);
    } else if (tries == 100) {
      return Error{"another capture of the sensor '" + with.sensor + "' writes into " + with.segments.string()};
    } else {
      usleep(100'000);
    }
  }
  auto alive = keeper->folder_.recover();
  if (!alive) return alive.error();
  if (*alive) keeper->gap_ = "nightjar gap from " + format_time(**alive) + " to " + format_time(now_ns());
  for (std::uint32_t number = 0; number < with.rings; ++number) {
    RingOptions ring = with.ring;
    if (with.rings > 1)
      ring.fanout = static_cast<std::uint16_t>(getpid() & 0xFFFF) == 0 ? 1 : static_cast<std::uint16_t>(getpid() & 0xFFFF);
    auto opened = PacketRing::open(ring);
    if (!opened) return opened.error();
    auto progress = CaptureProgress::create();
    if (!progress) return progress.error();
    Queue queue;
    queue.ring = std::make_unique<PacketRing>(std::move(*opened));
    queue.progress = *progress;
    keeper->queues_.push_back(std::move(queue));
  }
  return keeper;
}

/// In the child.
int CaptureKeeper::work(std::uint32_t number, const std::string& gap) const {
  std::signal(SIGTERM, stop_worker);
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C goes to the whole group; the keeper says when to stop
  const Queue& queue = queues_[number];
  PcapngHeader header;
  header.interface = options_.ring.interface;
  header.filter = options_.ring.filter;
  header.program = "nightjar capture";
  header.link_type = queue.ring->link_type();
  header.snap_length = options_.ring.snap_length;
  SegmentWriter writer({options_.segments, options_.sensor, number}, options_.rules, header, *queue.progress);
  auto done = empty_ring(*queue.ring, writer, *queue.progress, worker_stops, gap);
  if (done) return 0;
  std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(done.error().sentence).c_str());
  return 1;
}

Result<void> CaptureKeeper::start_worker(std::uint32_t number) {
  Queue& queue = queues_[number];
  const std::string gap = queue.worker ? std::string() : gap_;
  auto child = ChildProcess::fork_to([&] { return work(number, gap); });
  if (!child) return child.error();
  queue.worker = std::move(*child);
  queue.begun_block = queue.progress->position().block;
  return {};
}

Result<void> CaptureKeeper::look_after_workers() {
  const std::int64_t now = steady_ns();
  for (std::uint32_t number = 0; number < queues_.size(); ++number) {
    Queue& queue = queues_[number];
    if (queue.next_ns == 0) {
      const auto end = queue.worker->ended();
      if (!end) continue;
      const bool went_on = queue.progress->position().block > queue.begun_block;
      queue.pause_ns = went_on ? 0 : std::clamp<std::int64_t>(queue.pause_ns * 2, 20 * kMilli, kLongestPauseNs);
      queue.next_ns = now + queue.pause_ns;
      ++queue.progress->counters.restarts;
      say_("the process that writes packets ended (" + format(*end) + "); another goes on where it stopped");
    }
    if (now < queue.next_ns) continue;
    queue.next_ns = 0;
    if (auto started = start_worker(number); !started) return started;
  }
  return {};
}

bool CaptureKeeper::is_open(const Segment& segment) const {
  return std::any_of(queues_.begin(), queues_.end(), [&](const Queue& queue) {
    const CapturePosition at = queue.progress->position();
    return at.segment_open != 0 && at.segment_ns == segment.begun_ns &&
           segment.queue == static_cast<std::uint32_t>(&queue - queues_.data());
  });
}

Result<void> CaptureKeeper::begin_ingest() {
  // In this order: what is not open now is complete when it is read below.
  auto plain = folder_.plain();
  if (!plain) return plain.error();
  closed_.clear();
  for (const Segment& segment : *plain) {
    if (!is_open(segment)) closed_.push_back(segment);
  }
  if (options_.ingest.empty()) {
    chore_ = Chore::compress;
    return begin_compressing();
  }
  if (plain->empty()) return {};
  std::vector<std::string> arguments = options_.ingest;
  for (const Segment& segment : *plain) arguments.push_back(segment.path.string());
  auto child = ChildProcess::start(arguments, kChoreNiceness);
  if (!child) return child.error();
  child_ = std::move(*child);
  chore_ = Chore::ingest;
  return {};
}

Result<void> CaptureKeeper::begin_compressing() {
  chore_ = Chore::none;
  if (!closed_.empty()) {
    auto child = ChildProcess::fork_to([this] {
      if (nice(kChoreNiceness) == -1) return 1;
      int status = 0;
      for (const Segment& segment : closed_) {
        if (auto done = SegmentFolder::compress(segment); !done) {
          std::fprintf(stderr, "nightjar: %s\n", escape_for_terminal(done.error().sentence).c_str());
          status = 1;
        }
      }
      return status;
    });
    if (!child) return child.error();
    child_ = std::move(*child);
    chore_ = Chore::compress;
  }
  auto gone = folder_.forget_old(now_ns(), options_.keep_days, options_.keep_bytes);
  if (!gone) return gone.error();
  for (const Segment& segment : *gone) say_("deleted " + segment.path.string() + ", as the limits of age and size say");
  return {};
}

/// Takes segments into the lake, compresses what is closed and in it. `last`: begin at once.
Result<void> CaptureKeeper::do_chores(bool last) {
  const std::int64_t now = steady_ns();
  if (chore_ == Chore::none) {
    if (!last && now < next_ingest_ns_) return {};
    next_ingest_ns_ = now + options_.ingest_seconds * kNanosPerSecond;
    return begin_ingest();
  }
  const auto end = child_->ended();
  if (!end) return {};
  child_.reset();
  if (chore_ == Chore::compress) {
    chore_ = Chore::none;
    return {};
  }
  if (end->ok()) return begin_compressing();
  chore_ = Chore::none;
  say_("taking segments into the lake failed (" + format(*end) + "); they stay, and it is tried again");
  return {};
}

CaptureKeeper::Totals CaptureKeeper::totals() const {
  Totals sum;
  for (const Queue& queue : queues_) {
    const CaptureCounters& counters = queue.progress->counters;
    sum.packets += counters.packets;
    sum.bytes += counters.bytes;
    sum.kernel_drops += counters.kernel_drops;
    sum.interface_drops += counters.interface_drops;
    sum.unwritten += counters.unwritten;
    sum.segments += counters.segments;
    sum.clock_steps += counters.clock_steps;
    sum.restarts += counters.restarts;
    sum.disk_full = sum.disk_full || counters.disk_full != 0;
  }
  return sum;
}

void CaptureKeeper::say_what_changed() {
  const Totals now = totals();
  if (now.disk_full && !said_.disk_full) {
    say_("the disk of " + options_.segments.string() + " is full: packets are counted, and not kept until there is room");
  }
  if (!now.disk_full && said_.disk_full) {
    say_("there is room again: packets are kept; " + with_thousands(now.unwritten) + " were counted only, of all since the start");
  }
  if (now.kernel_drops > said_.kernel_drops && said_.kernel_drops == 0) {
    say_("the kernel dropped packets because they came faster than they were written; sensor_days counts them");
  }
  if (now.clock_steps > said_.clock_steps) say_("the clock was set");
  said_ = now;
}

Result<void> CaptureKeeper::run(const std::atomic<bool>& stop) {
  for (std::uint32_t number = 0; number < queues_.size(); ++number) {
    if (auto started = start_worker(number); !started) return started;
  }
  next_ingest_ns_ = steady_ns() + options_.ingest_seconds * kNanosPerSecond;
  while (!stop) {
    usleep(kLookUs);
    if (auto looked = look_after_workers(); !looked) return looked;
    if (auto done = do_chores(false); !done) say_(done.error().sentence);
    say_what_changed();
  }
  for (Queue& queue : queues_) {
    if (queue.worker) queue.worker->signal(SIGTERM);
  }
  bool written = true;
  for (Queue& queue : queues_) written = queue.worker->wait().ok() && written;
  while (chore_ != Chore::none) {
    usleep(kLookUs);
    if (auto done = do_chores(false); !done) say_(done.error().sentence);
  }
  if (auto begun = do_chores(true); !begun) return begun;
  while (chore_ != Chore::none) {
    usleep(kLookUs);
    if (auto done = do_chores(false); !done) return done;
  }
  if (!written) return Error{"the last packets could not be written to " + options_.segments.string()};
  return {};
}

}  // namespace nightjar
