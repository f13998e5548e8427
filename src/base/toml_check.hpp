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

/// Keeps toml++ 3.3 from characters that it cannot take: at many beyond ASCII it leaves defined behaviour, when they stand
/// outside of quotes or behind a line that a backslash continues (impl::is_non_ascii_horizontal_whitespace). The former are
/// mistakes here; those in quotes become escapes, those in comments '?'. Other text, right or wrong, stays as it is, bytes
/// that are no UTF-8 too. Keys of more than 32 parts (a.b.c...), for each of which toml++ calls itself, are mistakes.
CheckedToml check_before_toml(std::string_view text);

}  // namespace nightjar
