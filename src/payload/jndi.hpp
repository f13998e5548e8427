#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "payload/downloads.hpp"

namespace nightjar {

/// A text as log4j reads it before it looks anything up: `${lower:J}` and `${upper:j}` become their letters, `${env:NAME:-x}`, `${::-x}`
/// and the like their default x, as often as there is one to replace. Other lookups stand.
std::string without_disguise(std::string_view text);

/// Adds the addresses of `jndi:SCHEME://...`, SCHEME any; they end as other addresses do, and with a closing brace.
void add_jndi(std::string_view text, bool open, std::vector<Download>& found);

}  // namespace nightjar
