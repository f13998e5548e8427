#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "schema/columns.hpp"
#include "schema/row_stream.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// Writes rows of a table as one Parquet file (zstd, row groups of whole parts) and flushes it to the disk. Several threads may write
/// several files at a time: many small ones wait for the disk together.
class ParquetWriter {
 public:
  struct Config {
    int threads = 2;
    std::uint64_t memory_bytes = 1ULL << 30;  ///< limit of the engine
    std::filesystem::path spill;              ///< folder for what does not fit
  };
  /// How many threads work on a file: all of them on one that is written by itself, one where several are written at a time. With
  /// `one`, the thread that calls does all the work.
  enum class Threads { all, one };
  struct Written {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
  };

  static Result<std::unique_ptr<ParquetWriter>> open(const Config& config);
  virtual ~ParquetWriter() = default;

  /// `names`: what `name` columns index into; must outlive the call. An empty stream writes no file and returns 0 rows.
  virtual Result<Written> write(Table table, RowStream& rows, const Names& names, const std::filesystem::path& file,
                                Threads threads = Threads::all) = 0;
};

}  // namespace nightjar
