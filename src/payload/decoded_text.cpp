#include "payload/decoded_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace nightjar {
namespace {

constexpr auto npos = std::string_view::npos;

/// The number of `digits` hexadecimal digits at `at`; -1: there are fewer.
int hex_number(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  int value = 0;
  const char* const begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + digits, value, 16);
  return error == std::errc{} && end == begin + digits && value >= 0 ? value : -1;
}

constexpr std::array<std::pair<std::string_view, char>, 6> kEntities = {
    {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}, {"nbsp;", ' '}}};

/// The character of the entity behind the ampersand at `at`, and one behind its semicolon.
std::pair<char, std::size_t> entity(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at + 1, 8);
  for (const auto& [name, character] : kEntities)
    if (rest.starts_with(name)) return {character, at + 1 + name.size()};
  if (rest.size() < 3 || rest[0] != '#') return {'&', npos};
  const bool hex = rest[1] == 'x' || rest[1] == 'X';
  const std::size_t semicolon = rest.find(';');
  if (semicolon == npos) return {'&', npos};
  const std::string_view digits = rest.substr(hex ? 2 : 1, semicolon - (hex ? 2 : 1));
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || value == 0 || value > 0x7f) return {'&', npos};
  return {static_cast<char>(value), at + 1 + semicolon + 1};
}

}  // namespace

bool has_percent_codes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != npos; at = text.find('%', at + 1))
    if (hex_number(text, at + 1, 2) >= 0) return true;
  return false;
}

std::string decode_query(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int value = text[at] == '%' ? hex_number(text, at + 1, 2) : -1;
    if (value >= 0) {
      out += static_cast<char>(value);
      at += 2;
    } else {
      out += text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

bool has_entities(std::string_view text) {
  for (std::size_t at = text.find('&'); at != npos; at = text.find('&', at + 1))
    if (entity(text, at).second != npos) return true;
  return false;
}

std::string decode_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '&') {
      if (const auto [character, behind] = entity(text, at); behind != npos) {
        out += character;
        at = behind;
        continue;
      }
    }
    out += text[at++];
  }
  return out;
}

std::string decode_json(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    switch (const char c = text[++at]) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'b':
      case 'f': out += ' '; break;
      case 'u': {
        const int value = hex_number(text, at + 1, 4);
        if (value > 0 && value <= 0x7f) {
          out += static_cast<char>(value);
          at += 4;
        } else {
          out += "\\u";
        }
        break;
      }
      default: out += c;
    }
  }
  return out;
}

}  // namespace nightjar
