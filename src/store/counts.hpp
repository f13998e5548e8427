#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/result.hpp"
#include "store/derived.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct CountsOptions {
  std::uint64_t memory_bytes = 0;                ///< 0: a quarter of the machine, at most 4 GB; what does not fit spills into the lake
  bool only_if_alone = false;                    ///< make none, without waiting, while another process writes
  std::uint64_t most_rows = 0;                   ///< count days only as long as they have so many rows of flows together; 0: all
  std::function<void(std::int64_t day)> on_day;  ///< called before each day that is counted
};

/// Makes the derived table `counts` (schema/columns.cpp) for the days in [from_day, to_day) that have flows and no counts made
/// from just these. Each day is one commit. Returns how many were made. A day that another process counts at the same time, or
/// changes meanwhile, is left to it.
Result<std::size_t> ensure_counts(Lake& lake, std::int64_t from_day, std::int64_t to_day, const CountsOptions& options = {});

}  // namespace nightjar
