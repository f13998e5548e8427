#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "explain/population.hpp"

namespace nightjar {

/// Numbers of a part of the rise.
struct MeasuredPart {
  double now = 0, usual = 0;             ///< of the population, by the rise's metric
  double usual_port = 0;                 ///< of the whole port
  std::uint64_t hosts = 0, packets = 0;  ///< of the population, on the peak day
};

struct MeasuredRise {
  std::vector<MeasuredPart> parts;  ///< as asked
  MeasuredPart all;                 ///< the whole population
  MeasuredPart any;                 ///< what lies in at least one of the parts
  std::uint64_t nth_usual = 1;      ///< usual hosts were counted among every nth source, of the population or of the port
  double squares = 0;               ///< sum over sources of packets x packets, of the population, on the peak day
};

/// Counts every row of the peak day, and of the usual days; only usual hosts of more than 1.5 million rows are estimated from as many rows
/// of sources chosen by a hash. `conditions`: of the parts, over the columns of `flows`, at most 8.
Result<MeasuredRise> measure_rise(QuerySession& session, const Population& population, Metric metric,
                                  const std::vector<std::string>& conditions);

}  // namespace nightjar
