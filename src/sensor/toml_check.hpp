#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nightjar {

struct TomlMistake {
  std::size_t line;  ///< from 1
  std::string_view sentence;
};

struct CheckedToml {
  std::string text;                    ///< to be parsed: means the same, line by line
  std::optional<TomlMistake> mistake;  ///< to be reported instead of parsing
};

/// Keeps toml++ 3.3 from what it cannot take. It aborts at a table header whose name begins with something no name begins
/// with (`[[[sensor]]]`; its pull request 301), and leaves defined behaviour at many letters beyond ASCII outside of quotes
/// and behind a line that a backslash continues (impl::is_non_ascii_horizontal_whitespace). So such headers and letters are
/// mistakes here; letters in "..." become escapes, those in comments '?'. Other text, right or wrong, stays as it is.
CheckedToml check_before_toml(std::string_view text);

}  // namespace nightjar
