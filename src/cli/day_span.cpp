#include "cli/day_span.hpp"

#include <utility>

#include "base/time.hpp"

namespace nightjar::cli {

Result<DaySpan> read_day_span(const std::string& from, const std::string& to) {
  DaySpan span;
  for (const auto& [text, day] : {std::pair(&from, &span.from_day), std::pair(&to, &span.to_day)}) {
    if (text->empty()) continue;
    const auto parsed = parse_day(*text);
    if (!parsed) return parsed.error();
    *day = *parsed;
  }
  if (span.from_day && span.to_day && *span.from_day >= *span.to_day)
    return Error{"the span from " + from + " to " + to + " has no day: the end is not included, so it must be a later date than the start"};
  return span;
}

}  // namespace nightjar::cli
