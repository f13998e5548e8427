#include "ingest/ingest.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <thread>
#include <utility>

#include "base/failpoint.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "capture/reader.hpp"
#include "fingerprint/catalogue.hpp"
#include "ingest/batch.hpp"
#include "ingest/block_queue.hpp"
#include "ingest/capture_order.hpp"
#include "ingest/doubtful_clock.hpp"
#include "ingest/hour_cut.hpp"
#include "ingest/known_captures.hpp"
#include "ingest/standard_input.hpp"
#include "ingest/unread.hpp"
#include "ingest/worker.hpp"
#include "payload/signature_set.hpp"

namespace nightjar {
namespace {

/// With less the writer cannot hold one row group a thread.
constexpr std::uint64_t kLeastWriterBytes = 200'000'000;
/// Rows other than flows get this part of the memory until they are written.
constexpr std::uint64_t kRestShare = 10;
/// Open conversations of honeypots get this part of the memory.
constexpr std::uint64_t kDoorShare = 8;
/// So many captures that are what they were before are named, and the others counted: of a year there are thousands.
constexpr std::uint64_t kNamedAgain = 5;

/// One call of Ingest::run: the batch that is open, and the threads that fill it.
class Run {
 public:
  Run(const Ingest::Config& config, const Ingest::Dependencies& with, const CaptureList& list, Ingest::Progress& progress,
      const std::atomic<bool>& stopping)
      : config_(config),
        with_(with),
        list_(list),
        progress_(progress),
        stopping_(stopping),
        queue_(2 * static_cast<std::size_t>(config.jobs) + 2) {}
  ~Run();

  Result<Ingest::Report> run();

 private:
  Result<void> begin();
  Result<void> take(const CapturePath& capture);
  /// `path`: what holds the capture, and may be opened again where some of it is known. `input`: set for standard input.
  Result<void> read(const CapturePath& capture, const std::filesystem::path& path, const FileLook& look, const Admission& admission,
                    StandardInput* input = nullptr);
  /// Counts a capture that adds nothing and says so; where many are simply the same as before, only of the first ones.
  void say_known(const std::string& path, const Admission& admission);
  /// Says of a file of which no record could be read what the user has to know.
  void leave_unread(const CapturePath& capture, const Error& why);
  void give(PacketBlock block, std::uint16_t sensor);
  /// The same; writes the flows at hand before an hour that would not fit into what may wait, so that rows of one hour share a file.
  Result<void> give_by_hour(PacketBlock block, std::uint16_t sensor);
  /// Whether the order of a sensor's packets matters, because it is a honeypot or learns its addresses: those that the lake has already
  /// must be looked at again.
  bool needs_order(std::uint16_t sensor) const { return list_.sensors[sensor].kind == SensorKind::honeypot || learns(sensor); }
  /// Whether a sensor learns its addresses from the order of packets.
  bool learns(std::uint16_t sensor) const {
    return list_.sensors[sensor].kind != SensorKind::darknet && list_.sensors[sensor].prefixes.empty();
  }
  /// Null for a sensor whose addresses are written down.
  LearnedPot* pot_of(std::uint16_t sensor) {
    return learns(sensor) ? &pots_.try_emplace(sensor, list_.sensors[sensor].kind).first->second : nullptr;
  }
  /// Shows the pot what was passed over of its captures, before new packets come.
  void teach(std::uint16_t sensor);
  /// Notes in the manifest what of a capture was read since the batch began.
  void note(const CapturePath& capture, const FileLook& look, const Admission& admission, const CaptureFacts& facts, std::uint64_t from,
            bool whole);
  bool batch_is_full() const { return batch_frames_ >= config_.batch_packets; }
  Result<void> load_signatures(bool conversations);
  Result<void> open_batch();
  /// Begins to write the flows at hand where that is due.
  Result<void> flush_if_due();
  Result<void> flush_flows(bool rest_too);
  /// Memory that workers hold for rows other than flows.
  std::uint64_t rest_bytes() const;
  /// Waits for what `flush_if_due` began.
  Result<void> end_writing();
  Result<void> close_batch();
  const Sensor& sensor_of(const CapturePath& capture) const { return list_.sensors[capture.sensor]; }

  const Ingest::Config& config_;
  const std::uint64_t step_ = std::min(config_.step_packets, config_.batch_packets);
  const Ingest::Dependencies& with_;
  const CaptureList& list_;
  Ingest::Progress& progress_;
  const std::atomic<bool>& stopping_;

