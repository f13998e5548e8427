#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Makes the derived table `port_days` (schema/derived_columns.cpp) for the days in [from_day, to_day) that have flows and no rows made
/// from just these. Many days are one commit. Returns how many days were made. A day that another process makes at the same time is
/// left to it. `on_day` hears each day before it is made.
Result<std::size_t> ensure_port_days(Lake& lake, std::int64_t from_day, std::int64_t to_day, int threads = 0,
                                     const std::function<void(std::int64_t)>& on_day = {});

}  // namespace nightjar
