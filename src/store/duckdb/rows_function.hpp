#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "duckdb.h"
#include "schema/columns.hpp"
#include "schema/row_stream.hpp"
#include "schema/rows.hpp"

namespace nightjar::duckdb_store {

/// What a table function of register_rows_function reads at the moment: rows of one table, shared out to DuckDB's threads part by part.
/// Owned by the writer; set before the COPY statement, cleared after it.
struct RowsSource {
  const TableSchema* schema = nullptr;
  RowStream* rows = nullptr;
  const Names* names = nullptr;
  int threads = 1;

  /// Each thread works through its own stretch of parts, so that the row groups it writes hold neighbouring rows; when its
  /// stretch is done it takes over from the others.
  struct Stretch {
    std::atomic<std::size_t> next{0};
    std::size_t end = 0;
  };
  std::vector<Stretch> stretches;
  std::atomic<std::size_t> next_thread{0};
  std::atomic<std::uint64_t> rows_read{0};

  void begin(const TableSchema& table, RowStream& stream, const Names& texts, int thread_count);
};

/// Registers the table function that reads `source`, under a name that no other of the database has. `source` must outlive the database.
bool register_rows_function(duckdb_connection connection, const std::string& name, RowsSource& source);

}  // namespace nightjar::duckdb_store
