#pragma once
#include <string>

#include "schema/columns.hpp"

namespace nightjar::duckdb_store {

/// For COPY ... TO Parquet: rows with long texts are written in small groups, as a group is held in memory as a whole (6,500 rows of
/// 56 KB wanted 330 MB at once). Only for connections that need not keep the order of rows.
inline std::string row_group_option(const TableSchema& table) { return table.merged_in_view ? ", ROW_GROUP_SIZE_BYTES '16MB'" : ""; }

}  // namespace nightjar::duckdb_store
