#include "base/toml_check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace nightjar {
namespace {

/// toml++ calls itself for each part of a key, and a file may have keys of a million.
constexpr std::size_t kMostKeyParts = 32;
constexpr std::string_view kEndsOfKeys = "=,[]{}\n";

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// A character beyond ASCII; size 0 if the bytes are no UTF-8.
struct Letter {
  std::size_t size;
  std::uint32_t code;
};
Letter letter_at(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const std::size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4) return {0, 0};
  std::uint32_t code = byte(0) & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0, 0};
    code = code << 6 | (byte(i) & 0x3f);
  }
  const bool too_long = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return too_long || surrogate || code > 0x10ffff ? Letter{0, 0} : Letter{size, code};
}

/// Walks over TOML as far as strings and comments go. After the first mistake it need not be right: toml++ stops there.
class Walk {
 public:
  explicit Walk(std::string_view toml) : rest_(toml) {}

  CheckedToml check() {
    if (rest_.starts_with("\xef\xbb\xbf")) take(3);
    while (!rest_.empty()) {
      const char c = rest_[0];
      if (!is_ascii(c)) return mistake("a character beyond ASCII outside of quotes (straight ones: \"...\")");
      if (c == '#') {
        take_comment();
      } else if (c == '"') {
        take_string();
      } else if (c == '\'') {
        take_literal_string();
      } else {
        if (c == '.' && ++dots_ == kMostKeyParts) return mistake("a key of too many parts (a.b.c...); at most 32 are taken");
        if (kEndsOfKeys.find(c) != std::string_view::npos) dots_ = 0;
        take(1);
      }
    }
    return {std::move(checked_), std::nullopt};
  }

 private:
  CheckedToml mistake(std::string_view sentence) { return {std::move(checked_), TomlMistake{line_, sentence}}; }
  void take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    line_ += static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
    checked_ += taken;
    rest_.remove_prefix(taken.size());
  }

  void take_comment() {
    while (!rest_.empty() && rest_[0] != '\n') {
      const Letter letter = letter_at(rest_);
      if (letter.size == 0) {
        take(1);
      } else {
        checked_ += '?';
        rest_.remove_prefix(letter.size);
      }
    }
  }

  /// "..." or """...""", which may hold escapes.
  void take_string() {
    const bool is_long = rest_.starts_with("\"\"\"");
    take(is_long ? 3 : 1);
    while (!rest_.empty()) {
      if (rest_[0] == '\\') {
        take(rest_.size() > 1 && is_ascii(rest_[1]) ? 2 : 1);
      } else if (!is_long && (rest_[0] == '"' || rest_[0] == '\n')) {
        return take(rest_[0] == '"' ? 1 : 0);
      } else if (is_long && rest_.starts_with("\"\"\"")) {
        take(3);
        // Up to two quotes of the text may stand before the closing three.
        for (int i = 0; i < 2 && rest_.starts_with('"'); ++i) take(1);
        return;
      } else {
        take_escaped();
      }
    }
  }

  /// '...' or '''...''', which may not: one with letters beyond ASCII becomes one in double quotes.
  void take_literal_string() {
    const std::string_view quotes = rest_.substr(0, rest_.starts_with("'''") ? 3 : 1);
    const bool is_long = quotes.size() == 3;
    std::size_t end = is_long ? rest_.find(quotes, 3) : rest_.find_first_of("'\n", 1);
    const bool is_closed = end != std::string_view::npos && rest_[end] == '\'';
    end = std::min(end, rest_.size());
    for (int i = 0; i < 2 && is_long && is_closed && rest_.substr(end).starts_with("''''"); ++i) ++end;
    if (std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(end), is_ascii)) {
      return take(end + (is_closed ? quotes.size() : 0));
    }
    const std::string double_quotes(quotes.size(), '"');
    const std::size_t behind = rest_.size() - end;
    checked_ += double_quotes;
    rest_.remove_prefix(quotes.size());
    while (rest_.size() > behind) {
      if (rest_[0] == '\\' || rest_[0] == '"') checked_ += '\\';
      take_escaped();
    }
    if (!is_closed) return;
    checked_ += double_quotes;
    rest_.remove_prefix(quotes.size());
  }

  /// The next character, as an escape if it is one beyond ASCII.
  void take_escaped() {
    const Letter letter = letter_at(rest_);
    if (letter.size == 0) return take(1);
    std::array<char, 11> escape;
    std::snprintf(escape.data(), escape.size(), "\\U%08x", static_cast<unsigned>(letter.code));
    checked_ += escape.data();
    rest_.remove_prefix(letter.size);
  }

  std::string_view rest_;
  std::string checked_;
  std::size_t line_ = 1;
  std::size_t dots_ = 0;  ///< in the present key
};

}  // namespace

CheckedToml check_before_toml(std::string_view text) { return Walk(text).check(); }

}  // namespace nightjar