  Writer writer_;
  std::shared_ptr<const Snapshot> newest_;  ///< that this call knows all captures of
  std::unique_ptr<ParquetWriter> parquet_;
  std::shared_ptr<const Geolocation> geolocation_;
  std::shared_ptr<const SignatureSet> signatures_;
  KnownCaptures known_;

  BlockQueue queue_;
  SharedLayout layout_;
  std::vector<std::unique_ptr<Worker>> workers_;  ///< the last one is the reading thread's own, for sensors that need the order
  std::vector<std::thread> threads_;
  std::map<std::uint16_t, LearnedPot> pots_;
  struct PassedOver {
    std::filesystem::path path;
    std::uint64_t bytes;  ///< the lake has packets up to this offset
  };
  void leave_untaught(std::uint16_t sensor, PassedOver capture);
  std::map<std::uint16_t, std::vector<PassedOver>> untaught_;  ///< by sensor that needs the order
  PassedOverFiles no_captures_;
  std::uint64_t same_again_ = 0;  ///< captures that the lake has under the same path
  Manifest manifest_;
  std::uint64_t batch_frames_ = 0;  ///< frames since the batch began
  std::uint64_t flush_frames_ = 0;  ///< frames since flows were written
  HourCut hour_cut_;
  std::unique_ptr<BatchWriter> batch_;             ///< once the batch has written something
  std::vector<std::unique_ptr<FlowTable>> spare_;  ///< a second table a worker: one is filled while the other is written
  std::future<Result<void>> writing_;              ///< of the spare tables
  bool modelled_ = false;                          ///< of the captures of the batch: modelled and real ones never share one
  Ingest::Report report_;
};

Run::~Run() {
  if (writing_.valid()) writing_.wait();
  queue_.close();
  for (std::thread& thread : threads_) thread.join();
}

Result<void> Run::begin() {
  auto writer = with_.lake.begin_write();
  if (!writer) return writer.error();
  writer_ = std::move(*writer);
  auto snapshot = with_.lake.snapshot();
  if (!snapshot) return snapshot.error();
  newest_ = *snapshot;
  report_.version = newest_->version().number;
  auto manifests = with_.lake.manifests(**snapshot);
  if (!manifests) return manifests.error();
  std::map<std::string_view, std::string_view> kinds;
  for (const CapturePath& capture : list_.captures)
    kinds[sensor_of(capture).name] = kSensorKindNames[static_cast<std::size_t>(sensor_of(capture).kind)];
  for (const Manifest& manifest : *manifests) {
    for (const ManifestCapture& capture : manifest.captures) {
      known_.add(capture);
      // Counts are kept by kind, and would say something else than rows by name.
      const auto kind = kinds.find(capture.sensor);
      if (kind == kinds.end() || kind->second == capture.kind) continue;
      return Error{"the sensor " + capture.sensor + " is a " + capture.kind + " in this lake, and would be a " + std::string(kind->second) +
                   " now; give it the same kind or another name"};
    }
  }
  for (int i = 0; i <= config_.jobs; ++i) {
    workers_.push_back(std::make_unique<Worker>(list_.sensors, config_.decode, layout_));
    spare_.push_back(std::make_unique<FlowTable>(layout_));
  }
  const auto is_honeypot = [](const Sensor& sensor) { return sensor.kind == SensorKind::honeypot; };
  const bool honeypots = std::any_of(list_.sensors.begin(), list_.sensors.end(), is_honeypot);
  if (auto loaded = load_signatures(honeypots); !loaded) return loaded;
  if (honeypots) {
    auto door = HoneypotDoor::open(signatures_, config_.memory_bytes / kDoorShare);
    if (!door) return door.error();
    workers_.back()->door = std::move(*door);
  }
  for (int i = 0; i < config_.jobs; ++i) {
    threads_.emplace_back([this, i] {
      while (auto block = queue_.pop()) {
        workers_[static_cast<std::size_t>(i)]->work(*block);
        queue_.done(std::move(*block));
      }
    });
  }
  return {};
}

void Run::give(PacketBlock block, std::uint16_t sensor) {
  batch_frames_ += block.packets.size();
  flush_frames_ += block.packets.size();
  report_.frames += block.packets.size();
  progress_.frames.fetch_add(block.packets.size(), std::memory_order_relaxed);
  if (needs_order(sensor)) {
    teach(sensor);
    workers_.back()->work_in_order(block, pot_of(sensor));
  } else {
    queue_.push(std::move(block));
  }
}

Result<void> Run::give_by_hour(PacketBlock block, std::uint16_t sensor) {
  for (;;) {
    const std::size_t cut = hour_cut_.place(block.packets, flush_frames_, config_.flush_packets);
    if (cut == block.packets.size()) break;
    PacketBlock before = queue_.fresh();
    before.storage = block.storage;
    before.packets.assign(block.packets.begin(), block.packets.begin() + static_cast<std::ptrdiff_t>(cut));
    block.packets.erase(block.packets.begin(), block.packets.begin() + static_cast<std::ptrdiff_t>(cut));
    if (cut > 0) give(std::move(before), sensor);
    if (auto flushed = flush_flows(false); !flushed) return flushed;
  }
  give(std::move(block), sensor);
  return {};
}

void Run::leave_untaught(std::uint16_t sensor, PassedOver capture) {
  std::vector<PassedOver>& captures = untaught_[sensor];
  // Conversations go on from one capture to the next, hardly over two.
  if (!learns(sensor)) captures.clear();
  captures.push_back(std::move(capture));
}

void Run::teach(std::uint16_t sensor) {
  const auto passed_over = untaught_.find(sensor);
  if (passed_over == untaught_.end()) return;
  for (const PassedOver& capture : passed_over->second) {
    CaptureReader::Options options;
    options.stop_bytes = capture.bytes;
    options.hash = false;
    auto opened = CaptureReader::open(capture.path, options);
    if (!opened) {
      report_.failures.push_back(opened.error().sentence + "; what it says of the addresses of " + list_.sensors[sensor].name +
                                 " is not known");
      continue;
    }
    PacketBlock block;
    while ((*opened)->next(block)) workers_.back()->teach(block, pot_of(sensor));
  }
  untaught_.erase(passed_over);
}

Result<void> Run::flush_if_due() {
  std::uint64_t flow_bytes = 0;
  for (const auto& worker : workers_) flow_bytes += worker->flow_bytes();
  const std::uint64_t limit = config_.memory_bytes / kRestShare;
  const bool rest_too = rest_bytes() >= limit;
  if (flush_frames_ < config_.flush_packets && flow_bytes < 2 * limit && !rest_too) return {};
  return flush_flows(rest_too);
}

std::uint64_t Run::rest_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& worker : workers_) bytes += worker->rest_bytes();
  return bytes;
}

