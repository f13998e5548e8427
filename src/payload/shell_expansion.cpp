// What the words of a command become: variables, substitutions, quotes, braces.
#include <algorithm>

#include "payload/shell_output.hpp"
#include "payload/shell_reader.hpp"

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::size_t kMostWord = 65'536;  ///< bytes of a word; more of an expansion are left out
constexpr std::size_t kMostBraces = 64;

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

/// The words that one token becomes, in the making.
struct ShellReader::Fields {
  std::vector<ShellWord> words;
  std::string current;
  bool begun = false;  ///< there is a word, if only an empty one in quotes
  bool split = true;   ///< blanks of a variable's value separate words
  bool cut = false;
  std::size_t at = 0;

  void add(char c) {
    begun = true;
    current += c;
  }
  void add(std::string_view text) {
    begun = true;
    current += text.substr(0, kMostWord - std::min(kMostWord, current.size()));
  }
  void end_word() {
    if (begun) words.push_back({std::move(current), false});
    current.clear();
    begun = false;
  }
  void add_value(std::string_view value, bool in_quotes) {
    if (in_quotes || !split) return add(value);
    for (std::size_t i = 0; i < value.size();) {
      if (is_blank(value[i])) {
        end_word();
        ++i;
        continue;
      }
      const std::size_t end = std::min(value.find_first_of(" \t\r\n", i), value.size());
      add(value.substr(i, end - i));
      i = end;
    }
  }
};

std::vector<ShellWord> ShellReader::expand(const ShellToken& token, Level& level) {
  Fields fields;
  fields.cut = token.cut;
  fields.at = level.at.value_or(token.at);
  const bool braces = token.raw.find('{') != npos && token.raw.find(',') != npos;
  if (!braces) {
    expand(token.raw, false, fields, level);
    fields.end_word();
  } else {
    for (const std::string& raw : expand_braces(token.raw)) {
      expand(raw, false, fields, level);
      fields.end_word();
    }
  }
  if (!fields.words.empty()) fields.words.back().cut = token.cut;
  return std::move(fields.words);
}

std::string ShellReader::expand_value(std::string_view raw, std::size_t at, Level& level) {
  Fields fields;
  fields.split = false;
  fields.at = at;
  expand(raw, false, fields, level);
  return std::move(fields.current);
}

void ShellReader::expand(std::string_view raw, bool in_quotes, Fields& fields, Level& level) {
  if (!spend(raw.size())) return;
  bool no_single = false, no_double = false;
  for (std::size_t at = 0; at < raw.size();) {
    const char c = raw[at];
    if (c == '\\') {
      if (at + 1 == raw.size()) {
        if (!fields.cut) fields.add(c);
        return;
      }
      const char next = raw[at + 1];
      if (in_quotes && next != '$' && next != '`' && next != '"' && next != '\\' && next != '\n') fields.add(c);
      if (next != '\n') fields.add(next);
      at += 2;
    } else if (c == '\'' && !in_quotes && !no_single) {
      const std::size_t end = end_of_single_quotes(raw, at);
      no_single = end == npos;
      fields.add(no_single ? raw.substr(at, 1) : raw.substr(at + 1, end - at - 2));
      at = no_single ? at + 1 : end;
    } else if (c == '"' && !in_quotes && !no_double) {
      const std::size_t end = end_of_double_quotes(raw, at);
      no_double = end == npos;
      if (no_double) {
        fields.add(c);
        ++at;
        continue;
      }
      fields.begun = true;
      expand(raw.substr(at + 1, end - at - 2), true, fields, level);
      at = end;
    } else if (c == '`') {
      const std::size_t end = end_of_backquotes(raw, at);
      const std::size_t behind = std::min(end, raw.size());
      substitution(raw.substr(at + 1, behind - at - (end == npos ? 1 : 2)), end == npos && fields.cut && !in_quotes,
                   raw.substr(at, behind - at), in_quotes, fields, level);
      at = behind;
    } else if (c == '$' && at + 1 < raw.size()) {
      dollar(raw, at, in_quotes, fields, level);
    } else {
      fields.add(c);
      ++at;
    }
  }
}

