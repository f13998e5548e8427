#include "ingest/batch.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <utility>

#include "aggregate/flow_stream.hpp"
#include "base/failpoint.hpp"
#include "base/time.hpp"
#include "ingest/datagram_rows.hpp"
#include "payload/recogniser.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

}  // namespace

/// What was sent on a day: payloads of conversations, and datagrams that are no rows yet.
struct BatchWriter::DayPayloads {
  std::vector<PayloadRow> rows;
  std::vector<Datagram> datagrams;
};

BatchWriter::BatchWriter(const Dependencies& dependencies, bool modelled)
    : with_(dependencies), origins_(dependencies.geolocation), modelled_(modelled) {
  for (const Sensor& sensor : with_.sensors) names_.push_back(sensor.name);
}

Result<std::unique_ptr<BatchWriter>> BatchWriter::begin(const Dependencies& dependencies, bool modelled) {
  std::unique_ptr<BatchWriter> batch(new BatchWriter(dependencies, modelled));
  auto number = dependencies.lake.reserve_batch(dependencies.writer);
  if (!number) return number.error();
  batch->report_.batch = *number;
  if (auto point = failpoint("ingest.batch-begun"); !point) return point.error();
  return batch;
}

BatchWriter::~BatchWriter() {
  if (change_.added.empty()) return;
  // A commit may fail when the batch is visible already; versions keep the numbers of their batches for good.
  const auto newest = with_.lake.snapshot();
  if (!newest) return;
  const auto& batches = (*newest)->version().batches;
  if (std::any_of(batches.begin(), batches.end(), [&](const LakeBatch& batch) { return batch.holds(report_.batch); })) return;
  // Nothing lists these files: on a full disk their room is needed at once, not at the next sweep.
  std::error_code ignored;
  for (const LakeFile& file : change_.added) std::filesystem::remove(with_.lake.root() / file.path, ignored);
}

