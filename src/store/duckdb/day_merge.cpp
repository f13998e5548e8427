#include "store/day_merge.hpp"

#include <algorithm>
#include <set>

#include "base/file.hpp"
#include "store/duckdb/connection.hpp"
#include "store/duckdb/spill_folder.hpp"
#include "store/lake_layout.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

using namespace duckdb_store;

constexpr std::uint64_t kMostMemoryBytes = 1'500'000'000;

/// A number by which a big table can be cut so that rows of one key stay together and neighbours mostly too; empty for tables
/// that never grow big.
std::string cutting_number(Table table) {
  if (table == Table::flows) return "(CAST(protocol AS UINTEGER) * 65536 + port)";
  if (table == Table::backscatter || table == Table::sessions) return "src";
  if (table == Table::payloads) return "CAST('0x' || substr(sha256, 1, 8) AS UBIGINT)";
  return {};
}

class DuckdbDayMerge final : public DayMerge {
 public:
  DuckdbDayMerge(std::filesystem::path root, const CompactOptions& options)
      : root_(std::move(root)), options_(options), spill_(LakeLayout{root_}) {}

  Result<void> start() {
    Connection::Settings settings;
    settings.threads = options_.threads;
    settings.memory_bytes = options_.memory_bytes != 0 ? options_.memory_bytes : std::min(kMostMemoryBytes, default_memory_bytes());
    settings.spill = spill_.folder();
    auto opened = Connection::open(settings);
    if (!opened) return opened.error();
    connection_ = std::move(*opened);
    return {};
  }

  Result<std::vector<LakeFile>> merge(Table table, std::int64_t day, const std::vector<const LakeFile*>& files,
                                      const std::string& name) override {
    const TableSchema& schema = schema_of(table);
    std::string from;
    LakeFile like;
    like.table = table;
    like.day = day;
    std::set<std::uint64_t> batches;
    std::uint64_t rows = 0;
    for (const LakeFile* file : files) {
      from += (from.empty() ? "read_parquet([" : ", ") + sql_literal((root_ / file->path).string());
      batches.insert(file->batches.begin(), file->batches.end());
      like.modelled |= file->modelled;
      rows += file->rows;
    }
    from += "], hive_partitioning = false)";
    like.batches.assign(batches.begin(), batches.end());
    auto wanted = files_wanted(schema, rows, from);
    if (!wanted) return wanted.error();
    auto cuts = cuts_of(table, *wanted, from);
    if (!cuts) return cuts.error();
    if (auto made = make_folders(root_ / day_folder(table, day)); !made) return made.error();

    std::vector<LakeFile> merged;
    for (std::size_t part = 0; part <= cuts->size(); ++part) {
      LakeFile file = like;
      file.path = day_folder(table, day) + "/" + name + std::to_string(part) + ".parquet";
      const std::string stretch = "(SELECT * FROM " + from + condition(table, *cuts, part) + ")";
      if (auto written = write(merge_sql(schema, stretch), file); !written) return written.error();
      if (file.rows == 0) continue;
      if (table == Table::flows) {
        if (auto looked = note_hours(file); !looked) return looked.error();
      }
      merged.push_back(std::move(file));
    }
    return merged;
  }

 private:
  /// How many files the rows should become: tables of long texts are merged in parts that fit into memory.
  Result<std::uint64_t> files_wanted(const TableSchema& schema, std::uint64_t rows, const std::string& from) {
    const std::uint64_t by_rows = (rows + options_.rows_per_file - 1) / options_.rows_per_file;
    if (!schema.merged_in_view) return by_rows;
    // Texts are held several times: in the groups, sorted, and in the row group that is written.
    const std::uint64_t part_bytes = connection_->memory_bytes() / 12;
    std::string texts;
    for (const Column& column : schema.columns) {
      if (column.type != ColumnType::text && column.type != ColumnType::blob) continue;
      const std::string length = column.type == ColumnType::blob ? "octet_length(\"" : "strlen(\"";
      texts += (texts.empty() ? "" : " + ") + length + std::string(column.name) + "\")";
    }
    QueryResult result;
    const std::string sql = "SELECT CAST(coalesce(sum(" + texts + "), 0) AS UBIGINT) FROM " + from;
    if (duckdb_query(connection_->handle(), sql.c_str(), result.address()) != DuckDBSuccess)
      return Error{"cannot merge: " + error_sentence(duckdb_result_error(result.address()))};
    return std::max(by_rows, duckdb_value_uint64(result.address(), 0, 0) / part_bytes + 1);
  }

