#pragma once
#include <string>
#include <vector>

#include "store/lake.hpp"

namespace nightjar {

/// lake/view.sql: one CREATE VIEW a table over the files of a version, with paths relative to the lake, for DuckDB started
/// in that folder (`cd lake && duckdb -init view.sql`). Its files live at least 15 minutes after they were replaced.
std::string view_sql(const LakeVersion& version);

/// The view of one table: `path_prefix` comes before every path. Without files: no rows, but the table's columns and types.
std::string create_view_sql(const TableSchema& table, const std::vector<const LakeFile*>& files, const std::string& path_prefix);

/// Files whose rows a table shows: those listed, of derived tables the ones that are true still.
std::vector<const LakeFile*> visible_files(Table table, const LakeVersion& version);

}  // namespace nightjar