Result<void> Run::flush_flows(bool rest_too) {
  if (auto written = end_writing(); !written) return written;
  queue_.drain();
  if (auto opened = open_batch(); !opened) return opened;
  flush_frames_ = 0;
  // The workers go on with the tables that were written last time while these are written.
  std::vector<FlowTable*> full;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    std::swap(workers_[i]->flows, spare_[i]);
    full.push_back(spare_[i].get());
  }
  auto rest = std::make_shared<BatchWriter::Rest>();
  if (rest_too) *rest = BatchWriter::take_rest(workers_);
  writing_ = std::async(std::launch::async, [this, full, rest] {
    progress_.writing = true;
    auto flushed = batch_->flush(full, std::move(*rest));
    progress_.writing = false;
    return flushed;
  });
  return {};
}

Result<void> Run::end_writing() {
  if (!writing_.valid()) return {};
  return writing_.get();
}

void Run::note(const CapturePath& capture, const FileLook& look, const Admission& admission, const CaptureFacts& facts, std::uint64_t from,
               bool whole) {
  ManifestCapture entry;
  entry.path = look.path;
  entry.sensor = sensor_of(capture).name;
  entry.kind = kSensorKindNames[static_cast<std::size_t>(sensor_of(capture).kind)];
  entry.format = facts.format;
  entry.file_size = look.size;
  entry.modified_ns = look.modified_ns;
  entry.whole = whole;
  entry.bytes = facts.bytes;
  entry.digest = format(facts.digest);
  entry.from_bytes = from;
  entry.readable_bytes = facts.readable_bytes;
  entry.readable_digest = format(facts.readable_digest);
  // A capture shorter than a head is known by all its readable bytes.
  entry.head_bytes = admission.head_bytes != 0 ? admission.head_bytes : facts.readable_bytes;
  entry.head_digest = admission.head_bytes != 0 ? admission.head_digest : entry.readable_digest;
  entry.packets = facts.packets;
  entry.first_ns = facts.first_ns;
  entry.last_ns = facts.last_ns;
  entry.damage = facts.damage.value_or("");
  entry.modelled = capture.modelled;
  for (const MinuteOffset& minute : facts.minutes) entry.minutes.emplace_back(minute.minute, minute.offset);
  for (const Milestone& stone : facts.milestones) entry.milestones.push_back({stone.offset, stone.time_ns, stone.digest});
  if (const ManifestCapture* other = known_.overlapping(entry)) {
    report_.remarks.push_back(look.path + " overlaps in time with " + other->path + " (sensor " + entry.sensor +
                              "): packets that both hold count twice");
  }
  if (facts.last_ns) {
    SensorDayRow& ledger = workers_.back()->sensor_days.row(day_of(*facts.last_ns), capture.sensor);
    ledger.clock_steps += facts.clock_steps;
    ledger.kernel_drops += facts.kernel_drops;
    ledger.gaps += facts.gaps;
    ledger.kind = static_cast<std::uint8_t>(sensor_of(capture).kind);
  }
  known_.add(entry);
  manifest_.captures.push_back(std::move(entry));
}

