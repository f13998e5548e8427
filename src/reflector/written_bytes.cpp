#include "reflector/written_bytes.hpp"

#include <string>

namespace nightjar::reflector {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int sextet_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

Error mistake(std::string_view what, std::size_t at) {
  return Error{"no " + std::string(what) + " at character " + std::to_string(at + 1)};
}

}  // namespace

Result<std::vector<std::uint8_t>> bytes_of_hex(std::string_view text, std::vector<bool>* any) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_blank(text[i])) continue;
    const bool dots = any != nullptr && text.substr(i, 2) == "..";
    const int high = digit_of(text[i]), low = i + 1 < text.size() ? digit_of(text[i + 1]) : -1;
    if (!dots && (high < 0 || low < 0)) return mistake("pair of hex digits", i);
    bytes.push_back(dots ? std::uint8_t{0} : static_cast<std::uint8_t>(high << 4 | low));
    if (any != nullptr) any->push_back(dots);
    ++i;
  }
  return bytes;
}

Result<std::vector<std::uint8_t>> bytes_of_base64(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  std::uint32_t bits = 0;
  unsigned waiting = 0, padding = 0;
  std::size_t sextets = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_blank(text[i])) continue;
    if (text[i] == '=') {
      ++padding;
      continue;
    }
    const int sextet = sextet_of(text[i]);
    if (sextet < 0 || padding > 0) return mistake("base64", i);
    ++sextets;
    bits = bits << 6 | static_cast<std::uint32_t>(sextet);
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> waiting));
    bits &= (1u << waiting) - 1;
  }
  if (sextets % 4 == 1 || bits != 0 || (padding != 0 && (padding > 2 || (sextets + padding) % 4 != 0)))
    return mistake("end of base64", text.size());
  return bytes;
}

}  // namespace nightjar::reflector
