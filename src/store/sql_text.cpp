#include "store/sql_text.hpp"

#include <cctype>

namespace nightjar {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

struct Call {
  std::vector<std::string_view> arguments;
  std::size_t end = 0;  ///< after the closing bracket; 0: it is missing
};

/// Arguments of a call whose opening bracket stands at `open`.
Call read_call(std::string_view sql, std::size_t open) {
  Call call;
  std::size_t begin = open + 1, depth = 0;
  for (std::size_t at = begin; at < sql.size();) {
    if (const std::size_t after = skip_quoted(sql, at); after != at) {
      at = after;
      continue;
    }
    const char c = sql[at];
    const bool closes = (c == ')' && depth == 0);
    if (closes || (c == ',' && depth == 0)) {
      const std::string_view argument = trimmed(sql.substr(begin, at - begin));
      if (!closes || !argument.empty() || !call.arguments.empty()) call.arguments.push_back(argument);
      begin = at + 1;
    }
    if (closes) {
      call.end = at + 1;
      return call;
    }
    if (c == '(') ++depth;
    if (c == ')') --depth;
    ++at;
  }
  return call;
}

}  // namespace

std::size_t skip_quoted(std::string_view sql, std::size_t at) {
  const std::string_view rest = sql.substr(at);
  const auto end_of = [&](std::string_view closing, std::size_t from) {
    const std::size_t found = sql.find(closing, from);
    return found == std::string_view::npos ? sql.size() : found + closing.size();
  };
  // A doubled quote closes one string and opens the next at once: no case of its own is needed.
  if (rest.starts_with('\'')) return end_of("'", at + 1);
  if (rest.starts_with('"')) return end_of("\"", at + 1);
  if (rest.starts_with("--")) return end_of("\n", at);
  if (rest.starts_with("/*")) return end_of("*/", at + 2);
  return at;
}

std::string_view without_end(std::string_view sql) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t after = skip_quoted(sql, at);
    const char c = sql[at];
    const bool quoted = after != at && (c == '\'' || c == '"');
    const bool says_something = after == at && c != ';' && std::isspace(static_cast<unsigned char>(c)) == 0;
    at = after == at ? at + 1 : after;
    if (quoted || says_something) end = at;
  }
  return sql.substr(0, end);
}

bool has_word(std::string_view sql, std::string_view word) {
  for (std::size_t at = 0; at < sql.size();) {
    std::size_t end = skip_quoted(sql, at);
    if (end == at) {
      while (end < sql.size() && is_word(sql[end])) ++end;
      if (sql.substr(at, end - at) == word) return true;
      if (end == at) ++end;
    }
    at = end;
  }
  return false;
}

Result<std::string> MacroExpander::expand_all(std::string_view sql) const {
  std::string expanded;
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t after = skip_quoted(sql, at); after != at) {
      expanded += sql.substr(at, after - at);
      at = after;
      continue;
    }
    std::size_t end = at + (sql[at] == '@' ? 1 : 0);
    while (end < sql.size() && is_word(sql[end])) ++end;
    if (end == at) ++end;
    const std::string_view word = sql.substr(at, end - at);
    at = end;
    if (word == "window") {
      expanded += "\"window\"";
    } else if (word.size() < 2 || word[0] != '@' || at >= sql.size() || sql[at] != '(') {
      expanded += word;
    } else {
      const Call call = read_call(sql, at);
      if (call.end == 0) return Error{"the bracket of " + std::string(word) + "( is never closed"};
      std::vector<std::string> arguments;
      for (const std::string_view argument : call.arguments) {
        auto inner = expand_all(argument);
        if (!inner) return inner;
        arguments.push_back(std::move(*inner));
      }
      auto text = expand(word.substr(1), arguments);
      if (!text) return text;
      expanded += *text;
      at = call.end;
    }
  }
  return expanded;
}

std::string sql_literal(std::string_view text) {
  std::string sql = "'";
  for (const char c : text) {
    if (c == '\'') sql += '\'';
    sql += c;
  }
  return sql + "'";
}

bool is_string_literal(std::string_view sql, std::string& text) {
  if (sql.size() < 2 || sql.front() != '\'' || sql.back() != '\'') return false;
  text.clear();
  const std::string_view inside = sql.substr(1, sql.size() - 2);
  for (std::size_t at = 0; at < inside.size(); ++at) {
    text += inside[at];
    if (inside[at] != '\'') continue;
    if (at + 1 >= inside.size() || inside[at + 1] != '\'') return false;
    ++at;
  }
  return true;
}

}  // namespace nightjar
