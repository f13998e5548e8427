#include "explain/lake_darknets.hpp"

#include <variant>

#include "explain/population.hpp"

namespace nightjar {

Result<LakeDarknets> LakeDarknets::read(QuerySession& session) {
  auto answer = session.run(
      "SELECT sensor, max(CASE WHEN kind = 'darknet' THEN 1 ELSE 0 END) AS dark FROM sensor_days GROUP BY sensor ORDER BY sensor");
  if (!answer) return answer.error();
  LakeDarknets darknets;
  for (const auto& row : answer->rows) {
    if (whole(row[1]) == 1) {
      darknets.names.push_back(std::get<std::string>(row[0]));
    } else {
      darknets.others = true;
    }
  }
  return darknets;
}

}  // namespace nightjar
