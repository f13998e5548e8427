#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct CompactOptions {
  int threads = 0;                 ///< 0: one a core
  std::uint64_t memory_bytes = 0;  ///< 0: a quarter of the machine, at most 2 GB; what does not fit spills into the lake
  std::int64_t from_day = std::numeric_limits<std::int64_t>::min();  ///< days since 1970, included
  std::int64_t to_day = std::numeric_limits<std::int64_t>::max();    ///< excluded
  std::uint64_t rows_per_file = 20'000'000;                          ///< a day and table gets one file up to about that many rows ...
  std::size_t most_files = 8;                                        ///< ... and never more than so many files
  std::size_t commit_days = 32;                                      ///< so many merged days become visible in one commit ...
  std::uint64_t commit_bytes = 1ULL << 30;                           ///< ... or fewer, when so many bytes were merged
  std::function<void(std::size_t days)> on_begin;                    ///< called once with the number of days to merge
  std::function<void(std::int64_t day)> on_day;                      ///< called before each day that is merged
};

struct CompactSummary {
  std::size_t days = 0;                           ///< that were merged; 0: everything was merged already
  std::size_t skipped = 0;                        ///< days that another process changed meanwhile; the next run takes them
  std::size_t files_before = 0, files_after = 0;  ///< of the merged days
  std::uint64_t rows_before = 0, rows_after = 0;
  std::uint64_t bytes_before = 0, bytes_after = 0;
};

/// Merges the files of each day and table, and the rows of one key in them, by the rules of schema/columns.hpp. A few days at a
/// time are one commit: a crash leaves each of them merged or as it was. A day whose files are all of one earlier merge is left alone.
Result<CompactSummary> compact(Lake& lake, const CompactOptions& options);

/// SELECT that merges rows of one key: every column of the table in its order, grouped and sorted.
std::string merge_sql(const TableSchema& table, const std::string& from);
/// The same without an order.
std::string grouped_sql(const TableSchema& table, const std::string& from);

}  // namespace nightjar
