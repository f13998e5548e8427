#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nightjar {

/// The tables of the lake. FROZEN: names are folders.
enum class Table : std::uint8_t { flows, minutes, backscatter, sensor_days, counts };
inline constexpr std::size_t kTables = 5;

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
  sensor_kind,  ///< u8 SensorKind in the row, its name in the lake
  text,         ///< lake only (derived tables have no row type)
};

/// How two rows of one key become one.
enum class Merge : std::uint8_t {
  key,  ///< part of the key
  sum,
  min,
  max,  ///< of countries the later in the alphabet
  bit_or,
  equal_or_zero,  ///< the value if both have it, else 0
  span,           ///< seconds from the smaller `first` to the later end
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
