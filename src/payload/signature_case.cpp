// What must be there for a signature to hold: patterns and conditions on fields.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.hpp"
#include "payload/signature_entry.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestPattern = 2'000, kFurthestPattern = 4'096;
/// Larger ones make databases of many megabytes.
constexpr unsigned kMostRepeats = 1'000;

constexpr std::string_view kCaseKeys[] = {"all", "any", "none", "fields", "injection"};
constexpr std::string_view kPatternKeys[] = {"text", "hex", "regex", "any_case", "at"};
constexpr std::string_view kFieldKeys[] = {"in", "name", "holds", "shell", "command"};
/// In the order of FieldCondition::Where.
constexpr std::string_view kPlaces[] = {"method", "path", "query", "parameter", "header", "element", "soap-action", "body"};
constexpr std::string_view kInjections[] = {"soap", "http"};

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return small;
}

/// An expression that matches these bytes and nothing else.
std::string expression_of(std::string_view bytes) {
  std::string expression;
  for (const char byte : bytes) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    expression += plain ? std::string(1, byte) : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  }
  return expression;
}

/// Bytes of "ff 53 4d 42"; nothing if it is no such text.
std::optional<std::string> bytes_of_hex(std::string_view hex) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < hex.size();) {
    if (hex[i] == ' ') {
      ++i;
      continue;
    }
    if (i + 1 == hex.size() || digit(hex[i]) < 0 || digit(hex[i + 1]) < 0) return std::nullopt;
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    i += 2;
  }
  return bytes;
}

/// Whether a repeat like {1,5000} is in the expression that is beyond what one may ask for.
bool repeats_too_often(std::string_view expression) {
  for (std::size_t i = expression.find('{'); i != std::string_view::npos; i = expression.find('{', i + 1)) {
    unsigned number = 0;
    for (std::size_t j = i + 1; j < expression.size() && (expression[j] == ',' || (expression[j] >= '0' && expression[j] <= '9')); ++j) {
      number = expression[j] == ',' ? 0 : std::min(number * 10 + static_cast<unsigned>(expression[j] - '0'), kMostRepeats + 1);
      if (number > kMostRepeats) return true;
    }
  }
  return false;
}

class CaseReader {
 public:
  CaseReader(const TomlNode& table, const SignatureMistakes& mistakes) : table_(table), mistakes_(mistakes) {}

  Result<SignatureCase> read() {
    if (auto done = mistakes_.check_keys(table_, "[[signature.when]]", kCaseKeys); !done) return done.error();
    SignatureCase made;
    made.line = table_.line;
    for (const auto& [key, patterns] : {std::pair("all", &made.all), std::pair("any", &made.any), std::pair("none", &made.none)}) {
      if (auto done = read_patterns(key, *patterns); !done) return done.error();
    }
    if (auto done = read_fields(made); !done) return done.error();
    if (const TomlNode* node = table_.find("injection")) {
      const auto choice = mistakes_.choice(*node, "injection", kInjections);
      if (!choice) return choice.error();
      made.injection = *choice == 0 ? SignatureCase::Injection::soap : SignatureCase::Injection::http;
    }
    const bool has_patterns = !made.all.empty() || !made.any.empty();
    if (has_patterns == (made.injection != SignatureCase::Injection::no))
      return mistakes_.at(
          table_.line,
          "[[signature.when]] needs a pattern that must be there, all = [\"...\"] or any = [\"...\"], or else injection = \"http\"");
    return made;
  }

 private:
  Result<void> read_patterns(std::string_view key, std::vector<SignaturePattern>& patterns) {
    const TomlNode* node = table_.find(key);
    if (node == nullptr) return {};
    const auto list = mistakes_.list(*node, key);
    if (!list) return list.error();
    for (const TomlNode& item : (*list)->items) {
      auto pattern = read_pattern(item);
      if (!pattern) return pattern.error();
      patterns.push_back(std::move(*pattern));
    }
    return {};
  }

