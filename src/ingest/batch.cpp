#include "ingest/batch.hpp"

#include <map>
#include <utility>

#include "aggregate/flow_stream.hpp"
#include "base/failpoint.hpp"
#include "base/time.hpp"

namespace nightjar {

BatchWriter::BatchWriter(Dependencies dependencies, bool modelled) : with_(dependencies), modelled_(modelled) {
  for (const Sensor& sensor : with_.sensors) names_.push_back(sensor.name);
}

Result<std::unique_ptr<BatchWriter>> BatchWriter::begin(Dependencies dependencies, bool modelled) {
  std::unique_ptr<BatchWriter> batch(new BatchWriter(dependencies, modelled));
  auto number = dependencies.lake.reserve_batch(dependencies.writer);
  if (!number) return number.error();
  batch->report_.batch = *number;
  if (auto point = failpoint("ingest.batch-begun"); !point) return point.error();
  return batch;
}

BatchWriter::~BatchWriter() {
  // Nothing lists these files: on a full disk their room is needed at once, not at the next sweep.
  std::error_code ignored;
  for (const LakeFile& file : change_.added) std::filesystem::remove(with_.lake.root() / file.path, ignored);
}

Result<void> BatchWriter::write_file(Table table, std::int64_t day, RowStream& rows) {
  const std::string folder = std::string(schema_of(table).name) + "/day=" + format_day(day);
  const std::string path =
      folder + "/" + with_.writer.token() + "-b" + std::to_string(report_.batch) + "-" + std::to_string(files_++) + ".parquet";
  if (auto made = make_folders(with_.lake.root() / folder); !made) return made;
  auto written = with_.parquet.write(table, rows, names_, with_.lake.root() / path);
  if (!written) return written.error();
  if (written->rows == 0) return {};
  if (auto flushed = sync_path(with_.lake.root() / folder); !flushed) return flushed;
  change_.added.push_back({path, table, day, written->rows, written->bytes, {report_.batch}, modelled_, ""});
  report_.rows[static_cast<std::size_t>(table)] += written->rows;
  report_.bytes[static_cast<std::size_t>(table)] += written->bytes;
  return {};
}

template <class Row, class DayOf>
Result<void> BatchWriter::write_by_day(Table table, std::vector<Row> rows, DayOf day_of) {
  std::map<std::int64_t, std::vector<Row>> days;
  for (Row& row : rows) {
    row.batch = report_.batch;
    days[day_of(row)].push_back(row);
  }
  for (auto& [day, of_day] : days) {
    VectorStream<Row> stream(std::move(of_day));
    if (auto written = write_file(table, day, stream); !written) return written;
  }
  return {};
}

Result<void> BatchWriter::flush(std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<FlowTable*> tables;
  for (const auto& worker : workers) tables.push_back(worker->flows.get());
  for (const std::int64_t day : days_of(tables)) {
    FlowStream stream(tables, day, [&](std::span<FlowRow> rows) {
      with_.origins.fill(rows);
      for (FlowRow& row : rows) row.batch = report_.batch;
    });
    if (auto written = write_file(Table::flows, day, stream); !written) return written;
  }
  for (FlowTable* table : tables) table->clear();
  return {};
}

Result<BatchReport> BatchWriter::commit(std::vector<std::unique_ptr<Worker>>& workers, Manifest& manifest) {
  if (auto flushed = flush(workers); !flushed) return flushed.error();
  Worker& first = *workers.front();
  for (std::size_t i = 1; i < workers.size(); ++i) {
    first.minutes.merge(workers[i]->minutes);
    first.backscatter.merge(workers[i]->backscatter);
    first.sensor_days.merge(workers[i]->sensor_days);
  }
  const auto day_of_minute = [](const auto& row) { return floor_div(row.minute, kSecondsPerDay / kSecondsPerMinute); };
  if (auto written = write_by_day(Table::minutes, first.minutes.take(), day_of_minute); !written) return written.error();
  std::vector<BackscatterRow> backscatter = first.backscatter.take();
  with_.origins.fill(std::span<BackscatterRow>(backscatter));
  if (auto written = write_by_day(Table::backscatter, std::move(backscatter), day_of_minute); !written) return written.error();
  report_.sensor_days = first.sensor_days.take();
  if (auto written = write_by_day(Table::sensor_days, report_.sensor_days, [](const SensorDayRow& row) { return row.day; }); !written) {
    return written.error();
  }
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
