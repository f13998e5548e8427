#include "figure/filter_lexer.hpp"

namespace nightjar {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte >= 0x80 || c == '_' ||
         c == '-' || c == '.' || c == ':' || c == '/';
}

/// Code points of UTF-8 text: bytes that do not continue one.
std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::variant<std::vector<FilterToken>, FilterError> lex_filter(std::string_view text) {
  if (text.size() > kFilterMaxBytes)
    return FilterError{1, 0, "at 1: the filter is longer than " + std::to_string(kFilterMaxBytes) + " bytes"};
  std::vector<FilterToken> tokens;
  std::size_t at = 0;
  std::size_t position = 1;
  const auto error = [&](std::size_t bytes, const std::string& sentence) {
    return FilterError{position, characters(text.substr(at, bytes)), "at " + std::to_string(position) + ": " + sentence};
  };
  const auto take = [&](FilterToken::Kind kind, std::string value, std::size_t bytes) {
    const std::size_t length = characters(text.substr(at, bytes));
    std::string small = lower_case(value);
    tokens.push_back({kind, std::move(value), std::move(small), position, length});
    at += bytes;
    position += length;
  };
  while (at < text.size()) {
    const char c = text[at];
    if (is_space(c)) {
      ++at;
      ++position;
    } else if (is_word(c)) {
      std::size_t end = at;
      while (end < text.size() && is_word(text[end])) ++end;
      take(FilterToken::Kind::word, std::string(text.substr(at, end - at)), end - at);
    } else if (c == '"') {
      std::string value;
      std::size_t end = at + 1;
      for (; end < text.size() && text[end] != '"'; ++end) {
        if (text[end] == '\\' && end + 1 < text.size()) ++end;
        if (static_cast<unsigned char>(text[end]) < 0x20 || text[end] == 0x7F)
          return error(end - at, "a quoted text holds a control character");
        value += text[end];
      }
      if (end >= text.size()) return error(text.size() - at, "the quoted text has no closing \"");
      take(FilterToken::Kind::quoted, std::move(value), end + 1 - at);
    } else if (c == '(' || c == ')' || c == ',' || c == '=' || c == '<' || c == '>') {
      const bool two = (c == '<' || c == '>') && at + 1 < text.size() && text[at + 1] == '=';
      take(FilterToken::Kind::symbol, std::string(text.substr(at, two ? 2 : 1)), two ? 2 : 1);
    } else if (c == '!' && at + 1 < text.size() && text[at + 1] == '=') {
      take(FilterToken::Kind::symbol, "!=", 2);
    } else {
      return error(1,
                   "\"" + std::string(1, c) +
                       "\" means nothing in a filter. Comparisons are joined with and, or, not and brackets; names with other characters "
                       "than letters, digits and _ - . : / stand in \"quotes\"");
    }
  }
  tokens.push_back({FilterToken::Kind::end, "", "", position, 0});
  return tokens;
}

}  // namespace nightjar
