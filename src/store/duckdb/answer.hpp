#pragma once
#include <string>
#include <vector>

#include "store/duckdb/connection.hpp"
#include "store/query.hpp"

namespace nightjar::duckdb_store {

/// Whether `append_chunk` reads a column of this type; others are asked for as text.
bool is_plain(DUCKDB_TYPE type);

/// Appends the rows of a chunk to an answer; every column is of a plain type.
void append_chunk(duckdb_data_chunk chunk, Answer& answer);

}  // namespace nightjar::duckdb_store
