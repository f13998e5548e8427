#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nightjar {

enum class ShellTokenKind : std::uint8_t { word, separator, pipe, output, input };

/// A token as it stands in the text, nothing expanded.
struct ShellToken {
  ShellTokenKind kind = ShellTokenKind::word;
  std::string_view raw;
  std::size_t at = 0;  ///< offset in the text
  bool cut = false;    ///< reaches the end of an open text
};

/// Splits a text into tokens. `;`, `&`, `&&`, `||`, line ends and parentheses separate commands; the number before a redirection is left
/// out. Quotes without an end stand for themselves; `$(` and backquotes without an end reach to the end of the text. At most `most` tokens.
std::vector<ShellToken> split_shell(std::string_view text, bool open, std::size_t most);

/// Ends of what begins at `begin`, one behind its last character; npos where there is no end.
std::size_t end_of_single_quotes(std::string_view text, std::size_t begin);
std::size_t end_of_double_quotes(std::string_view text, std::size_t begin);
std::size_t end_of_backquotes(std::string_view text, std::size_t begin);
std::size_t end_of_parentheses(std::string_view text, std::size_t begin);  ///< of `$(`
std::size_t end_of_braces(std::string_view text, std::size_t begin);       ///< of `${`, on one line, at most 256 bytes
std::size_t end_of_ansi_quotes(std::string_view text, std::size_t begin);  ///< of `$'`

}  // namespace nightjar
