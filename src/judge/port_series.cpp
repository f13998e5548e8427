#include "judge/port_series.hpp"

#include <algorithm>

namespace nightjar {
namespace {

template <class T>
bool among(const std::vector<T>& list, T value) {
  return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
}

void forget(std::vector<CellDay>& days, std::int64_t before) {
  const auto keep = std::find_if(days.begin(), days.end(), [before](const CellDay& one) { return one.day >= before; });
  days.erase(days.begin(), keep);
}

}  // namespace

CellDay& CellDay::operator+=(const CellDay& other) {
  hosts += other.hosts;
  packets += other.packets;
  largest = std::max(largest, other.largest);
  squares += other.squares;
  return *this;
}

bool PortPopulation::holds(const Cell& cell) const { return among(countries, cell.country) && among(tools, cell.tool); }

void PortSeries::forget_before(std::int64_t day) {
  forget(whole_, day);
  for (auto& [cell, days] : cells_) forget(days, day);
  std::erase_if(cells_, [](const auto& entry) { return entry.second.empty(); });
}

std::vector<CellDay> PortSeries::days_of(const PortPopulation& population) const {
  if (population.everybody()) return whole_;
  std::map<std::int64_t, CellDay> sums;
  for (const auto& [cell, days] : cells_) {
    if (!population.holds(cell)) continue;
    for (const CellDay& one : days) {
      CellDay& sum = sums[one.day];
      sum += one;
      sum.day = one.day;
    }
  }
  std::vector<CellDay> list;
  list.reserve(sums.size());
  for (const auto& [day, sum] : sums) list.push_back(sum);
  return list;
}

CellDay day_in(const std::vector<CellDay>& days, std::int64_t day) {
  const auto found = std::lower_bound(days.begin(), days.end(), day, [](const CellDay& one, std::int64_t at) { return one.day < at; });
  if (found != days.end() && found->day == day) return *found;
  CellDay none;
  none.day = day;
  return none;
}

}  // namespace nightjar