void Run::leave_unread(const CapturePath& capture, const Error& why) {
  switch (capture.named ? Unread::failure : judge_unread(capture.path)) {
    case Unread::failure: report_.failures.push_back(why.sentence); break;
    case Unread::empty: report_.remarks.push_back("passed over: " + why.sentence); break;
    case Unread::no_capture: no_captures_.add(capture.path); break;
  }
}

Result<void> Run::read(const CapturePath& capture, const std::filesystem::path& path, const FileLook& look, const Admission& admission,
                       StandardInput* input) {
  CaptureReader::Options options;
  options.skip_bytes = admission.skip_bytes;
  options.stop_packets = step_;
  options.sensor = capture.sensor;
  auto opened = input != nullptr ? input->open(options) : CaptureReader::open(path, options);
  if (!opened) {
    leave_unread(capture, opened.error());
    return {};
  }
  if (admission.skip_bytes > 0 && needs_order(capture.sensor)) {
    leave_untaught(capture.sensor, {path, admission.skip_bytes});
    if (path != capture.path) teach(capture.sensor);  // a file of this call alone
  }
  hour_cut_.begin();
  CaptureReader& reader = **opened;
  const std::uint64_t done_before = progress_.bytes_done;
  std::uint64_t from = admission.skip_bytes;
  PacketBlock block;
  for (;;) {
    while (reader.next(block)) {
      if (auto given = give_by_hour(std::move(block), capture.sensor); !given) return given;
      // Conversations hold many bytes a packet: they do not wait for the next look at flows.
      if (rest_bytes() >= config_.memory_bytes / kRestShare) {
        if (auto flushed = flush_flows(true); !flushed) return flushed;
      }
      block = queue_.fresh();
      progress_.bytes_done = done_before + reader.consumed();
    }
    const bool more = reader.stopped();
    if (auto flushed = flush_if_due(); !flushed) return flushed;
    if (more && !batch_is_full() && !stopping_) {
      reader.go_on(step_);
      continue;
    }
    const CaptureFacts& facts = reader.facts();
    const bool first = from == admission.skip_bytes;
    if (facts.failure) {
      report_.failures.push_back("cannot read all of " + look.path + ": " + *facts.failure);
      report_.remarks.push_back(look.path + " could be read up to byte " + std::to_string(facts.readable_bytes) +
                                " only: ingest it again for the rest");
    }
    if (facts.packets == 0 && first && facts.failure) {
      // Nothing of it is new.
    } else if (facts.packets == 0 && first && !admission.known_as.empty()) {
      say_known(look.path, admission);
    } else {
      if (first) ++report_.captures;
      if (first && !admission.known_as.empty()) report_.remarks.push_back(goes_on(look.path, admission));
      note(capture, look, admission, facts, from, !more && !facts.failure);
      if (!more && facts.damage) report_.remarks.push_back(look.path + " is damaged: " + *facts.damage);
    }
    if (auto point = failpoint("ingest.capture-read"); !point) return point.error();
    if (!more || stopping_) break;
    from = facts.readable_bytes;
    if (auto closed = close_batch(); !closed) return closed;
    reader.begin_slice();
    reader.go_on(step_);
  }
  if (batch_is_full()) return close_batch();
  return {};
}

void Run::say_known(const std::string& path, const Admission& admission) {
  ++report_.known_captures;
  const bool same = admission.known_as == path && admission.share != Admission::Share::beginning_of;
  if (same && ++same_again_ > kNamedAgain) return;
  report_.remarks.push_back(adds_nothing(path, admission));
}

