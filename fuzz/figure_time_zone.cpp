// Time zone files (RFC 8536) and, as the same bytes, the rule at their end: refused, or days follow one another without gap.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "figure/time_zone.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  constexpr std::int64_t times[] = {-2'208'988'800, 0, 1'511'395'200, 4'102'444'800};
  if (const auto rule = PosixZone::parse(text))
    for (const std::int64_t second : times) (void)rule->offset_at(second);
  const auto zone = TimeZone::parse("Fuzz/Zone", text);
  if (!zone) return 0;
  for (const std::int64_t second : times) {
    const std::int64_t day = zone->day_at(second);
    const std::int64_t begin = zone->first_hour(day), end = zone->first_hour(day + 1);
    if (begin > end) std::abort();
    const auto stretches = zone->stretches(begin, end);
    if (stretches && stretches->empty()) std::abort();
  }
  return 0;
}
