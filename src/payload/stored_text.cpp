#include "payload/stored_text.hpp"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <iterator>

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;

/// The code point at the beginning of `text` and its length; length 0: no UTF-8 (RFC 3629: no overlong forms, no surrogates).
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;
};
CodePoint code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length == 0 || text.size() < length) return {};
  std::uint32_t value = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
  return {value, length};
}

/// What Unicode 15 calls format characters (general category Cf), line and paragraph separators, and fillers without a shape.
struct Range {
  std::uint32_t first, last;
};
constexpr Range kUnseen[] = {
    {0x00ad, 0x00ad},                        // soft hyphen
    {0x034f, 0x034f},                        // combining grapheme joiner
    {0x0600, 0x0605},                        // Arabic number signs
    {0x061c, 0x061c},                        // Arabic letter mark
    {0x06dd, 0x06dd},                        // Arabic end of ayah
    {0x070f, 0x070f},                        // Syriac abbreviation mark
    {0x0890, 0x0891},                        // Arabic pound and piastre marks
    {0x08e2, 0x08e2},                        // Arabic disputed end of ayah
    {0x115f, 0x1160},                        // Hangul fillers
    {0x17b4, 0x17b5},                        // Khmer vowels that are not written
    {0x180b, 0x180f},                        // Mongolian variation selectors and vowel separator
    {0x200b, 0x200f},                        // without width, joiners, direction marks
    {0x2028, 0x202e},                        // separators of lines and paragraphs, embeddings and overrides of the direction
    {0x2060, 0x206f},                        // word joiner, invisible operators, isolates, deprecated formats
    {0x3164, 0x3164},                        // Hangul filler
    {0xfe00, 0xfe0f},                        // variation selectors
    {0xfeff, 0xfeff},                        // byte order mark
    {0xffa0, 0xffa0},                        // halfwidth Hangul filler
    {0xfff0, 0xfffb},                        // not assigned, interlinear annotations
    {0x110bd, 0x110bd},                      // Kaithi number signs
    {0x110cd, 0x110cd}, {0x13430, 0x1343f},  // joins of Egyptian hieroglyphs
    {0x1bca0, 0x1bca3},                      // shorthand formats
    {0x1d173, 0x1d17a},                      // musical beams and slurs
    {0xe0000, 0xe0fff},                      // tags, variation selectors
};

bool is_printable(std::uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
  if ((c & 0xfffe) == 0xfffe) return false;
  return std::none_of(std::begin(kUnseen), std::end(kUnseen), [&](const Range& range) { return c >= range.first && c <= range.last; });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void add_byte(std::string& out, char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<std::uint8_t>(c);
  out += "\\x";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

/// Calls `take` with each line; false: one of them was refused.
template <class Take>
bool each_line(std::string_view text, Take take) {
  if (text.empty()) return true;
  while (true) {
    const std::size_t end = text.find('\n');
    if (!take(text.substr(0, end))) return false;
    if (end == npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string to_stored(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    std::size_t length = 1;
    switch (const char c = bytes[0]) {
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\\': out += "\\\\"; break;
      default: {
        const CodePoint point = code_point(bytes);
        if (point.length > 0 && is_printable(point.value)) {
          length = point.length;
          out += bytes.substr(0, length);
        } else {
          add_byte(out, c);
        }
      }
    }
    bytes.remove_prefix(length);
  }
  return out;
}

std::optional<std::string> from_stored(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case 't': out += '\t'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case '\\': out += '\\'; break;
      case 'x': {
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1, low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
        break;
      }
      default: return std::nullopt;
    }
  }
  return out;
}

std::string stored_logins(const std::vector<LoginAttempt>& logins) {
  std::string out;
  for (const LoginAttempt& login : logins) {
    if (!out.empty()) out += '\n';
    out += to_stored(login.user) + '\t' + to_stored(login.password) + '\t' + (login.accepted ? '1' : '0');
  }
  return out;
}

std::optional<std::vector<LoginAttempt>> logins_from_stored(std::string_view text) {
  std::vector<LoginAttempt> logins;
  const bool read = each_line(text, [&](std::string_view line) {
    const std::size_t user_end = line.find('\t');
    const std::size_t password_end = user_end == npos ? npos : line.find('\t', user_end + 1);
    if (password_end == npos) return false;
    const std::string_view accepted = line.substr(password_end + 1);
    auto user = from_stored(line.substr(0, user_end)), password = from_stored(line.substr(user_end + 1, password_end - user_end - 1));
    if (!user || !password || (accepted != "0" && accepted != "1")) return false;
    logins.push_back({std::move(*user), std::move(*password), accepted == "1"});
    return true;
  });
  if (!read) return std::nullopt;
  return logins;
}

std::string stored_commands(const std::vector<std::string>& commands) {
  std::string out;
  for (const std::string& command : commands) {
    assert(!command.empty());
    if (!out.empty()) out += '\n';
    out += to_stored(command);
  }
  return out;
}

std::optional<std::vector<std::string>> commands_from_stored(std::string_view text) {
  std::vector<std::string> commands;
  const bool read = each_line(text, [&](std::string_view line) {
    auto command = from_stored(line);
    if (!command || command->empty()) return false;
    commands.push_back(std::move(*command));
    return true;
  });
  if (!read) return std::nullopt;
  return commands;
}

}  // namespace nightjar