  Result<SignaturePattern> read_pattern(const TomlNode& node) {
    SignaturePattern pattern;
    pattern.line = node.line;
    if (node.kind == TomlNode::Kind::text) return bytes_pattern(node, node.text, std::move(pattern));
    if (auto done = mistakes_.check_keys(node, "a pattern", kPatternKeys); !done) return done.error();
    if (const TomlNode* any_case = node.find("any_case")) {
      const auto truth = mistakes_.truth(*any_case, "any_case");
      if (!truth) return truth.error();
      pattern.any_case = *truth;
    }
    const TomlNode *text = node.find("text"), *hex = node.find("hex"), *regex = node.find("regex");
    if ((text != nullptr) + (hex != nullptr) + (regex != nullptr) != 1)
      return mistakes_.at(node.line,
                          "a pattern is \"a text\", { text = \"...\" }, { hex = \"ff 53 4d 42\" } or { regex = '...' }, one of them");
    const auto words = mistakes_.text(*(text != nullptr ? text : hex != nullptr ? hex : regex), "a pattern");
    if (!words) return words.error();
    if (regex != nullptr) return regex_pattern(node, *words, std::move(pattern));
    const auto bytes = hex != nullptr ? bytes_of_hex(*words) : std::optional(*words);
    if (!bytes) return mistakes_.at(hex->line, "hex is written in pairs of digits: hex = \"ff 53 4d 42\"");
    if (const TomlNode* at = node.find("at")) {
      if (at->kind != TomlNode::Kind::number || !(at->number >= 0 && at->number <= kFurthestPattern) ||
          std::floor(at->number) != at->number)
        return mistakes_.at(at->line,
                            fmt::format("at is the pattern's place from the payload's first byte, from 0 to {}", kFurthestPattern));
      pattern.expression = at->number == 0 ? "^" : fmt::format("^.{{{}}}", at->number);
    }
    return bytes_pattern(node, *bytes, std::move(pattern));
  }

  Result<SignaturePattern> bytes_pattern(const TomlNode& node, std::string_view bytes, SignaturePattern pattern) {
    if (bytes.empty() || bytes.size() > kLongestPattern)
      return mistakes_.at(node.line, fmt::format("a pattern has from 1 to {} bytes", kLongestPattern));
    pattern.expression += expression_of(bytes);
    pattern.fixed = bytes.size();
    return pattern;
  }

  Result<SignaturePattern> regex_pattern(const TomlNode& node, std::string_view expression, SignaturePattern pattern) {
    if (node.find("at") != nullptr) return mistakes_.at(node.line, "at goes with text and hex; an expression says it itself: '^.{4}...'");
    if (expression.empty() || expression.size() > kLongestPattern || expression.find('\0') != std::string_view::npos)
      return mistakes_.at(node.line,
                          fmt::format("an expression has from 1 to {} characters and no zero byte (that is \\x00)", kLongestPattern));
    if (repeats_too_often(expression))
      return mistakes_.at(node.line, fmt::format("a repeat of more than {} in an expression", kMostRepeats));
    pattern.expression = expression;
    return pattern;
  }

  Result<void> read_fields(SignatureCase& made) {
    const TomlNode* node = table_.find("fields");
    if (node == nullptr) return {};
    const auto list = mistakes_.list(*node, "fields");
    if (!list) return list.error();
    for (const TomlNode& item : (*list)->items) {
      auto field = read_field(item);
      if (!field) return field.error();
      made.fields.push_back(std::move(*field));
    }
    return {};
  }

  Result<FieldCondition> read_field(const TomlNode& node) {
    if (auto done = mistakes_.check_keys(node, "fields", kFieldKeys); !done) return done.error();
    FieldCondition field;
    field.line = node.line;
    const TomlNode* place = node.find("in");
    if (place == nullptr) return mistakes_.at(node.line, fmt::format("a field needs its place, in = one of {}", fmt::join(kPlaces, ", ")));
    const auto where = mistakes_.choice(*place, "in", kPlaces);
    if (!where) return where.error();
    field.where = static_cast<FieldCondition::Where>(*where);
    if (const TomlNode* name = node.find("name")) {
      const auto text = mistakes_.text(*name, "name");
      if (!text) return text.error();
      field.name = in_small_letters(*text);
    }
    if (const TomlNode* part = node.find("holds")) {
      const auto text = mistakes_.text(*part, "holds");
      if (!text) return text.error();
      field.holds = in_small_letters(*text);
    }
    for (const auto& [key, truth] : {std::pair("shell", &field.shell), std::pair("command", &field.command)}) {
      const TomlNode* value = node.find(key);
      if (value == nullptr) continue;
      const auto read = mistakes_.truth(*value, key);
      if (!read) return read.error();
      *truth = *read;
    }
    if (!field.holds && !field.shell && !field.command && field.name.empty())
      return mistakes_.at(node.line, "a field needs something to ask for: name, holds = \"text\", shell = true or command = true");
    return field;
  }

  const TomlNode& table_;
  const SignatureMistakes& mistakes_;
};

}  // namespace

Result<SignatureCase> read_signature_case(const TomlNode& table, const SignatureMistakes& mistakes) {
  return CaseReader(table, mistakes).read();
}

}  // namespace nightjar
