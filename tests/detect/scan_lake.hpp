#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "figure/small_lake.hpp"

namespace nightjar::test {

/// Answer of SQL over the newest version of a lake, a line a row.
inline std::vector<std::string> lines_of_sql(SmallLake& lake, const std::string& sql) {
  const auto answer = lake.session()->run(sql);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().sentence);
  std::vector<std::string> lines;
  if (!answer) return lines;
  for (const auto& row : answer->rows) lines.push_back(line_of(row));
  return lines;
}

/// All rows of table `scans`, sorted as text.
inline std::vector<std::string> lines_of_scans(SmallLake& lake) {
  auto lines = lines_of_sql(lake,
                            "SELECT first, sensor, src, protocol, port, class, last, packets, bytes, dst_bits, facts, addresses, timeout, "
                            "rate, kept, open, country, asn FROM scans");
  std::ranges::sort(lines);
  return lines;
}

}  // namespace nightjar::test
