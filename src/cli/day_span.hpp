#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace nightjar::cli {

/// UTC days of --from and --to, the second not included; nothing where an option is not given.
struct DaySpan {
  std::optional<std::int64_t> from_day, to_day;
};

/// Reads them; an error where one is no date, or the span has no day.
Result<DaySpan> read_day_span(const std::string& from, const std::string& to);

}  // namespace nightjar::cli
