#include "store/duckdb/counted_rows.hpp"

#include <algorithm>
#include <set>

#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "schema/rows.hpp"
#include "store/sql_text.hpp"

namespace nightjar::duckdb_store {
namespace {

/// SQL that reads the files of one table and day; empty if there are none.
std::string files_sql(const std::filesystem::path& root, const LakeVersion& version, Table table, std::int64_t day) {
  std::string files;
  for (const LakeFile& file : version.files) {
    if (file.table == table && file.day == day) files += (files.empty() ? "" : ", ") + sql_literal((root / file.path).string());
  }
  return files.empty() ? files : "read_parquet([" + files + "], hive_partitioning = false)";
}

Result<std::set<std::string>> texts_of(Connection& connection, const std::string& sql) {
  QueryResult result;
  if (duckdb_query(connection.handle(), sql.c_str(), result.address()) != DuckDBSuccess) {
    return Error{"cannot count: " + error_sentence(duckdb_result_error(result.address()))};
  }
  std::set<std::string> texts;
  for (idx_t row = 0; row < duckdb_row_count(result.address()); ++row) {
    char* text = duckdb_value_varchar(result.address(), 0, row);
    if (text != nullptr) texts.insert(text);
    duckdb_free(text);
  }
  return texts;
}

/// The columns of a chunk that `rows` asks for, in that order.
struct Columns {
  const std::uint64_t *src, *packets, *bytes;
  const std::int64_t* hour;
  const std::uint8_t *protocol, *traffic_class;
  const std::uint16_t *port, *window, *sensor;
  const std::uint32_t *facts, *asn;
  const duckdb_string_t* country;

  explicit Columns(duckdb_data_chunk chunk) {
    idx_t column = 0;
    const auto next = [&] { return duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column++)); };
    src = static_cast<const std::uint64_t*>(next());
    packets = static_cast<const std::uint64_t*>(next());
    bytes = static_cast<const std::uint64_t*>(next());
    hour = static_cast<const std::int64_t*>(next());
    protocol = static_cast<const std::uint8_t*>(next());
    traffic_class = static_cast<const std::uint8_t*>(next());
    port = static_cast<const std::uint16_t*>(next());
    window = static_cast<const std::uint16_t*>(next());
    facts = static_cast<const std::uint32_t*>(next());
    asn = static_cast<const std::uint32_t*>(next());
    country = static_cast<const duckdb_string_t*>(next());
    sensor = static_cast<const std::uint16_t*>(next());
  }
};
constexpr const char* kColumns = "src, packets, bytes, hour, protocol, class, port, \"window\", facts, asn, country, ";

CountryCode country_of(const duckdb_string_t& text) {
  if (text.value.inlined.length != 2) return 0;
  return country_code(text.value.inlined.inlined[0], text.value.inlined.inlined[1]);
}

class SortedRows final : public CountedRows {
 public:
  SortedRows(std::unique_ptr<Connection> connection, std::string sql, std::int64_t day)
      : connection_(std::move(connection)), sql_(std::move(sql)), first_hour_(day * kHoursPerDay) {}

  Result<void> each(const std::function<void(const CountedRow&)>& visit) override {
    Prepared prepared;
    Pending pending;
    QueryResult result;
    const auto failed = [](const char* message) { return Error{"cannot count: " + error_sentence(message)}; };
    if (duckdb_prepare(connection_->handle(), sql_.c_str(), prepared.address()) != DuckDBSuccess) {
      return failed(duckdb_prepare_error(prepared.get()));
    }
    if (duckdb_pending_prepared_streaming(prepared.get(), pending.address()) != DuckDBSuccess) {
      return failed(duckdb_pending_error(pending.get()));
    }
    if (duckdb_execute_pending(pending.get(), result.address()) != DuckDBSuccess) return failed(duckdb_result_error(result.address()));
    for (;;) {
      const Chunk chunk(duckdb_fetch_chunk(result.get()));
      if (!chunk) break;
      if (!visit_chunk(chunk.get(), visit)) return Error{"cannot count: the day's files hold hours of another day"};
    }
    // A stream that fails on its way ends early; the reason stands in the result.
    const char* message = duckdb_result_error(result.address());
    return message != nullptr && *message != 0 ? Result<void>(failed(message)) : Result<void>();
  }

