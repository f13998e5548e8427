#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightjar {

/// "2017-11-23T05:00:00Z" for milliseconds since 1970, with ".123" only where the time has them.
std::string format_milliseconds(std::int64_t ms);
/// Reads what `format_milliseconds` wrote; nothing for anything else.
std::optional<std::int64_t> parse_milliseconds(std::string_view text);

}  // namespace nightjar
