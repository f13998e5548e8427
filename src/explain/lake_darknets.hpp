#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/query.hpp"

namespace nightjar {

/// The darknets of a lake. `sensor_days` has a file for each day of the lake, whatever days a session sees: whoever explains several rises
/// reads this once.
struct LakeDarknets {
  std::vector<std::string> names;  ///< by name
  bool others = false;             ///< other sensors have rows too

  static Result<LakeDarknets> read(QuerySession& session);
};

}  // namespace nightjar
