#pragma once
#include <cstddef>
#include <string>

#include "schema/columns.hpp"

namespace nightjar::duckdb_store {

/// For COPY ... TO Parquet: how a file of `rows` rows at most is compressed, and from how many distinct values on a column of a group of
/// rows is written without a dictionary. docs/performance.md, Writing, says what both save.
inline std::string page_options(const TableSchema& table, std::size_t rows) {
  // zstd asks the processor what it can do before each page, and a virtual machine answers slowly: in a file of a few rows that costs
  // more than all else, for bytes that nobody misses.
  constexpr std::size_t kFewRows = 256;
  // The engine gives up a dictionary at a fifth of a full group of rows, however few the rows are. That is right for full groups; in a
  // smaller file of flows columns of many values take a quarter of the time, and their dictionaries more room than the values.
  constexpr std::size_t kFullGroup = 122'880;
  // Level 1: the higher levels cost twice the time for a tenth of the bytes.
  const std::string compression = rows <= kFewRows ? "COMPRESSION snappy" : "COMPRESSION zstd, COMPRESSION_LEVEL 1";
  const bool small = table.table == Table::flows && rows <= kFullGroup;
  return compression + ", PARQUET_VERSION v2" + (small ? ", DICTIONARY_SIZE_LIMIT 2048" : "");
}

/// For COPY ... TO Parquet: rows with long texts are written in small groups, as a group is held in memory as a whole (6,500 rows of
/// 56 KB wanted 330 MB at once). Only for connections that need not keep the order of rows.
inline std::string row_group_option(const TableSchema& table) { return table.merged_in_view ? ", ROW_GROUP_SIZE_BYTES '16MB'" : ""; }

}  // namespace nightjar::duckdb_store
