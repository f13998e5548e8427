#pragma once
#include <cstdint>
#include <string_view>

namespace nightjar {

/// What a server waits for.
enum class Prompt : std::uint8_t {
  none,
  user,
  password,
  shell,   ///< its line ends with > $ # or %
  unclear  ///< its line ends with a colon, or says "enter": a user name or a password, by what came before
};

/// Reads the prompt at the end of what a server said, as Mirai does (mirai/bot/scanner.c: "ogin", "enter", "assword", and one of : > $ # %
/// at the end), but only in the last line: a page or a banner that speaks of a login asks for nothing.
/// `echo`: what the client has typed already and the server may have repeated; empty: nothing.
Prompt prompt_at_end(std::string_view said, std::string_view echo);

/// The same in a line that is over, where the answer was known before the question was asked (type-ahead): a word that asks and a colon,
/// or a shell's prompt with the answer's echo behind it.
Prompt prompt_in_line(std::string_view line, std::string_view echo);

/// "Login incorrect" (what Mirai looks for), "login failed", "access denied", "invalid password" and the like.
bool says_incorrect(std::string_view said);
bool says_failed(std::string_view said);

/// Nothing but printable ASCII, UTF-8 or another character set's letters, and what moves a terminal's cursor.
bool is_terminal_text(std::string_view text);

}  // namespace nightjar
