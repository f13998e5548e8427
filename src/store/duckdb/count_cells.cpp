#include "store/duckdb/count_cells.hpp"

#include <array>
#include <initializer_list>

#include "base/file.hpp"
#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "store/sql_text.hpp"

namespace nightjar::duckdb_store {
namespace {

// `place` from the low end: 3 bits class, 16 port, 8 protocol, 16 sensor + 1 (0: all darknets), 1 step (0: day), 2 dimension,
// 2 level. `value_and_hour`: 5 bits hour, then the value. So the order of the numbers is that of schema/columns.cpp.
constexpr int kPortShift = 3, kProtocolShift = 19, kSensorShift = 27, kStepShift = 43, kDimensionShift = 44, kLevelShift = 46;
constexpr int kValueShift = 5;

constexpr const char* kCreate =
    "CREATE TYPE step_name AS ENUM ('day', 'hour'); CREATE TYPE level_name AS ENUM ('port', 'protocol', 'total'); "
    "CREATE TYPE dimension_name AS ENUM ('all', 'asn', 'country', 'fingerprint'); "
    "CREATE TABLE cells (place UBIGINT, value_and_hour UBIGINT, packets UBIGINT, bytes UBIGINT, hosts UBIGINT)";
constexpr std::size_t kColumns = 5;

/// A field of `place` as SQL.
std::string field(int shift, int bits) { return "((place >> " + std::to_string(shift) + ") & " + std::to_string((1 << bits) - 1) + ")"; }

/// CASE over a field whose names are given in order, as values of an ENUM: DuckDB writes those without looking at the texts.
std::string named(const std::string& number, std::initializer_list<const char*> names, const char* type) {
  std::string sql = "CASE " + number;
  int index = 0;
  for (const char* name : names) sql += " WHEN " + std::to_string(index++) + " THEN CAST('" + name + "' AS " + type + ")";
  return sql + " END";
}

/// ['a', 'b'] of a list of texts.
template <class Texts, class Name>
std::string list_sql(const Texts& texts, Name name) {
  std::string sql = "[";
  for (const auto& text : texts) sql += (sql.size() == 1 ? "" : ", ") + sql_literal(name(text));
  return sql + "]";
}

std::string select_sql(std::int64_t day, const std::vector<std::string>& sensors) {
  const std::string fingerprints = list_sql(fingerprint_catalogue(), [](const Fingerprint& entry) { return std::string(entry.name); });
  const std::string names = list_sql(sensors, [](const std::string& sensor) { return sensor; });
  const std::string sensor = field(kSensorShift, 16), value = "(value_and_hour >> " + std::to_string(kValueShift) + ")";
  // Cells are numbers until they are sorted; names are given after that.
  return "SELECT " + named(field(kStepShift, 1), {"day", "hour"}, "step_name") + " AS step, TIMESTAMP '" + format_day(day) +
         " 00:00:00' + to_hours(CAST(value_and_hour & 31 AS INTEGER)) AS time, CASE WHEN " + sensor + " = 0 THEN '' ELSE CAST(" + names +
         " AS VARCHAR[])[CAST(" + sensor + " AS BIGINT)] END AS sensor, " +
         named(field(kLevelShift, 2), {"port", "protocol", "total"}, "level_name") + " AS level, CAST(" + field(kProtocolShift, 8) +
         " AS UTINYINT) AS protocol, CAST(" + field(kPortShift, 16) + " AS USMALLINT) AS port, CAST(" + field(0, 3) +
         " AS UTINYINT) AS class, " + named(field(kDimensionShift, 2), {"all", "asn", "country", "fingerprint"}, "dimension_name") +
         " AS dimension, CASE " + field(kDimensionShift, 2) + " WHEN 0 THEN '' WHEN 1 THEN CAST(" + value +
         " AS VARCHAR) WHEN 2 THEN CASE WHEN " + value + " = 0 THEN '' ELSE chr(CAST(" + value + " & 255 AS INTEGER)) || chr(CAST(" +
         value + " >> 8 AS INTEGER)) END ELSE " + fingerprints + "[CAST(" + value +
         " AS BIGINT) + 1] END AS value, packets, bytes, hosts " + "FROM (SELECT * FROM cells ORDER BY place, value_and_hour)";
}

}  // namespace

Result<std::unique_ptr<CountCells>> CountCells::open(std::uint64_t memory_bytes, const std::filesystem::path& spill) {
  std::unique_ptr<CountCells> cells(new CountCells);
  Connection::Settings settings;
  settings.memory_bytes = memory_bytes;
  settings.spill = spill;
  auto opened = Connection::open(settings);
  if (!opened) return opened.error();
  cells->connection_ = std::move(*opened);
  if (auto made = cells->connection_->execute(kCreate); !made) return made.error();
  if (duckdb_appender_create(cells->connection_->handle(), nullptr, "cells", &cells->appender_) != DuckDBSuccess) {
    return Error{error_sentence(duckdb_appender_error(cells->appender_))};
  }
  return cells;
}

CountCells::~CountCells() {
  if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
}

Result<void> CountCells::Batch::add(CountLevel level, std::uint8_t protocol, std::uint16_t port, const CountCell& cell) {
  const bool whole_day = cell.hour == kWholeDay;
  const std::uint64_t sensor = cell.sensor == kAllDarknets ? 0 : cell.sensor + std::uint64_t{1};
  const std::uint64_t place = static_cast<std::uint64_t>(level) << kLevelShift |
                              static_cast<std::uint64_t>(cell.dimension) << kDimensionShift | std::uint64_t{!whole_day} << kStepShift |
                              sensor << kSensorShift | std::uint64_t{protocol} << kProtocolShift | std::uint64_t{port} << kPortShift |
                              cell.traffic_class;
  const std::uint64_t hour = whole_day ? 0 : cell.hour;
  rows_.push_back({place, std::uint64_t{cell.value} << kValueShift | hour, cell.packets, cell.bytes, cell.hosts});
  return rows_.size() < duckdb_vector_size() ? Result<void>() : flush();
}

Result<void> CountCells::Batch::flush() {
  auto done = cells_.append(rows_);
  rows_.clear();
  return done;
}

Result<void> CountCells::append(const std::vector<Batch::Row>& rows) {
  std::array<duckdb_logical_type, kColumns> types;
  for (duckdb_logical_type& type : types) type = duckdb_create_logical_type(DUCKDB_TYPE_UBIGINT);
  const Chunk chunk(duckdb_create_data_chunk(types.data(), types.size()));
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  std::array<std::uint64_t*, kColumns> columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i] = static_cast<std::uint64_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk.get(), i)));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    columns[0][i] = rows[i].place;
    columns[1][i] = rows[i].value_and_hour;
    columns[2][i] = rows[i].packets;
    columns[3][i] = rows[i].bytes;
    columns[4][i] = rows[i].hosts;
  }
  duckdb_data_chunk_set_size(chunk.get(), rows.size());
  const std::lock_guard one_at_a_time(mutex_);
  if (duckdb_append_data_chunk(appender_, chunk.get()) == DuckDBSuccess) return {};
  return Error{"cannot count: " + error_sentence(duckdb_appender_error(appender_))};
}

Result<std::uint64_t> CountCells::write(std::int64_t day, const std::vector<std::string>& sensors, const std::filesystem::path& file) {
  if (duckdb_appender_close(appender_) != DuckDBSuccess) {
    return Error{"cannot count: " + error_sentence(duckdb_appender_error(appender_))};
  }
  const std::string sql = "COPY (" + select_sql(day, sensors) + ") TO " + sql_literal(file.string()) +
                          " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, PARQUET_VERSION v2)";
  QueryResult result;
  if (duckdb_query(connection_->handle(), sql.c_str(), result.address()) != DuckDBSuccess) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return Error{"cannot write " + file.string() + ": " + error_sentence(duckdb_result_error(result.address()))};
  }
  if (auto flushed = sync_path(file); !flushed) return flushed.error();
  return duckdb_value_uint64(result.address(), 0, 0);
}

}  // namespace nightjar::duckdb_store
