#include "payload/shell_lexer.hpp"

#include <algorithm>

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kLongestBraces = 256;  ///< of `${NAME:-default}`

bool ends_word(char c) {
  switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '\v':
    case '\f':
    case '\0':
    case ';':
    case '&':
    case '|':
    case '<':
    case '>':
    case '(':
    case ')': return true;
    default: return false;
  }
}

/// One behind the unescaped `quote` that ends what begins at `from`.
std::size_t behind_unescaped(std::string_view text, std::size_t from, char quote) {
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == quote)
      return i + 1;
  }
  return npos;
}

class Splitter {
 public:
  Splitter(std::string_view text, bool open, std::size_t most) : text_(text), open_(open), most_(most) {}

  std::vector<ShellToken> split() {
    while (at_ < text_.size() && tokens_.size() < most_) step();
    return std::move(tokens_);
  }

 private:
  void step() {
    const std::size_t begin = at_;
    switch (text_[at_]) {
      case ' ':
      case '\t':
      case '\v':
      case '\f':
      case '\0': ++at_; return;
      case '#': at_ = std::min(text_.find_first_of("\r\n", at_), text_.size()); return;
      case '\n':
      case '\r':
      case ';':
      case '(':
      case ')': ++at_; return add(ShellTokenKind::separator, begin);
      case '&':
        ++at_;
        if (at_ < text_.size() && text_[at_] == '>') return redirect(begin);
        if (at_ < text_.size() && text_[at_] == '&') ++at_;
        return add(ShellTokenKind::separator, begin);
      case '|':
        ++at_;
        if (at_ < text_.size() && text_[at_] == '|') {
          ++at_;
          return add(ShellTokenKind::separator, begin);
        }
        if (at_ < text_.size() && text_[at_] == '&') ++at_;
        return add(ShellTokenKind::pipe, begin);
      case '<':
      case '>': return redirect(begin);
      default: return word(begin);
    }
  }

  void redirect(std::size_t begin) {
    const bool output = text_[at_] == '>';
    ++at_;
    while (at_ < text_.size() && (text_[at_] == '>' || text_[at_] == '<' || text_[at_] == '&' || (output && text_[at_] == '|'))) ++at_;
    add(output ? ShellTokenKind::output : ShellTokenKind::input, begin);
  }

  void word(std::size_t begin) {
    while (at_ < text_.size() && !ends_word(text_[at_])) at_ = behind_part();
    const bool number = std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(begin), text_.begin() + static_cast<std::ptrdiff_t>(at_),
                                    [](char c) { return c >= '0' && c <= '9'; });
    if (number && at_ < text_.size() && (text_[at_] == '>' || text_[at_] == '<')) return;  // a file descriptor
    add(ShellTokenKind::word, begin);
  }

  /// One behind the character, or the quoted or substituted part, that stands at at_.
  std::size_t behind_part() {
    const std::size_t end = text_.size();
    switch (text_[at_]) {
      case '\\': return std::min(at_ + 2, end);
      case '\'': return quoted(end_of_single_quotes, no_single_);
      case '"': return quoted(end_of_double_quotes, no_double_);
      case '`': return std::min(end_of_backquotes(text_, at_), end);
      case '$':
        if (at_ + 1 >= end) return end;
        if (text_[at_ + 1] == '(') return std::min(end_of_parentheses(text_, at_), end);
        if (text_[at_ + 1] == '{') {
          const std::size_t behind = end_of_braces(text_, at_);
          return behind == npos ? at_ + 2 : behind;
        }
        if (text_[at_ + 1] == '\'') {
          ++at_;
          return quoted([](std::string_view text, std::size_t begin) { return end_of_ansi_quotes(text, begin - 1); }, no_ansi_);
        }
        return at_ + 1;
      default: return at_ + 1;
    }
  }

  /// `none` remembers that a search found no end, so that a text of nothing but quotes takes no longer than any other.
  template <class End>
  std::size_t quoted(End end, bool& none) {
    if (none) return at_ + 1;
    const std::size_t behind = end(text_, at_);
    none = behind == npos;
    return none ? at_ + 1 : behind;
  }

  void add(ShellTokenKind kind, std::size_t begin) {
    tokens_.push_back({kind, text_.substr(begin, at_ - begin), begin, open_ && at_ == text_.size() && kind == ShellTokenKind::word});
  }

  std::string_view text_;
  bool open_;
  std::size_t most_, at_ = 0;
  bool no_single_ = false, no_double_ = false, no_ansi_ = false;
  std::vector<ShellToken> tokens_;
};

}  // namespace

std::vector<ShellToken> split_shell(std::string_view text, bool open, std::size_t most) { return Splitter(text, open, most).split(); }

std::size_t end_of_single_quotes(std::string_view text, std::size_t begin) {
  const std::size_t end = text.find('\'', begin + 1);
  return end == npos ? npos : end + 1;
}

std::size_t end_of_double_quotes(std::string_view text, std::size_t begin) { return behind_unescaped(text, begin + 1, '"'); }

std::size_t end_of_backquotes(std::string_view text, std::size_t begin) { return behind_unescaped(text, begin + 1, '`'); }

std::size_t end_of_ansi_quotes(std::string_view text, std::size_t begin) { return behind_unescaped(text, begin + 2, '\''); }

std::size_t end_of_braces(std::string_view text, std::size_t begin) {
  const std::size_t end = text.substr(0, begin + kLongestBraces).find_first_of("}\r\n", begin + 2);
  return end == npos || text[end] != '}' ? npos : end + 1;
}

std::size_t end_of_parentheses(std::string_view text, std::size_t begin) {
  std::size_t depth = 0;
  bool no_single = false, no_double = false;
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    switch (text[i]) {
      case '\\': ++i; break;
      case '(': ++depth; break;
      case ')':
        if (--depth == 0) return i + 1;
        break;
      case '\'':
      case '"': {
        bool& none = text[i] == '"' ? no_double : no_single;
        if (none) break;
        const std::size_t end = text[i] == '"' ? end_of_double_quotes(text, i) : end_of_single_quotes(text, i);
        none = end == npos;
        if (!none) i = end - 1;
        break;
      }
      default: break;
    }
  }
  return npos;
}

}  // namespace nightjar
