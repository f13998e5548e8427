#include "payload/shell_output.hpp"

#include <algorithm>
#include <cstdint>

namespace nightjar {
namespace {

constexpr std::size_t kMostOutput = 65'536;
constexpr int kMostRounds = 256;  ///< of a format over its arguments

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Reads the escape whose backslash stands at `at`, which is moved behind it. False: \c.
bool decode_escape(std::string_view text, std::size_t& at, std::string& out) {
  const char c = text[++at];
  ++at;
  switch (c) {
    case 'n': out += '\n'; return true;
    case 't': out += '\t'; return true;
    case 'r': out += '\r'; return true;
    case 'a': out += '\a'; return true;
    case 'b': out += '\b'; return true;
    case 'f': out += '\f'; return true;
    case 'v': out += '\v'; return true;
    case 'e': out += '\x1b'; return true;
    case '\\': out += '\\'; return true;
    case 'c': return false;
    case 'x': {
      int value = 0, digits = 0;
      for (; digits < 2 && at < text.size() && hex_digit(text[at]) >= 0; ++digits) value = value * 16 + hex_digit(text[at++]);
      if (digits == 0)
        out += "\\x";
      else
        out += static_cast<char>(value);
      return true;
    }
    default: break;
  }
  if (c < '0' || c > '7') {
    out += '\\';
    out += c;
    return true;
  }
  int value = c - '0';
  const int most = c == '0' ? 3 : 2;
  for (int digits = 0; digits < most && at < text.size() && text[at] >= '0' && text[at] <= '7'; ++digits)
    value = value * 8 + text[at++] - '0';
  out += static_cast<char>(value);
  return true;
}

/// False: the text ended with \c.
bool add_decoded(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\' || at + 1 == text.size())
      out += text[at++];
    else if (!decode_escape(text, at, out))
      return false;
  }
  return true;
}

std::string echo_output(std::span<const ShellWord> arguments) {
  bool line_end = true, escapes = false;
  while (!arguments.empty()) {
    const std::string& option = arguments.front().text;
    if (option.size() < 2 || option[0] != '-' || option.find_first_not_of("neE", 1) != std::string::npos) break;
    for (const char letter : option.substr(1)) {
      if (letter == 'n') line_end = false;
      if (letter == 'e') escapes = true;
      if (letter == 'E') escapes = false;
    }
    arguments = arguments.subspan(1);
  }
  std::string out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) out += ' ';
    if (!escapes)
      out += arguments[i].text;
    else if (!add_decoded(arguments[i].text, out))
      return out;
  }
  if (line_end) out += '\n';
  return out;
}

std::string printf_output(std::span<const ShellWord> arguments) {
  std::string out;
  if (!arguments.empty() && arguments.front().text == "--") arguments = arguments.subspan(1);
  if (arguments.empty()) return out;
  const std::string_view format = arguments.front().text;
  std::size_t next = 1;
  int round = 0;
  do {
    const std::size_t before = next;
    for (std::size_t at = 0; at < format.size();) {
      if (format[at] == '\\' && at + 1 < format.size()) {
        if (!decode_escape(format, at, out)) return out;
        continue;
      }
      if (format[at] != '%' || at + 1 == format.size()) {
        out += format[at++];
        continue;
      }
      const std::size_t letter = std::min(format.find_first_not_of("-+ #0123456789.", at + 1), format.size() - 1);
      at = letter + 1;
      if (format[letter] == '%') {
        out += '%';
        continue;
      }
      if (next >= arguments.size()) continue;
      const std::string& argument = arguments[next++].text;
      if (format[letter] == 'b') {
        if (!add_decoded(argument, out)) return out;
      } else if (format[letter] == 'c') {
        out += argument.substr(0, 1);
      } else {
        out += argument;
      }
    }
    if (next == before) break;  // the format takes no arguments
  } while (next < arguments.size() && out.size() < kMostOutput && ++round < kMostRounds);
  return out;
}

bool has_option(std::span<const ShellWord> arguments, std::initializer_list<std::string_view> names) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const ShellWord& word) { return std::find(names.begin(), names.end(), word.text) != names.end(); });
}

std::string decode_hex(std::string_view text) {
  std::string out;
  int high = -1;
  for (const char c : text) {
    const int digit = hex_digit(c);
    if (digit < 0) continue;
    if (high >= 0) out += static_cast<char>(high * 16 + digit);
    high = high < 0 ? digit : -1;
  }
  return out;
}

/// The command without `busybox` before it.
std::span<const ShellWord> own_words(const ShellCommand& command) {
  std::span<const ShellWord> words = command.words;
  if (words.size() > 1 && base_name(words.front().text) == "busybox") words = words.subspan(1);
  return words;
}

}  // namespace

std::string decode_escapes(std::string_view text) {
  std::string out;
  add_decoded(text, out);
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<std::uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      value = static_cast<std::uint32_t>(c - '0' + 52);
    else if (c == '+' || c == '-')
      value = 62;
    else if (c == '/' || c == '_')
      value = 63;
    else if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
      continue;
    else
      break;
    bits = bits << 6 | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xff);
  }
  return out;
}

std::optional<std::string> shell_output(const ShellCommand& command) {
  const auto words = own_words(command);
  const std::string_view name = base_name(words.front().text);
  std::optional<std::string> out;
  if (name == "echo")
    out = echo_output(words.subspan(1));
  else if (name == "printf")
    out = printf_output(words.subspan(1));
  else if (name == "which" && words.size() == 2)
    out = words[1].text;
  else if (name == "command" && words.size() == 3 && words[1].text == "-v")
    out = words[2].text;
  if (out && out->size() > kMostOutput) out->resize(kMostOutput);
  return out;
}

std::optional<std::string> shell_filter(const ShellCommand& command, std::string_view input) {
  const auto words = own_words(command);
  const auto arguments = words.subspan(1);
  const std::string_view name = base_name(words.front().text);
  if (name == "base64" && has_option(arguments, {"-d", "-D", "--decode", "-di"})) return decode_base64(input);
  if (name == "openssl" && has_option(arguments, {"base64", "-base64"}) && has_option(arguments, {"-d"})) return decode_base64(input);
  if (name == "xxd" && (has_option(arguments, {"-r"}) || has_option(arguments, {"-rp", "-r -p"}))) return decode_hex(input);
  if (name == "cat" && arguments.empty()) return std::string(input);
  if (name == "rev" && arguments.empty()) {
    std::string out(input);
    while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
    std::reverse(out.begin(), out.end());
    return out;
  }
  return std::nullopt;
}

}  // namespace nightjar
