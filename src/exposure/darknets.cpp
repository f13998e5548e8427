#include "exposure/darknets.hpp"

#include "figure/values.hpp"
#include "store/sql_text.hpp"

namespace nightjar {

Result<std::string> darknet_condition(QuerySession& session) {
  auto answer = session.run("SELECT sensor FROM sensor_days WHERE kind = 'darknet' GROUP BY sensor ORDER BY sensor");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  std::string names;
  for (std::size_t i = 0; i < rows.size(); ++i) names += (names.empty() ? "" : ", ") + sql_literal(rows.text(i, "sensor"));
  return names.empty() ? std::string("FALSE") : "sensor IN (" + names + ")";
}

}  // namespace nightjar
