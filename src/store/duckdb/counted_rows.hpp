#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/counting.hpp"
#include "store/duckdb/connection.hpp"
#include "store/lake.hpp"

namespace nightjar::duckdb_store {

/// Rows of a day's flows in one order, streamed: only what DuckDB sorts is held, and that spills.
class CountedRows {
 public:
  enum class Order { port_and_source, source };
  virtual ~CountedRows() = default;
  virtual Result<void> each(const std::function<void(const CountedRow&)>& visit) = 0;
};

/// The flows of one day of a version, to be counted.
class DaySource {
 public:
  struct Sensor {
    std::string name;
    bool darknet;  ///< as sensor_days says; a sensor that is missing there is taken for one
  };
  static Result<std::unique_ptr<DaySource>> open(const std::filesystem::path& root, const LakeVersion& version, std::int64_t day,
                                                 std::uint64_t memory_bytes, const std::filesystem::path& spill);

  const std::vector<Sensor>& sensors() const { return sensors_; }  ///< by name
  /// Each in a DuckDB of its own, so that two can run at once.
  Result<std::unique_ptr<CountedRows>> rows(CountedRows::Order order) const;

 private:
  DaySource() = default;

  std::int64_t day_ = 0;
  std::string flows_;  ///< SQL that reads them
  Connection::Settings settings_;
  std::vector<Sensor> sensors_;
};

}  // namespace nightjar::duckdb_store
