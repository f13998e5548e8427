#pragma once
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/counting.hpp"
#include "store/duckdb/connection.hpp"

namespace nightjar::duckdb_store {

/// Numbers are those of the names' alphabetical order: port, protocol, total.
enum class CountLevel : std::uint8_t { port = 0, protocol = 1, total = 2 };

/// Collects cells of counts from several threads and writes them as one Parquet file.
class CountCells {
 public:
  static Result<std::unique_ptr<CountCells>> open(std::uint64_t memory_bytes, const std::filesystem::path& spill);
  ~CountCells();
  CountCells(const CountCells&) = delete;
  CountCells& operator=(const CountCells&) = delete;

  /// Cells that one thread has gathered; flushed when full and at the end.
  class Batch {
   public:
    explicit Batch(CountCells& cells) : cells_(cells) {}
    Result<void> add(CountLevel level, std::uint8_t protocol, std::uint16_t port, const CountCell& cell);
    Result<void> flush();

   private:
    /// The place of a cell as two numbers in whose order cells lie in a file (what is packed where: count_cells.cpp).
    struct Row {
      std::uint64_t place, value_and_hour, packets, bytes, hosts;
    };
    friend class CountCells;
    CountCells& cells_;
    std::vector<Row> rows_;
  };

  /// Writes what was collected; returns the number of rows. `sensors`: what the cells' sensors index into.
  Result<std::uint64_t> write(std::int64_t day, const std::vector<std::string>& sensors, const std::filesystem::path& file);

 private:
  CountCells() = default;
  Result<void> append(const std::vector<Batch::Row>& rows);

  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
  duckdb_appender appender_ = nullptr;
};

}  // namespace nightjar::duckdb_store