Result<void> Run::take(const CapturePath& capture) {
  if (capture.modelled != modelled_) {
    if (auto closed = close_batch(); !closed) return closed;
    modelled_ = capture.modelled;
  }
  const FileLook look = look_at(capture.path);
  if (capture.path == "-") {
    StandardInput input(with_.lake.root());
    auto admission = input.admit(known_);
    if (!admission) return admission.error();
    return read(capture, input.path(), look, *admission, &input);
  }
  auto admission = known_.admit(capture.path, look);
  if (!admission) {
    leave_unread(capture, admission.error());
    return {};
  }
  if (admission->known) {
    say_known(look.path, *admission);
    progress_.bytes_done += look.size;
    if (needs_order(capture.sensor)) leave_untaught(capture.sensor, {capture.path, ~0ULL});
    return {};
  }
  return read(capture, capture.path, look, *admission);
}

Result<void> Run::load_signatures(bool conversations) {
  const auto scope = conversations ? SignatureSet::Scope::everything : SignatureSet::Scope::datagrams;
  auto loaded = with_.signatures ? with_.signatures(conversations) : SignatureSet::load({}, scope);
  if (!loaded) return loaded.error();
  signatures_ = *loaded;
  return {};
}

Result<void> Run::open_batch() {
  if (batch_) return {};
  auto loaded = with_.geolocation();
  if (!loaded) return loaded.error();
  geolocation_ = *loaded;
  if (!parquet_) {
    ParquetWriter::Config config;
    config.threads = config_.jobs;
    config.memory_bytes = std::max(config_.memory_bytes / 10 * 4, kLeastWriterBytes);
    config.spill = with_.lake.root() / "tmp";
    auto opened = ParquetWriter::open(config);
    if (!opened) return opened.error();
    parquet_ = std::move(*opened);
  }
  auto begun =
      BatchWriter::begin({with_.lake, writer_, *parquet_, geolocation_, list_.sensors, newest_, signatures_, &progress_.files}, modelled_);
  if (!begun) return begun.error();
  batch_ = std::move(*begun);
  return {};
}

Result<void> Run::close_batch() {
  queue_.drain();
  if (auto written = end_writing(); !written) return written;
  if (manifest_.captures.empty()) return {};
  progress_.writing = true;
  if (auto opened = open_batch(); !opened) return opened;
  manifest_.catalogue = catalogue_version();
  manifest_.signatures = signatures_->version();
  for (const GeolocationSource& source : geolocation_->sources()) {
    manifest_.geolocation.push_back(source.path + " (" + source.type + ", " + source.built + ")");
  }
  auto written = batch_->commit(workers_, manifest_);
  if (!written) return written.error();
  newest_ = written->published;
  batch_.reset();
  ++report_.batches;
  for (std::size_t table = 0; table < kTables; ++table) {
    report_.rows[table] += written->rows[table];
    report_.bytes[table] += written->bytes[table];
  }
  for (const SensorDayRow& day : written->sensor_days) {
    report_.packets += day.packets;
    report_.outbound += day.outbound;
    report_.outside += day.outside;
    report_.not_ip += day.not_ip;
    for (std::size_t reason = 0; reason < kUndecodableReasons; ++reason) report_.undecodable[reason] += day.undecodable[reason];
  }
  for (std::string& sentence : doubtful_clocks(written->sensor_days, list_.sensors)) report_.remarks.push_back(std::move(sentence));
  manifest_ = {};
  batch_frames_ = flush_frames_ = 0;
  progress_.writing = false;
  return {};
}

Result<Ingest::Report> Run::run() {
  for (const CapturePath& capture : list_.captures) progress_.bytes_total += look_at(capture.path).size;
  if (auto begun = begin(); !begun) return begun.error();
  CaptureOrder order(list_, [](const CapturePath& capture) { return first_packet_time(capture.path); });
  while (const CapturePath* capture = order.next()) {
    if (stopping_) break;
    if (auto taken = take(*capture); !taken) return taken.error();
  }
  if (auto closed = close_batch(); !closed) return closed.error();
  if (same_again_ > kNamedAgain) {
    report_.remarks.push_back(with_thousands(same_again_ - kNamedAgain) + " captures more add nothing: the lake has them already");
  }
  if (const std::string sentence = no_captures_.sentence(); !sentence.empty()) report_.remarks.push_back(sentence);
  report_.version = newest_->version().number;
  if (auto swept = with_.lake.sweep(); !swept) report_.remarks.push_back("old versions of the lake stay: " + swept.error().sentence);
  return std::move(report_);
}

}  // namespace

Result<Ingest::Report> Ingest::run(const CaptureList& list, Progress& progress) {
  Run run(config_, with_, list, progress, stopping_);
  return run.run();
}

}  // namespace nightjar
