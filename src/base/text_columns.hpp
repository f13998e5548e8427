#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace nightjar {

/// Columns of a terminal that a UTF-8 text takes: characters of East Asian scripts take two.
std::size_t columns_of(std::string_view text);

/// The text in lines of at most `columns` with `indent` blanks before each, broken at blanks and between East Asian characters, but not
/// before a closing mark (、。）」). A word that is longer stands on a line of its own. Ends with a line break; an empty text gives none.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace nightjar
