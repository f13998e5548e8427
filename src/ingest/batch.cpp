#include "ingest/batch.hpp"

#include <algorithm>
#include <atomic>
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

Result<void> BatchWriter::write_file(Table table, std::int64_t day, RowStream& rows) {
  const std::string folder = std::string(schema_of(table).name) + "/day=" + format_day(day);
  const std::string path =
      folder + "/" + with_.writer.token() + "-b" + std::to_string(report_.batch) + "-" + std::to_string(files_++) + ".parquet";
  // `commit` flushes all folders of the batch: not with every file, which is slow where a wrong clock spreads packets over many days.
  std::error_code error;
  std::filesystem::create_directories(with_.lake.root() / folder, error);
  if (error) return Error{"cannot make the folder " + (with_.lake.root() / folder).string() + ": " + error.message()};
  auto written = with_.parquet.write(table, rows, names_, with_.lake.root() / path);
  if (!written) return written.error();
  if (written->rows == 0) return {};
  change_.added.push_back({path, table, day, written->rows, written->bytes, {report_.batch}, modelled_, "", {}});
  if (with_.files != nullptr) ++*with_.files;
  report_.rows[static_cast<std::size_t>(table)] += written->rows;
  report_.bytes[static_cast<std::size_t>(table)] += written->bytes;
  return {};
}

template <class Row, class DayOf>
Result<void> BatchWriter::write_by_day(Table table, std::vector<Row> rows, DayOf day_of) {
  if (rows.empty()) return {};
  for (Row& row : rows) row.batch = report_.batch;
  const auto earlier = [&](const Row& a, const Row& b) { return day_of(a) < day_of(b); };
  if (!std::is_sorted(rows.begin(), rows.end(), earlier)) std::stable_sort(rows.begin(), rows.end(), earlier);
  if (day_of(rows.front()) == day_of(rows.back())) {
    const std::int64_t day = day_of(rows.front());
    VectorStream<Row> stream(std::move(rows));
    return write_file(table, day, stream);
  }
  for (auto begin = rows.begin(); begin != rows.end();) {
    const std::int64_t day = day_of(*begin);
    const auto end = std::find_if(begin, rows.end(), [&](const Row& row) { return day_of(row) != day; });
    VectorStream<Row> stream(std::vector<Row>(std::make_move_iterator(begin), std::make_move_iterator(end)));
    if (auto written = write_file(table, day, stream); !written) return written;
    begin = end;
  }
  return {};
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
  const std::size_t files = change_.added.size();
  if (auto written = write_file(Table::flows, day, stream); !written) return written;
  if (change_.added.size() == files || !stream.keys_come_once()) return {};
  for (std::size_t sensor = 0; sensor < hours.size(); ++sensor) {
    if (hours[sensor] != 0) change_.added.back().once[names_[sensor]] = hours[sensor];
  }
  return {};
}

Result<void> BatchWriter::flush(const std::vector<FlowTable*>& tables) {
  for (const std::int64_t day : days_of(tables)) {
    if (auto written = write_flows(tables, day); !written) return written;
  }
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
