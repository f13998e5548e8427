#pragma once
#include <string_view>

namespace nightjar {

/// Whether a path matches a pattern as a shell with "globstar" would: `*` any characters but '/', `?` one character (of
/// UTF-8), `[a-z]` and `[!a-z]` one of a set of bytes, `**` as a whole part any number of folders. A `[` without its end is
/// itself. Names with a leading dot are not special. Takes time proportional to pattern times path at worst, squared for `**`.
bool matches_glob(std::string_view pattern, std::string_view path);

}  // namespace nightjar
