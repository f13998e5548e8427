#include "store/duckdb/count_cells.hpp"

#include "base/file.hpp"
#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "store/view_sql.hpp"

namespace nightjar::duckdb_store {
namespace {

// Columns of the table that collects, in the order of `append`.
constexpr std::array<DUCKDB_TYPE, 11> kTypes = {DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_UTINYINT,  DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_USMALLINT,
                                                DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_USMALLINT, DUCKDB_TYPE_UTINYINT, DUCKDB_TYPE_UINTEGER,
                                                DUCKDB_TYPE_UBIGINT,  DUCKDB_TYPE_UBIGINT,   DUCKDB_TYPE_UBIGINT};
constexpr const char* kCreate =
    "CREATE TABLE cells (level UTINYINT, dimension UTINYINT, hour UTINYINT, sensor USMALLINT, protocol UTINYINT, port USMALLINT, "
    "class UTINYINT, value UINTEGER, packets UBIGINT, bytes UBIGINT, hosts UBIGINT)";

/// ['a', 'b'] of a list of texts.
template <class Texts, class Name>
std::string list_sql(const Texts& texts, Name name) {
  std::string sql = "[";
  for (const auto& text : texts) sql += (sql.size() == 1 ? "" : ", ") + sql_quoted(name(text));
  return sql + "]";
}

std::string select_sql(std::int64_t day, const std::vector<std::string>& sensors) {
  const std::string names = list_sql(sensors, [](const std::string& sensor) { return sensor; });
  const std::string fingerprints = list_sql(fingerprint_catalogue(), [](const Fingerprint& entry) { return std::string(entry.name); });
  const std::string whole_day = std::to_string(kWholeDay), all_darknets = std::to_string(kAllDarknets);
  // Names are given at the end: until then cells are numbers whose order is that of the names.
  return "SELECT CASE WHEN hour = " + whole_day + " THEN 'day' ELSE 'hour' END AS step, TIMESTAMP '" + format_day(day) +
         " 00:00:00' + to_hours(CASE WHEN hour = " + whole_day + " THEN 0 ELSE hour END) AS time, CASE WHEN sensor = " + all_darknets +
         " THEN '' ELSE CAST(" + names + " AS VARCHAR[])[sensor + 1] END AS sensor, ['port', 'protocol', 'total'][level + 1] AS level, " +
         "protocol, port, class, ['all', 'asn', 'country', 'fingerprint'][dimension + 1] AS dimension, " +
         "CASE dimension WHEN 0 THEN '' WHEN 1 THEN CAST(value AS VARCHAR) " +
         "WHEN 2 THEN CASE WHEN value = 0 THEN '' ELSE chr(CAST(value & 255 AS INTEGER)) || chr(CAST(value >> 8 AS INTEGER)) END " +
         "ELSE " + fingerprints + "[value + 1] END AS value, packets, bytes, hosts FROM (SELECT * FROM cells " +
         "ORDER BY level, dimension, hour < " + whole_day + ", sensor <> " + all_darknets + ", sensor, protocol, port, class, value, hour)";
}

template <class T>
T* data_of(duckdb_data_chunk chunk, idx_t column) {
  return static_cast<T*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column)));
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
  rows_.push_back({level, protocol, port, cell});
  return rows_.size() < duckdb_vector_size() ? Result<void>() : flush();
}

Result<void> CountCells::Batch::flush() {
  auto done = cells_.append(rows_);
  rows_.clear();
  return done;
}

Result<void> CountCells::append(const std::vector<Batch::Row>& rows) {
  std::array<duckdb_logical_type, kTypes.size()> types;
  for (std::size_t i = 0; i < types.size(); ++i) types[i] = duckdb_create_logical_type(kTypes[i]);
  const Chunk chunk(duckdb_create_data_chunk(types.data(), types.size()));
  for (duckdb_logical_type& type : types) duckdb_destroy_logical_type(&type);
  auto* level = data_of<std::uint8_t>(chunk.get(), 0);
  auto* dimension = data_of<std::uint8_t>(chunk.get(), 1);
  auto* hour = data_of<std::uint8_t>(chunk.get(), 2);
  auto* sensor = data_of<std::uint16_t>(chunk.get(), 3);
  auto* protocol = data_of<std::uint8_t>(chunk.get(), 4);
  auto* port = data_of<std::uint16_t>(chunk.get(), 5);
  auto* traffic_class = data_of<std::uint8_t>(chunk.get(), 6);
  auto* value = data_of<std::uint32_t>(chunk.get(), 7);
  auto* packets = data_of<std::uint64_t>(chunk.get(), 8);
  auto* bytes = data_of<std::uint64_t>(chunk.get(), 9);
  auto* hosts = data_of<std::uint64_t>(chunk.get(), 10);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const CountCell& cell = rows[i].cell;
    level[i] = static_cast<std::uint8_t>(rows[i].level);
    dimension[i] = static_cast<std::uint8_t>(cell.dimension);
    hour[i] = cell.hour;
    sensor[i] = cell.sensor;
    protocol[i] = rows[i].protocol;
    port[i] = rows[i].port;
    traffic_class[i] = cell.traffic_class;
    value[i] = cell.value;
    packets[i] = cell.packets;
    bytes[i] = cell.bytes;
    hosts[i] = cell.hosts;
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
  const std::string sql = "COPY (" + select_sql(day, sensors) + ") TO " + sql_quoted(file.string()) +
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
