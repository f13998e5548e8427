#pragma once
#include <filesystem>
#include <string_view>

#include "store/duckdb/question.hpp"

namespace nightjar::duckdb_store {

/// The answer of `sql` as a Parquet file (zstd), written aside and renamed. `asked` stays locked up in its lake: the rows go
/// over to a second, empty DuckDB that knows nothing but them, and that one writes. `rows`, if given: how many they were.
Result<void> write_answer_as_parquet(Connection& asked, std::string_view sql, const StopRule& stop, const std::filesystem::path& file,
                                     std::uint64_t* rows = nullptr);

}  // namespace nightjar::duckdb_store
