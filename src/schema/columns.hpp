#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nightjar {

/// The tables of the lake. FROZEN: names are folders.
enum class Table : std::uint8_t {
  flows,
  minutes,
  backscatter,
  sensor_days,
  counts,
  requests,
  sessions,
  payloads,
  attacks,
  port_days,
  scans,
  scanner_days,
  incidents,
};
inline constexpr std::size_t kTables = 13;

enum class ColumnType : std::uint8_t {
  u8,
  u16,
  u32,
  u64,
  hour,         ///< i64 hours since 1970 in the row, a timestamp in the lake
  minute,       ///< i64 minutes since 1970 in the row, a timestamp in the lake
  day,          ///< i64 days since 1970 in the row, a date in the lake
  name,         ///< u16 index into Names in the row, text in the lake
  country,      ///< CountryCode in the row, text of 0 or 2 letters in the lake
  time,         ///< i64 microseconds since 1970 in the row, a timestamp in the lake
  sensor_kind,  ///< u8 SensorKind in the row, its name in the lake
  service,      ///< u8 Service in the row, its name in the lake
  text,         ///< std::string_view of UTF-8 in the row (counts has no rows), text in the lake
  blob,         ///< std::string_view of any bytes in the row, a blob in the lake
  real,         ///< double, a floating number
};

/// How two rows of one key become one.
enum class Merge : std::uint8_t {
  key,  ///< part of the key
  sum,
  min,
  max,  ///< of countries the later in the alphabet
  bit_or,
  equal_or_zero,   ///< the value if both have it, else 0
  span,            ///< seconds from the smaller `first` to the later end
  equal_or_empty,  ///< the text if all rows with packets have it, else empty
  fullest,         ///< of the row with more `packets`: a conversation that was written before it ended is written again
  earliest,        ///< of the row whose `first` is earlier
};

inline constexpr std::size_t kNoOffset = ~std::size_t{0};

/// A stored column, declared once: the Parquet writer, the view over an empty lake, compaction, ClickHouse's DDL,
/// docs/data-model.md and the web's types are made from it.
struct Column {
  std::string_view name;
  ColumnType type;
  Merge merge;
  std::size_t offset;         ///< of the field in the row, kNoOffset for derived tables
  std::string_view sentence;  ///< what it means, with its unit
};

struct TableSchema {
  Table table;
  std::string_view name;   ///< of the view and of the folder
  std::size_t row_size;    ///< 0 for derived tables
  std::string_view order;  ///< SQL: the order of rows in a file
  std::string_view sentence;
  std::span<const Column> columns;
  /// Whether readers merge rows of one key themselves (the view does it), because the measures do not add up.
  bool merged_in_view = false;
  /// Whether a program makes its rows from other tables: never merged, replaced as a whole.
  bool derived = false;
};

/// Number of this layout; a lake with another one is refused or migrated.
inline constexpr int kSchemaVersion = 1;

const TableSchema& schema_of(Table table);
std::span<const TableSchema> all_tables();

/// DuckDB's type of a column: "UBIGINT", "TIMESTAMP", ...
std::string_view duckdb_type(ColumnType type);

/// docs/data-model.md as the tables say it (a test compares).
std::string data_model_markdown();

}  // namespace nightjar
