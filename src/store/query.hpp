#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// A value of an answer. Times are kept as text in ISO 8601 UTC, blobs and lists as DuckDB prints them.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

/// An answer: names of the columns, and rows.
struct Answer {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

/// Limits of a query session.
struct QueryOptions {
  int threads = 0;                 ///< 0: one a core
  std::uint64_t memory_bytes = 0;  ///< 0: a quarter of the machine, at most 4 GB
  double timeout_seconds = 0;      ///< 0: none
  /// Days whose rows are seen, days since 1970, the end not included; sensor_days is always whole. A lake of years has
  /// thousands of files: whoever knows the span spares opening the others.
  std::int64_t from_day = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_day = std::numeric_limits<std::int64_t>::max();
  /// Of these days only such; empty: all. A question over some days far apart then opens their files alone.
  std::vector<std::int64_t> only_days = {};
};

/// A session over one version of a lake: read only, with the tables as views and the helper macros (`ip`, `in_prefix`,
/// `destinations`, ...; README of this room). Outside the lake it can read and write nothing.
class QuerySession {
 public:
  static Result<std::unique_ptr<QuerySession>> open(std::shared_ptr<const Snapshot> snapshot, QueryOptions options);
  virtual ~QuerySession() = default;

  /// Runs SQL in which named macros like @hosts(...) stand for what engines say differently. The macros are described
  /// in README.md.
  virtual Result<Answer> run(std::string_view sql) = 0;
  /// SQL of the user, exactly as it is (no @macros), one statement.
  virtual Result<Answer> run_raw(std::string_view sql) = 0;
  /// Like `run_raw` for answers of any size: rows are handed over as they are found and held a few thousand at a time. `on_columns`
  /// hears the names before the first row; an error that either returns ends the question. A failure may come after rows.
  virtual Result<void> run_raw_streaming(std::string_view sql,
                                         const std::function<Result<void>(const std::vector<std::string>& names)>& on_columns,
                                         const std::function<Result<void>(const std::vector<Value>& row)>& on_row) = 0;
  /// The answer of `sql` as a Parquet file, outside the lake too (for --format parquet).
  virtual Result<void> write_parquet(std::string_view sql, const std::filesystem::path& file) = 0;
  /// `run` for answers of any size: rows are handed over as they are found, a few thousand held at a time.
  virtual Result<void> run_streaming(std::string_view sql, const std::function<Result<void>(const std::vector<Value>& row)>& on_row) = 0;
  /// The answer of SQL with @macros as a Parquet file, flushed; returns its rows. For what is derived from the lake and stored in it.
  virtual Result<std::uint64_t> write_rows(std::string_view sql, const std::filesystem::path& file) = 0;
  /// Stops a running query from another thread: it fails with "interrupted".
  virtual void interrupt() = 0;

  virtual const Snapshot& snapshot() const = 0;
};

}  // namespace nightjar
