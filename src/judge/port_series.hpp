#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "schema/rows.hpp"

namespace nightjar {

/// Index of a fingerprint in the catalogue, or kNoTool.
using Tool = std::uint8_t;
inline constexpr Tool kNoTool = 254;

/// What `port_days` says of one cell on one UTC day.
struct CellDay {
  std::int64_t day = 0;
  double hosts = 0, packets = 0;
  double largest = 0;  ///< packets of the loudest source
  double squares = 0;  ///< sum of packets x packets over sources

  CellDay& operator+=(const CellDay& other);
};

struct Cell {
  CountryCode country = 0;
  Tool tool = kNoTool;
  friend auto operator<=>(const Cell&, const Cell&) = default;
};

/// Which sources are meant: those of these countries and tools; an empty list means any.
struct PortPopulation {
  std::vector<CountryCode> countries;
  std::vector<Tool> tools;

  bool everybody() const { return countries.empty() && tools.empty(); }
  bool holds(const Cell& cell) const;
  friend bool operator==(const PortPopulation&, const PortPopulation&) = default;
};

/// One port's days: the port as a whole, and its cells. Days are added in order; a day without a row counts nothing.
class PortSeries {
 public:
  void add_whole(const CellDay& day) { whole_.push_back(day); }
  void add_cell(const Cell& cell, const CellDay& day) { cells_[cell].push_back(day); }
  /// Forgets days before `day`, and cells that have none left.
  void forget_before(std::int64_t day);
  bool empty() const { return whole_.empty() && cells_.empty(); }

  const std::vector<CellDay>& whole() const { return whole_; }
  const std::map<Cell, std::vector<CellDay>>& cells() const { return cells_; }

  /// The days of a population, ascending; those without it are left out. Of everybody the port as a whole: small cells are in that only.
  std::vector<CellDay> days_of(const PortPopulation& population) const;

 private:
  std::vector<CellDay> whole_;
  std::map<Cell, std::vector<CellDay>> cells_;
};

/// The day in a list of days, or all 0.
CellDay day_in(const std::vector<CellDay>& days, std::int64_t day);

}  // namespace nightjar