Result<void> BatchWriter::write_files(const std::vector<FileJob>& jobs) {
  // Files of a year's days are small and wait for the disk: side by side they wait together. A few files are large, and each
  // keeps all cores busy by itself; so many side by side would only need more memory.
  constexpr std::size_t kMany = 8, kSideBySide = 4;
  if (jobs.size() < kMany) {
    for (const FileJob& job : jobs) {
      if (auto done = job(ParquetWriter::Threads::all); !done) return done;
    }
    return {};
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::future<Result<void>>> writers;
  for (std::size_t i = 0; i < kSideBySide; ++i) {
    writers.push_back(std::async(std::launch::async, [&]() -> Result<void> {
      for (std::size_t job; (job = next++) < jobs.size();) {
        if (auto done = jobs[job](ParquetWriter::Threads::one); !done) {
          next = jobs.size();
          return done;
        }
      }
      return {};
    }));
  }
  Result<void> all;
  for (auto& writer : writers) {
    if (auto done = writer.get(); !done && all) all = std::move(done);
  }
  return all;
}

Result<std::optional<LakeFile>> BatchWriter::write_file(Table table, std::int64_t day, RowStream& rows, ParquetWriter::Threads threads) {
  const std::string folder = std::string(schema_of(table).name) + "/day=" + format_day(day);
  const std::string path =
      folder + "/" + with_.writer.token() + "-b" + std::to_string(report_.batch) + "-" + std::to_string(files_++) + ".parquet";
  // `commit` flushes all folders of the batch: not with every file, which is slow where a wrong clock spreads packets over many days.
  std::error_code error;
  std::filesystem::create_directories(with_.lake.root() / folder, error);
  if (error) return Error{"cannot make the folder " + (with_.lake.root() / folder).string() + ": " + error.message()};
  auto written = with_.parquet.write(table, rows, names_, with_.lake.root() / path, threads);
  if (!written) return written.error();
  if (written->rows == 0) return std::optional<LakeFile>();
  return std::optional<LakeFile>({path, table, day, written->rows, written->bytes, {report_.batch}, modelled_, "", {}});
}

void BatchWriter::add_file(LakeFile file) {
  const std::lock_guard lock(mutex_);
  report_.rows[static_cast<std::size_t>(file.table)] += file.rows;
  report_.bytes[static_cast<std::size_t>(file.table)] += file.bytes;
  change_.added.push_back(std::move(file));
  if (with_.files != nullptr) ++*with_.files;
}

template <class Row, class DayOf>
void BatchWriter::add_jobs(Table table, std::vector<Row> rows, DayOf day_of, std::vector<FileJob>& jobs,
                           const std::shared_ptr<const TextKeep>& texts) {
  std::map<std::int64_t, std::vector<Row>> by_day;
  std::vector<Row>* of_day = nullptr;
  std::int64_t day = 0;
  for (Row& row : rows) {
    row.batch = report_.batch;
    if (of_day == nullptr || day_of(row) != day) of_day = &by_day[day = day_of(row)];
    of_day->push_back(row);
  }
  for (auto& [number, found] : by_day) {
    auto stream = std::make_shared<VectorStream<Row>>(std::move(found));
    jobs.emplace_back([this, table, number = number, stream, texts](ParquetWriter::Threads threads) -> Result<void> {
      auto file = write_file(table, number, *stream, threads);
      if (!file) return file.error();
      if (*file) add_file(std::move(**file));
      return {};
    });
  }
}

Result<void> BatchWriter::write_flows(const std::vector<FlowTable*>& tables, std::int64_t day, ParquetWriter::Threads threads) {
  std::vector<std::atomic<std::uint32_t>> hours(names_.size());  // by sensor, a bit each
  FlowStream stream(tables, day, [&](std::span<FlowRow> rows) {
    origins_.fill(rows);
    std::vector<std::uint32_t> seen(names_.size());
    for (FlowRow& row : rows) {
      row.batch = report_.batch;
      seen[row.sensor] |= 1U << (row.hour - day * kHoursPerDay);
    }
    for (std::size_t sensor = 0; sensor < seen.size(); ++sensor) {
      if (seen[sensor] != 0) hours[sensor] |= seen[sensor];
    }
  });
  auto file = write_file(Table::flows, day, stream, threads);
  if (!file) return file.error();
  if (!*file) return {};
  for (std::size_t sensor = 0; stream.keys_come_once() && sensor < hours.size(); ++sensor) {
    if (hours[sensor] != 0) (*file)->once[names_[sensor]] = hours[sensor];
  }
  add_file(std::move(**file));
  return {};
}

BatchWriter::Rest BatchWriter::take_rest(std::vector<std::unique_ptr<Worker>>& workers) {
  Rest rest;
  for (const auto& worker : workers) {
    rest.requests.merge(worker->requests);
    rest.datagrams.merge(worker->datagrams);
    if (worker->door) rest.sessions = worker->door->sessions.take();
    rest.minutes.push_back(std::move(worker->minutes));
    rest.backscatter.push_back(std::move(worker->backscatter));
    rest.sensor_days.merge(worker->sensor_days);
    worker->forget_places();
  }
  return rest;
}

void BatchWriter::sort_pots(Rest& rest, std::vector<FileJob>& jobs) {
  const auto day_of_minute = [](const auto& row) { return floor_div(row.minute, kSecondsPerDay / kSecondsPerMinute); };
  const auto day_of_first = [](const auto& row) { return floor_div(row.first, kSecondsPerDay * kMicrosPerSecond); };
  RequestTable::Rows requests = rest.requests.take();
  origins_.fill(std::span<RequestRow>(requests.requests));
  add_jobs(Table::requests, std::move(requests.requests), day_of_minute, jobs, std::make_shared<TextKeep>(std::move(requests.texts)));

  const auto texts = std::make_shared<const TextKeep>(std::move(rest.sessions.texts));
  origins_.fill(std::span<SessionRow>(rest.sessions.sessions));
  add_jobs(Table::sessions, std::move(rest.sessions.sessions), day_of_first, jobs, texts);

  std::map<std::int64_t, std::shared_ptr<DayPayloads>> payloads;
  const auto of_day = [&](std::int64_t day) -> DayPayloads& {
    auto& found = payloads[day];
    if (!found) found = std::make_shared<DayPayloads>();
    return *found;
  };
  for (const PayloadRow& row : rest.sessions.payloads) of_day(day_of_first(row)).rows.push_back(row);
  for (Datagram& datagram : rest.datagrams.take()) of_day(day_of(datagram.first_ns)).datagrams.push_back(std::move(datagram));
  for (auto& [day, found] : payloads) {
    jobs.emplace_back(
        [this, day = day, found = found, texts](ParquetWriter::Threads threads) { return write_payloads(day, *found, threads); });
  }
}

Result<void> BatchWriter::write_payloads(std::int64_t day, DayPayloads& payloads, ParquetWriter::Threads threads) {
  // Recognised here, where several days are written side by side, and not before: rows of a year would take much memory.
  TextKeep texts;
  std::vector<PayloadRow> rows = std::move(payloads.rows);
  if (!payloads.datagrams.empty()) {
    auto recogniser = Recogniser::make(with_.signatures);
    if (!recogniser) return recogniser.error();
    add_datagram_rows(std::move(payloads.datagrams), *recogniser, rows, texts);
  }
  std::sort(rows.begin(), rows.end(), [](const PayloadRow& a, const PayloadRow& b) { return a.sha256 < b.sha256; });
  for (PayloadRow& row : rows) row.batch = report_.batch;
  VectorStream<PayloadRow> stream(std::move(rows));
  auto file = write_file(Table::payloads, day, stream, threads);
  if (!file) return file.error();
  if (*file) add_file(std::move(**file));
  return {};
}

std::vector<BatchWriter::FileJob> BatchWriter::sort_rest(Rest rest) {
  for (std::size_t i = 1; i < rest.minutes.size(); ++i) {
    rest.minutes.front().merge(rest.minutes[i]);
    rest.backscatter.front().merge(rest.backscatter[i]);
  }
  std::vector<FileJob> jobs;
  const auto day_of_minute = [](const auto& row) { return floor_div(row.minute, kSecondsPerDay / kSecondsPerMinute); };
  if (!rest.minutes.empty()) {
    add_jobs(Table::minutes, rest.minutes.front().take(), day_of_minute, jobs);
    std::vector<BackscatterRow> backscatter = rest.backscatter.front().take();
    origins_.fill(std::span<BackscatterRow>(backscatter));
    add_jobs(Table::backscatter, std::move(backscatter), day_of_minute, jobs);
  }
  std::vector<SensorDayRow> ledger = rest.sensor_days.take();
  report_.sensor_days.insert(report_.sensor_days.end(), ledger.begin(), ledger.end());
  add_jobs(
      Table::sensor_days, std::move(ledger), [](const SensorDayRow& row) { return row.day; }, jobs);
  sort_pots(rest, jobs);
  return jobs;
}

Result<void> BatchWriter::flush(const std::vector<FlowTable*>& tables, Rest rest) {
  // The rows of the other tables are sorted on one core while flows are written.
  auto sorted = std::async(std::launch::async, [&] { return sort_rest(std::move(rest)); });
  std::vector<FileJob> jobs;
  for (const std::int64_t day : days_of(tables)) {
    jobs.emplace_back([this, &tables, day](ParquetWriter::Threads threads) { return write_flows(tables, day, threads); });
  }
  if (auto written = write_files(jobs); !written) return written;
  for (FlowTable* table : tables) table->clear();
  return write_files(sorted.get());
}

Result<BatchReport> BatchWriter::commit(std::vector<std::unique_ptr<Worker>>& workers, Manifest& manifest) {
  std::vector<FlowTable*> tables;
  for (const auto& worker : workers) tables.push_back(worker->flows.get());
  for (const auto& worker : workers) {
    if (worker->door) worker->door->hand_over();
  }
  if (auto flushed = flush(tables, take_rest(workers)); !flushed) return flushed.error();
  manifest.batch = report_.batch;
  manifest.created_ns = now_ns();
  change_.manifest = manifest;
  change_.made_from = with_.made_from;
  auto published = with_.lake.commit(with_.writer, change_);
  if (!published) return published.error();
  report_.published = *published;
  change_ = {};
  return report_;
}

}  // namespace nightjar
