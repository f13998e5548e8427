#include "store/view_sql.hpp"

#include "base/time.hpp"
#include "schema/columns.hpp"
#include "store/compact.hpp"
#include "store/derived.hpp"
#include "store/derived_rows.hpp"
#include "store/scan_chain.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

/// Of equal width in every table, so that an empty one has the same columns as a full one.
std::string typed_columns_without_rows(const TableSchema& table) {
  std::string sql = "SELECT ";
  for (const Column& column : table.columns) {
    if (&column != table.columns.data()) sql += ", ";
    sql += "CAST(NULL AS " + std::string(duckdb_type(column.type)) + ") AS \"" + std::string(column.name) + "\"";
  }
  return sql + " WHERE false";
}

}  // namespace

std::vector<const LakeFile*> visible_files(Table table, const LakeVersion& version) {
  if (table == Table::counts) return fresh_counts(version);
  if (table == Table::scans) return believed_scans(version);
  std::vector<const LakeFile*> files;
  if (table == Table::port_days || table == Table::scanner_days) {
    const auto flows = flows_by_day(version);
    for (const LakeFile& file : version.files) {
      if (file.table != table) continue;
      const auto day = flows.find(file.day);
      if (day != flows.end() && made_from(file) == day->second) files.push_back(&file);
    }
    return files;
  }
  for (const LakeFile& file : version.files) {
    if (file.table == table) files.push_back(&file);
  }
  return files;
}

std::string create_view_sql(const TableSchema& table, const std::vector<const LakeFile*>& listed, const std::string& path_prefix) {
  std::string files;
  for (const LakeFile* file : listed) files += (files.empty() ? "" : ",\n  ") + sql_literal(path_prefix + file->path);
  std::string sql = "CREATE VIEW " + std::string(table.name) + " AS ";
  if (files.empty()) return sql + typed_columns_without_rows(table) + ";\n";
  const std::string rows = "read_parquet([\n  " + files + "], hive_partitioning = false)";
  // Several files may hold one conversation, or one payload.
  if (table.merged_in_view && listed.size() > 1) return sql + grouped_sql(table, rows) + ";\n";
  return sql + "SELECT * FROM " + rows + ";\n";
}

std::string view_sql(const LakeVersion& version) {
  std::string sql =
      "-- Version " + std::to_string(version.number) + " of the lake, made " + format_time(version.created_ns) +
      ". Start DuckDB in this folder: duckdb -init view.sql\n"
      "CREATE MACRO ip4(src) AS (src >> 24) || '.' || ((src >> 16) & 255) || '.' || ((src >> 8) & 255) || '.' || (src & 255);\n";
  for (const TableSchema& table : all_tables()) sql += create_view_sql(table, visible_files(table.table, version), "");
  return sql;
}

}  // namespace nightjar
