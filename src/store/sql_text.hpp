#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// Where a string, a quoted name or a comment that begins at `at` ends; `at` itself where none begins there. One that is
/// not closed ends with the text.
std::size_t skip_quoted(std::string_view sql, std::size_t at);

/// `sql` without the semicolons, blanks and comments at its end.
std::string_view without_end(std::string_view sql);

/// Whether `word` stands in `sql` as a word of its own, outside strings, quoted names and comments.
bool has_word(std::string_view sql, std::string_view word);

/// Calls of macros, `@name(argument, ...)`, expanded by `expand(name, arguments)`; arguments are expanded first. Nothing is
/// expanded inside strings, quoted names and comments. The word `window`, which SQL keeps for itself, becomes the column
/// "window".
class MacroExpander {
 public:
  virtual ~MacroExpander() = default;
  Result<std::string> expand_all(std::string_view sql) const;

 protected:
  virtual Result<std::string> expand(std::string_view name, const std::vector<std::string>& arguments) const = 0;
};

/// 'text' with its quotes doubled. Whoever asks another engine than DuckDB refuses backslashes before (ClickHouse would read them as
/// escapes).
std::string sql_literal(std::string_view text);

/// The text inside 'quotes', '' made '; nothing for anything else.
bool is_string_literal(std::string_view sql, std::string& text);

}  // namespace nightjar
