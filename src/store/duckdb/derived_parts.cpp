#include "store/derived_parts.hpp"

#include <algorithm>
#include <system_error>

#include "base/file.hpp"
#include "schema/columns.hpp"
#include "store/duckdb/connection.hpp"
#include "store/duckdb/functions.hpp"
#include "store/duckdb/macros.hpp"
#include "store/duckdb/marks.hpp"
#include "store/duckdb/spill_folder.hpp"
#include "store/lake_layout.hpp"
#include "store/sql_text.hpp"
#include "store/view_sql.hpp"

namespace nightjar {
namespace {

using namespace duckdb_store;

constexpr std::uint64_t kMostMemoryBytes = 3'000'000'000;

/// The tables of the version, as a session has them. The connection is locked less: the SQL is the program's own.
std::string views_sql(const LakeVersion& version, const std::filesystem::path& root, const QueryOptions& limits) {
  std::string sql;
  for (const TableSchema& table : all_tables()) {
    std::vector<const LakeFile*> files = visible_files(table.table, version);
    if (table.table != Table::sensor_days)
      std::erase_if(files, [&](const LakeFile* file) { return file->day < limits.from_day || file->day >= limits.to_day; });
    sql += create_view_sql(table, files, root.string() + "/");
  }
  return sql + user_macros_sql();
}

Result<void> copy(Connection& connection, const std::string& select, const std::filesystem::path& path, LakeFile& file) {
  const std::string sql = "COPY (" + select + ") TO " + sql_literal(path.string()) + " (FORMAT parquet, COMPRESSION zstd)";
  QueryResult result;
  std::error_code error;
  if (duckdb_query(connection.handle(), sql.c_str(), result.address()) != DuckDBSuccess) {
    std::filesystem::remove(path, error);
    return Error{"cannot write " + path.string() + ": " + error_sentence(duckdb_result_error(result.address()))};
  }
  file.rows = duckdb_value_uint64(result.address(), 0, 0);
  if (auto flushed = sync_path(path); !flushed) return flushed;
  file.bytes = std::filesystem::file_size(path, error);
  if (error) return Error{"cannot look at " + path.string() + ": " + error.message()};
  return {};
}

}  // namespace

Result<std::vector<LakeFile>> write_derived_parts(const std::shared_ptr<const Snapshot>& snapshot, const Writer& writer,
                                                  const QueryOptions& limits, const DerivedParts& parts) {
  const std::filesystem::path root = std::filesystem::absolute(snapshot->root()).lexically_normal();
  const SpillFolder spill(LakeLayout{root});
  Connection::Settings settings;
  settings.threads = limits.threads;
  settings.memory_bytes = limits.memory_bytes != 0 ? limits.memory_bytes : std::min(kMostMemoryBytes, default_memory_bytes());
  settings.spill = spill.folder();
  settings.keep_order = false;
  auto connection = Connection::open(settings);
  if (!connection) return connection.error();
  if (!register_functions((*connection)->handle()) || !register_marks((*connection)->handle())) return Error{"DuckDB takes no functions"};
  const DuckdbMacros macros(true);
  // What rows are compared with stands on the right of their joins and is small; told to choose, the engine hashes all flows of a month
  // instead, for it cannot know how few rows a grouping leaves.
  const std::string sql_of_views = "SET disabled_optimizers = 'build_side_probe_side';" + views_sql(snapshot->version(), root, limits);
  if (auto made = (*connection)->execute(sql_of_views); !made) return Error{"cannot open the lake's tables: " + made.error().sentence};
  auto sql = macros.expand_all(parts.sql);
  if (!sql) return sql.error();
  if (auto made = (*connection)->execute("CREATE TEMP TABLE derived AS " + *sql); !made) return made.error();

  std::vector<LakeFile> files;
  for (const DerivedRows& part : parts.files) {
    LakeFile file =
        derived_file(part, writer.token() + "-" + std::to_string(snapshot->version().number) + "-" + std::to_string(files.size()));
    auto select = macros.expand_all(typed_rows(schema_of(part.table), part.sql));
    if (!select) return select.error();
    if (auto folder = make_folders((root / file.path).parent_path()); !folder) return folder.error();
    if (auto written = copy(**connection, *select, root / file.path, file); !written) return written.error();
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace nightjar
