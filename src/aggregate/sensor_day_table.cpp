#include "aggregate/sensor_day_table.hpp"

#include <algorithm>

namespace nightjar {

void SensorDayTable::merge(SensorDayTable& other) {
  for (const auto& [key, theirs] : other.rows_) {
    SensorDayRow& mine = row(key.first, key.second);
    mine.addresses = std::max(mine.addresses, theirs.addresses);
    mine.kind = std::max(mine.kind, theirs.kind);
    mine.packets += theirs.packets;
    mine.bytes += theirs.bytes;
    mine.outbound += theirs.outbound;
    mine.outside += theirs.outside;
    mine.not_ip += theirs.not_ip;
    for (std::size_t i = 0; i < mine.undecodable.size(); ++i) mine.undecodable[i] += theirs.undecodable[i];
    mine.kernel_drops += theirs.kernel_drops;
    mine.gaps += theirs.gaps;
    mine.clock_steps += theirs.clock_steps;
  }
  other.rows_.clear();
  other.last_ = nullptr;
}

std::vector<SensorDayRow> SensorDayTable::take() {
  std::vector<SensorDayRow> rows;
  for (const auto& [key, row] : rows_) rows.push_back(row);
  rows_.clear();
  last_ = nullptr;
  return rows;
}

}  // namespace nightjar
