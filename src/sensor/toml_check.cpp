#include "sensor/toml_check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace nightjar {
namespace {

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '"' || c == '\'';
}

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

/// Walks over TOML as far as strings, comments and brackets go. After the first mistake it need not be right: toml++
/// stops there.
class Walk {
 public:
  explicit Walk(std::string_view toml) : rest_(toml) {}

  CheckedToml check() {
    if (rest_.starts_with("\xef\xbb\xbf")) take(3);
    while (!mistake_ && (skip_blank(), !rest_.empty())) {
      if (rest_[0] == '[') check_header();
      skip_statement();
    }
    return {std::move(checked_), mistake_};
  }

 private:
  void take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    line_ += static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
    checked_ += taken;
    rest_.remove_prefix(taken.size());
  }
  void skip_blank() { take(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  void fail(std::size_t line, std::string_view sentence) {
    if (!mistake_) mistake_ = TomlMistake{line, sentence};
  }

  /// Takes the brackets of a header.
  void check_header() {
    const std::size_t line = line_;
    take(1);
    skip_blank();
    if (!rest_.empty() && rest_[0] == '[') take(1);
    skip_blank();
    // A ']' is an error that toml++ reports.
    if (rest_.empty() || begins_name(rest_[0]) || rest_[0] == ']' || !is_ascii(rest_[0])) return;
    fail(line, "a table header without a name; write it like [geolocation] or [[sensor]]");
  }

  /// To the first line end outside of strings and brackets, and over it.
  void skip_statement() {
    std::size_t depth = 0;
    while (!mistake_ && !rest_.empty()) {
      const char c = rest_[0];
      if (!is_ascii(c)) return fail(line_, "a character beyond ASCII outside of quotes (straight ones: \"...\")");
      if (c == '"' || c == '\'') {
        const char before = checked_.empty() ? '\n' : checked_.back();
        if (begins_name(before) && before != '"' && before != '\'') return fail(line_, "a quote inside of a word");
        skip_string(c);
        continue;
      }
      if (c == '#') {
        skip_comment();
        continue;
      }
      take(1);
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && depth > 0) --depth;
      if (c == '\n' && depth == 0) return;
    }
  }

  void skip_comment() {
    while (!rest_.empty() && rest_[0] != '\n') {
      const Letter letter = is_ascii(rest_[0]) ? Letter{0, 0} : letter_at(rest_);
      if (letter.size == 0) {
        take(1);
      } else {
        checked_ += '?';
        rest_.remove_prefix(letter.size);
      }
    }
  }

  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool is_long = rest_.starts_with(three);
    take(is_long ? 3 : 1);
    while (!rest_.empty()) {
      if (rest_[0] == '\\' && quote == '"') {
        take(rest_.size() > 1 && is_ascii(rest_[1]) ? 2 : 1);
      } else if (!is_long && (rest_[0] == quote || rest_[0] == '\n')) {
        return take(rest_[0] == quote ? 1 : 0);
      } else if (is_long && rest_.starts_with(three)) {
        take(3);
        // Up to two quotes of the text may stand before the closing three.
        for (int i = 0; i < 2 && !rest_.empty() && rest_[0] == quote; ++i) take(1);
        return;
      } else if (quote == '"' && !is_ascii(rest_[0])) {
        take_escaped();
      } else {
        take(1);
      }
    }
  }

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
  std::optional<TomlMistake> mistake_;
};

}  // namespace

CheckedToml check_before_toml(std::string_view text) { return Walk(text).check(); }

}  // namespace nightjar