 private:
  bool visit_chunk(duckdb_data_chunk chunk, const std::function<void(const CountedRow&)>& visit) const {
    constexpr std::int64_t micros_per_hour = kSecondsPerHour * 1'000'000;
    const Columns columns(chunk);
    for (idx_t i = 0; i < duckdb_data_chunk_get_size(chunk); ++i) {
      const std::int64_t hour = floor_div(columns.hour[i], micros_per_hour) - first_hour_;
      if (hour < 0 || hour >= kHoursPerDay) return false;
      CountedRow row;
      row.src = columns.src[i];
      row.packets = columns.packets[i];
      row.bytes = columns.bytes[i];
      row.asn = columns.asn[i];
      row.sensor = columns.sensor[i];
      row.country = country_of(columns.country[i]);
      row.port = columns.port[i];
      row.hour = static_cast<std::uint8_t>(hour);
      row.protocol = columns.protocol[i];
      row.traffic_class = columns.traffic_class[i];
      const auto catalogue = fingerprint_catalogue();
      for (std::size_t entry = 0; entry < catalogue.size(); ++entry) {
        if (catalogue[entry].matches(columns.facts[i], columns.window[i], row.port, row.traffic_class)) row.fingerprints |= 1u << entry;
      }
      visit(row);
    }
    return true;
  }

  std::unique_ptr<Connection> connection_;
  std::string sql_;
  std::int64_t first_hour_;
};

}  // namespace

Result<std::unique_ptr<DaySource>> DaySource::open(const std::filesystem::path& root, const LakeVersion& version, std::int64_t day,
                                                   std::uint64_t memory_bytes, const std::filesystem::path& spill) {
  std::unique_ptr<DaySource> source(new DaySource);
  source->day_ = day;
  source->flows_ = files_sql(root, version, Table::flows, day);
  source->settings_.memory_bytes = memory_bytes;
  source->settings_.spill = spill;
  auto connection = Connection::open(source->settings_);
  if (!connection) return connection.error();
  auto names = texts_of(**connection, "SELECT DISTINCT sensor FROM " + source->flows_);
  if (!names) return names.error();
  Result<std::set<std::string>> others = std::set<std::string>();
  if (const std::string days = files_sql(root, version, Table::sensor_days, day); !days.empty()) {
    others = texts_of(**connection, "SELECT sensor FROM " + days + " GROUP BY sensor HAVING bool_and(kind <> 'darknet')");
    if (!others) return others.error();
  }
  for (const std::string& name : *names) source->sensors_.push_back({name, !others->contains(name)});
  // The largest index stands for all darknets together.
  if (source->sensors_.size() >= kAllDarknets) return Error{"cannot count a day of more than 65,534 sensors"};
  return source;
}

Result<std::unique_ptr<CountedRows>> DaySource::rows(CountedRows::Order order) const {
  auto connection = Connection::open(settings_);
  if (!connection) return connection.error();
  std::string names;
  for (const Sensor& sensor : sensors_) names += (names.empty() ? "" : ", ") + sql_literal(sensor.name);
  const std::string sensor =
      sensors_.size() == 1 ? "CAST(0 AS USMALLINT)" : "CAST(list_position([" + names + "], sensor) - 1 AS USMALLINT)";
  const std::string sql = "SELECT " + std::string(kColumns) + sensor + " FROM " + flows_ + " ORDER BY " +
                          (order == CountedRows::Order::source ? "src" : "protocol, port, src");
  return std::unique_ptr<CountedRows>(std::make_unique<SortedRows>(std::move(*connection), sql, day_));
}

}  // namespace nightjar::duckdb_store
