#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "schema/rows.hpp"

namespace nightjar {

/// The ledger of one worker: rows of `sensor_days` by (day, sensor). Addresses and kind are the caller's to fill.
class SensorDayTable {
 public:
  SensorDayRow& row(std::int64_t day, std::uint16_t sensor) {
    if (last_ == nullptr || last_->day != day || last_->sensor != sensor) {
      last_ = &rows_[{day, sensor}];
      last_->day = day;
      last_->sensor = sensor;
    }
    return *last_;
  }
  void merge(SensorDayTable& other);
  std::vector<SensorDayRow> take();
  std::uint64_t memory_bytes() const { return rows_.size() * (sizeof(SensorDayRow) + 64); }

 private:
  std::map<std::pair<std::int64_t, std::uint16_t>, SensorDayRow> rows_;
  SensorDayRow* last_ = nullptr;
};

}  // namespace nightjar
