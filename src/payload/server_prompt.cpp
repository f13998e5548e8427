#include "payload/server_prompt.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kLongestPrompt = 256;

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view without_blanks_behind(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\0' || text.back() == '\a')) text.remove_suffix(1);
  return text;
}

/// Without colours and movements of the cursor: ESC [ ... letter.
std::string without_escapes(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      out += line[i];
      continue;
    }
    if (i + 1 < line.size() && line[i + 1] == '[') {
      i += 2;
      while (i < line.size() && !(line[i] >= '@' && line[i] <= '~')) ++i;
    } else {
      ++i;
    }
  }
  return out;
}

/// Where the last of the words stands in `line`; npos: none does.
template <std::size_t N>
std::size_t last_of(std::string_view line, const std::array<std::string_view, N>& words) {
  std::size_t last = npos;
  for (const std::string_view word : words) {
    const std::size_t at = line.rfind(word);
    if (at != npos && (last == npos || at > last)) last = at;
  }
  return last;
}

Prompt by_words(std::string_view line) {
  constexpr std::array<std::string_view, 4> kPassword = {"assword", "passwd", "passcode", "pass:"};
  constexpr std::array<std::string_view, 6> kUser = {"ogin", "username", "user name", "user:", "userid", "account"};
  if (says_incorrect(line) || says_failed(line) || line.find("last login") != npos || line.find("last failed") != npos) return Prompt::none;
  const std::size_t password = last_of(line, kPassword), user = last_of(line, kUser);
  if (password != npos && (user == npos || password > user)) return Prompt::password;
  return user == npos ? Prompt::none : Prompt::user;
}

/// The line in lower case without escapes, echo and blanks behind; empty: too long, or no text.
std::string asking(std::string_view line, std::string_view echo, bool& echoed) {
  echoed = false;
  if (line.size() > kLongestPrompt + echo.size() || !is_terminal_text(line)) return {};
  std::string text = without_escapes(line);
  if (!echo.empty() && text.size() > echo.size() && std::string_view(text).ends_with(echo)) {
    text.resize(text.size() - echo.size());
    echoed = true;
  }
  return lowered(without_blanks_behind(text));
}

bool asks(std::string_view line) { return std::string_view(":?])").find(line.back()) != npos; }
bool ends_with_word(std::string_view line) { return line.ends_with("ogin") || line.ends_with("name") || line.ends_with("assword"); }

bool is_shell_end(char c) { return c == '>' || c == '$' || c == '#' || c == '%'; }

}  // namespace

bool is_terminal_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t' || c == '\r' || c == '\n' || c == '\x1b' || c == '\b' || c == '\a' || c == '\0' ||
           c == '\f';
  });
}

bool says_incorrect(std::string_view said) { return said.find("ncorrect") != npos; }

bool says_failed(std::string_view said) {
  const std::string text = lowered(said);
  constexpr std::array<std::string_view, 9> kWords = {"login failed",      "authentication fail", "access denied",
                                                      "permission denied", "bad password",        "bad username",
                                                      "invalid password",  "login invalid",       "invalid login"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return text.find(word) != npos; });
}

Prompt prompt_at_end(std::string_view said, std::string_view echo) {
  said = said.substr(said.size() - std::min(said.size(), 2 * kLongestPrompt + echo.size()));
  const std::size_t begin = said.find_last_of("\r\n") + 1;  // npos + 1 is 0
  bool echoed = false;
  std::string line = asking(said.substr(begin), echo, echoed);
  if (line.empty()) {
    // A few devices end the line of their question.
    const std::size_t end = said.find_last_not_of(std::string_view("\r\n\t \0", 5));
    if (end == npos || said[end] != ':') return Prompt::none;
    said = said.substr(0, end + 1);
    line = asking(said.substr(said.find_last_of("\r\n") + 1), {}, echoed);
    return line.empty() ? Prompt::none : by_words(line);
  }
  const Prompt words = by_words(line);
  constexpr std::size_t kLongestWord = 10;  // "login>", but not "login-router>"
  if (is_shell_end(line.back())) return line.back() == '>' && line.size() <= kLongestWord && words != Prompt::none ? words : Prompt::shell;
  if (words != Prompt::none && (asks(line) || (echo.empty() && ends_with_word(line)))) return words;
  return line.back() == ':' || line.find("enter") != npos ? Prompt::unclear : Prompt::none;
}

Prompt prompt_in_line(std::string_view line, std::string_view echo) {
  bool echoed = false;
  const std::string text = asking(line, echo, echoed);
  if (text.empty()) return Prompt::none;
  if (text.back() == ':') return by_words(text);
  return echoed && is_shell_end(text.back()) ? Prompt::shell : Prompt::none;
}

}  // namespace nightjar
