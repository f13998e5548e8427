#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "figure/filter.hpp"
#include "figure/filter_sql.hpp"

/// Any text is a filter or an error with a place inside the text; a filter survives printing and parsing, and becomes SQL for tables that
/// keep its fields.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace nightjar;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto parsed = parse_filter(text);
  if (const auto* error = std::get_if<FilterError>(&parsed)) {
    if (error->sentence.empty() || error->position < 1 || error->position > size + 1) std::abort();
    return 0;
  }
  const auto& filter = std::get<FilterExpression>(parsed);
  const std::string canonical = to_text(filter);
  // The canonical text of a list can be longer than what was written (asn, quotes, brackets of not).
  if (canonical.size() <= kFilterMaxBytes) {
    const auto again = parse_filter(canonical);
    if (!std::holds_alternative<FilterExpression>(again) || !(std::get<FilterExpression>(again) == filter)) std::abort();
  }
  // Every table keeps some fields only; nothing else stands in the way.
  for (const Table table : {Table::flows, Table::backscatter, Table::requests, Table::sessions, Table::payloads, Table::attacks}) {
    const bool lacks = field_lacking(filter, table) != nullptr;
    if (filter_sql(filter, table).has_value() == lacks) std::abort();
  }
  return 0;
}