  /// Where a table that is too big for one file is cut.
  Result<std::vector<std::string>> cuts_of(Table table, std::uint64_t wanted, const std::string& from) {
    std::vector<std::string> cuts;
    const std::size_t parts = std::min<std::size_t>(wanted, options_.most_files);
    if (parts < 2 || cutting_number(table).empty()) return cuts;
    std::string sql = "SELECT ";
    for (std::size_t part = 1; part < parts; ++part) {
      const double share = static_cast<double>(part) / static_cast<double>(parts);
      sql += (part == 1 ? "" : ", ") + ("CAST(approx_quantile(" + cutting_number(table) + ", " + std::to_string(share) + ") AS UBIGINT)");
    }
    QueryResult result;
    if (duckdb_query(connection_->handle(), (sql + " FROM " + from).c_str(), result.address()) != DuckDBSuccess) {
      return Error{"cannot merge: " + error_sentence(duckdb_result_error(result.address()))};
    }
    std::set<std::uint64_t> numbers;
    for (std::size_t part = 1; part < parts; ++part) numbers.insert(duckdb_value_uint64(result.address(), part - 1, 0));
    for (const std::uint64_t number : numbers) cuts.push_back("CAST(" + std::to_string(number) + " AS UBIGINT)");
    return cuts;
  }

  static std::string condition(Table table, const std::vector<std::string>& cuts, std::size_t part) {
    std::string sql;
    if (part > 0) sql += " WHERE " + cutting_number(table) + " >= " + cuts[part - 1];
    if (part < cuts.size()) sql += (part > 0 ? " AND " : " WHERE ") + cutting_number(table) + " < " + cuts[part];
    return sql;
  }

  /// What was merged has no key twice: the file says so, with the hours that it holds.
  Result<void> note_hours(LakeFile& file) {
    const std::string sql = "SELECT sensor, CAST(bit_or(1 << hour(hour)) AS UINTEGER) FROM read_parquet(" +
                            sql_literal((root_ / file.path).string()) + ", hive_partitioning = false) GROUP BY sensor";
    QueryResult result;
    if (duckdb_query(connection_->handle(), sql.c_str(), result.address()) != DuckDBSuccess) {
      return Error{"cannot look at " + file.path + ": " + error_sentence(duckdb_result_error(result.address()))};
    }
    for (idx_t row = 0; row < duckdb_row_count(result.address()); ++row) {
      char* sensor = duckdb_value_varchar(result.address(), 0, row);
      file.once[sensor] = duckdb_value_uint32(result.address(), 1, row);
      duckdb_free(sensor);
    }
    return {};
  }

  Result<void> write(const std::string& select, LakeFile& file) {
    const auto path = root_ / file.path;
    const std::string sql = "COPY (" + select + ") TO " + sql_literal(path.string()) +
                            " (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, PARQUET_VERSION v2)";
    QueryResult result;
    std::error_code error;
    duckdb_state done = duckdb_query(connection_->handle(), sql.c_str(), result.address());
    if (done != DuckDBSuccess && duckdb_result_error_type(result.address()) == DUCKDB_ERROR_OUT_OF_MEMORY) {
      // What a thread holds cannot be spilled; that of all threads together was too much, seen once in six merges of a day of 20 million
      // packets.
      result.reset();
      if (auto alone = connection_->execute("SET threads = 1"); !alone) return alone;
      done = duckdb_query(connection_->handle(), sql.c_str(), result.address());
    }
    if (done != DuckDBSuccess) {
      std::filesystem::remove(path, error);
      return Error{"cannot write " + path.string() + ": " + error_sentence(duckdb_result_error(result.address()))};
    }
    file.rows = duckdb_value_uint64(result.address(), 0, 0);
    if (file.rows == 0) {
      std::filesystem::remove(path, error);
      return {};
    }
    if (auto flushed = sync_path(path); !flushed) return flushed;
    file.bytes = std::filesystem::file_size(path, error);
    if (error) return Error{"cannot look at " + path.string() + ": " + error.message()};
    return {};
  }

  std::filesystem::path root_;
  CompactOptions options_;
  SpillFolder spill_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

Result<std::unique_ptr<DayMerge>> DayMerge::open(const std::filesystem::path& root, const CompactOptions& options) {
  auto merge = std::make_unique<DuckdbDayMerge>(root, options);
  if (auto started = merge->start(); !started) return started.error();
  return std::unique_ptr<DayMerge>(std::move(merge));
}

}  // namespace nightjar