void ShellReader::dollar(std::string_view raw, std::size_t& at, bool in_quotes, Fields& fields, Level& level) {
  const std::size_t begin = at;
  const char next = raw[at + 1];
  if (next == '(') {
    const std::size_t end = end_of_parentheses(raw, at);
    at = std::min(end, raw.size());
    const std::string_view whole = raw.substr(begin, at - begin);
    if (whole.starts_with("$((")) return fields.add(whole);  // arithmetic
    return substitution(whole.substr(2, whole.size() - (end == npos ? 2 : 3)), end == npos && fields.cut && !in_quotes, whole, in_quotes,
                        fields, level);
  }
  if (next == '\'' && !in_quotes) {
    const std::size_t end = end_of_ansi_quotes(raw, at);
    if (end != npos) {
      fields.add(decode_escapes(raw.substr(at + 2, end - at - 3)));
      at = end;
      return;
    }
  }
  std::string_view name;
  if (next == '{') {
    const std::size_t end = end_of_braces(raw, at);
    if (end == npos) {
      fields.add("${");
      at += 2;
      return;
    }
    name = raw.substr(at + 2, end - at - 3);
    at = end;
  } else if ((next >= '0' && next <= '9') || next == '@' || next == '*') {
    at += 2;
    return;  // arguments of the script: there are none
  } else {
    std::size_t end = at + 1;
    while (end < raw.size() && is_name(raw[end])) ++end;
    if (end == at + 1) {
      fields.add('$');
      ++at;
      return;
    }
    name = raw.substr(at + 1, end - at - 1);
    at = end;
  }
  const auto value = value_of(name);
  if (!value) return fields.add(raw.substr(begin, at - begin));
  if (spend(value->size())) fields.add_value(*value, in_quotes);
}

/// What `${inside}` stands for; nullopt: not known.
std::optional<std::string> ShellReader::value_of(std::string_view inside) const {
  std::size_t end = 0;
  while (end < inside.size() && is_name(inside[end])) ++end;
  const std::string_view name = inside.substr(0, end), rest = inside.substr(end);
  if (name.empty()) return inside == "@" || inside == "*" ? std::optional<std::string>("") : std::nullopt;
  const auto found = variables_.find(name);
  const bool known = found != variables_.end();
  // ${IFS:0:1} and the like are a blank too.
  if (name == "IFS" && !known) return " ";
  if (rest.empty()) {
    if (known) return found->second;
    if (name.find_first_not_of("0123456789") == npos) return "";
    return std::nullopt;
  }
  // ${NAME:-default}, ${NAME-default}, ${NAME:=default}
  const std::string_view operation = rest.substr(0, rest[0] == ':' ? 2 : 1);
  if (operation == ":-" || operation == "-" || operation == ":=" || operation == "=") {
    return known ? found->second : std::string(rest.substr(operation.size()));
  }
  return std::nullopt;
}

void ShellReader::substitution(std::string_view script, bool open, std::string_view raw, bool in_quotes, Fields& fields, Level& level) {
  if (level.depth + 1 >= kMostShellDepth) return fields.add(raw);
  Level inner{open, level.depth + 1, fields.at, {}, {}};
  std::string unescaped;
  if (raw.starts_with('`') && script.find("\\`") != npos) {  // backquotes within backquotes
    for (std::size_t i = 0; i < script.size(); ++i) {
      if (script[i] == '\\' && i + 1 < script.size() && script[i + 1] == '`') ++i;
      unescaped += script[i];
    }
    script = unescaped;
  }
  read(script, inner);
  if (inner.pipes != 1 || !inner.output) return fields.add(raw);
  std::string value = std::move(*inner.output);
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.pop_back();
  if (spend(value.size())) fields.add_value(value, in_quotes);
}

std::vector<std::string> expand_braces(std::string_view raw) {
  std::vector<std::string> done, left = {std::string(raw)};
  while (!left.empty()) {
    std::string word = std::move(left.back());
    left.pop_back();
    // The first group with a comma and without another one inside.
    std::size_t open = npos, close = npos;
    bool comma = false;
    for (std::size_t i = 0; i < word.size() && close == npos; ++i) {
      const char c = word[i];
      if (c == '\\')
        ++i;
      else if (c == '\'' || c == '"' || c == '`')
        break;
      else if (c == '{')
        open = i > 0 && word[i - 1] == '$' ? npos : i, comma = false;
      else if (c == ',')
        comma = true;
      else if (c == '}' && open != npos && comma)
        close = i;
    }
    if (close == npos || done.size() + left.size() >= kMostBraces) {
      done.push_back(std::move(word));
      continue;
    }
    const std::string before = word.substr(0, open), behind = word.substr(close + 1);
    std::vector<std::string> choices;
    for (std::size_t i = open + 1; i <= close && choices.size() < kMostBraces;) {
      const std::size_t end = std::min(word.find(',', i), close);
      choices.push_back(before + word.substr(i, end - i) + behind);
      i = end + 1;
    }
    left.insert(left.end(), choices.rbegin(), choices.rend());
  }
  return done;
}

}  // namespace nightjar
