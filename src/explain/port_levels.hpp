#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "base/result.hpp"
#include "incident/incident.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Levels of some ports by day, read from `port_days` at once: of a port as a whole, or of one country there (lone hosts left out).
class PortLevels {
 public:
  using Port = std::pair<std::uint8_t, std::uint16_t>;  ///< protocol and port
  static Result<PortLevels> load(QuerySession& session, const std::set<Port>& ports);

  /// By UTC day; days without rows are left out. `country` empty: the whole port.
  std::map<std::int64_t, double> of(const Port& port, const std::string& country, Metric metric) const;

 private:
  struct Level {
    double hosts = 0, packets = 0;
  };
  std::map<std::pair<Port, std::string>, std::map<std::int64_t, Level>> levels_;
};

}  // namespace nightjar
