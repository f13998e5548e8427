#include "ingest/batch.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <iterator>
#include <utility>

#include "aggregate/flow_stream.hpp"
#include "base/failpoint.hpp"
#include "base/time.hpp"

namespace nightjar {

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
  if (std::any_of(batches.begin(), batches.end(), [&](const LakeBatch& batch) { return batch.id == report_.batch; })) return;
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
      if (auto done = job(); !done) return done;
    }
    return {};
  }
  std::atomic<std::size_t> next{0};
  std::vector<std::future<Result<void>>> writers;
  for (std::size_t i = 0; i < kSideBySide; ++i) {
    writers.push_back(std::async(std::launch::async, [&]() -> Result<void> {
      for (std::size_t job; (job = next++) < jobs.size();) {
        if (auto done = jobs[job](); !done) {
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

Result<std::optional<LakeFile>> BatchWriter::write_file(Table table, std::int64_t day, RowStream& rows) {
  const std::string folder = std::string(schema_of(table).name) + "/day=" + format_day(day);
  const std::string path =
      folder + "/" + with_.writer.token() + "-b" + std::to_string(report_.batch) + "-" + std::to_string(files_++) + ".parquet";
  // `commit` flushes all folders of the batch: not with every file, which is slow where a wrong clock spreads packets over many days.
  std::error_code error;
  std::filesystem::create_directories(with_.lake.root() / folder, error);
  if (error) return Error{"cannot make the folder " + (with_.lake.root() / folder).string() + ": " + error.message()};
  auto written = with_.parquet.write(table, rows, names_, with_.lake.root() / path);
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
Result<void> BatchWriter::write_by_day(Table table, std::vector<Row> rows, DayOf day_of) {
  if (rows.empty()) return {};
  for (Row& row : rows) row.batch = report_.batch;
  const auto earlier = [&](const Row& a, const Row& b) { return day_of(a) < day_of(b); };
  if (!std::is_sorted(rows.begin(), rows.end(), earlier)) std::stable_sort(rows.begin(), rows.end(), earlier);
  const auto write = [this, table](std::int64_t day, std::vector<Row> of_day) -> Result<void> {
    VectorStream<Row> stream(std::move(of_day));
    auto file = write_file(table, day, stream);
    if (!file) return file.error();
    if (*file) add_file(std::move(**file));
    return {};
  };
  if (day_of(rows.front()) == day_of(rows.back())) {
    const std::int64_t day = day_of(rows.front());
    return write(day, std::move(rows));
  }
  std::vector<FileJob> jobs;
  for (auto begin = rows.begin(); begin != rows.end();) {
    const std::int64_t day = day_of(*begin);
    const auto end = std::find_if(begin, rows.end(), [&](const Row& row) { return day_of(row) != day; });
    jobs.emplace_back(
        [&write, day, begin, end] { return write(day, std::vector<Row>(std::make_move_iterator(begin), std::make_move_iterator(end))); });
    begin = end;
  }
  return write_files(jobs);
}

Result<void> BatchWriter::write_flows(const std::vector<FlowTable*>& tables, std::int64_t day) {
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
  auto file = write_file(Table::flows, day, stream);
  if (!file) return file.error();
  if (!*file) return {};
  for (std::size_t sensor = 0; stream.keys_come_once() && sensor < hours.size(); ++sensor) {
    if (hours[sensor] != 0) (*file)->once[names_[sensor]] = hours[sensor];
  }
  add_file(std::move(**file));
  return {};
}

Result<void> BatchWriter::flush(const std::vector<FlowTable*>& tables) {
  std::vector<FileJob> jobs;
  for (const std::int64_t day : days_of(tables)) jobs.emplace_back([this, &tables, day] { return write_flows(tables, day); });
  if (auto written = write_files(jobs); !written) return written;
  for (FlowTable* table : tables) table->clear();
  return {};
}

Result<void> BatchWriter::flush_rest(std::vector<std::unique_ptr<Worker>>& workers) {
  Worker& first = *workers.front();
  for (std::size_t i = 1; i < workers.size(); ++i) {
    first.minutes.merge(workers[i]->minutes);
    first.backscatter.merge(workers[i]->backscatter);
    first.sensor_days.merge(workers[i]->sensor_days);
  }
  const auto day_of_minute = [](const auto& row) { return floor_div(row.minute, kSecondsPerDay / kSecondsPerMinute); };
  if (auto written = write_by_day(Table::minutes, first.minutes.take(), day_of_minute); !written) return written;
  std::vector<BackscatterRow> backscatter = first.backscatter.take();
  origins_.fill(std::span<BackscatterRow>(backscatter));
  if (auto written = write_by_day(Table::backscatter, std::move(backscatter), day_of_minute); !written) return written;
  std::vector<SensorDayRow> ledger = first.sensor_days.take();
  report_.sensor_days.insert(report_.sensor_days.end(), ledger.begin(), ledger.end());
  if (auto written = write_by_day(Table::sensor_days, std::move(ledger), [](const SensorDayRow& row) { return row.day; }); !written)
    return written;
  for (const auto& worker : workers) worker->forget_places();
  return {};
}

Result<BatchReport> BatchWriter::commit(std::vector<std::unique_ptr<Worker>>& workers, Manifest& manifest) {
  std::vector<FlowTable*> tables;
  for (const auto& worker : workers) tables.push_back(worker->flows.get());
  if (auto flushed = flush(tables); !flushed) return flushed.error();
  if (auto flushed = flush_rest(workers); !flushed) return flushed.error();
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
