#include "cli/payloads_text.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace nightjar::cli {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }

std::string hex_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return {kDigits[byte >> 4], kDigits[byte & 15]};
}

std::string escaped(char c) {
  switch (c) {
    case '\t': return "\\t";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\\': return "\\\\";
    default: return is_printable(c) ? std::string(1, c) : "\\x" + hex_byte(c);
  }
}

/// Where four printable characters, of which the first is no blank, follow one another for the first time; npos if nowhere.
std::size_t first_readable(std::string_view bytes) {
  constexpr std::size_t enough = 4;
  std::size_t run = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    run = is_printable(bytes[i]) && (run > 0 || bytes[i] != ' ') ? run + 1 : 0;
    if (run == enough) return i + 1 - enough;
  }
  return std::string_view::npos;
}

std::string hex_line(std::size_t offset, std::string_view bytes) {
  constexpr std::size_t width = 16, half = 8, offset_digits = 8;
  std::string line;
  for (std::size_t i = 0; i < offset_digits; ++i) line += kDigits[(offset >> 4 * (offset_digits - 1 - i)) & 15];
  line += ' ';
  for (std::size_t i = 0; i < width; ++i) {
    if (i == half) line += ' ';
    line += i < bytes.size() ? " " + hex_byte(bytes[i]) : "   ";
  }
  line += "  |";
  for (const char c : bytes) line += is_printable(c) ? c : '.';
  return line + "|\n";
}

}  // namespace

std::string printable(std::string_view bytes, std::size_t most) {
  std::string out;
  for (const char c : bytes) {
    const std::string next = escaped(c);
    if (out.size() + next.size() > most) break;
    out += next;
  }
  return out;
}

std::string first_text(std::string_view bytes, std::size_t most) {
  const std::size_t begin = first_readable(bytes);
  if (begin == std::string_view::npos) return printable(bytes, most);
  const std::string_view rest = bytes.substr(begin);
  return printable(rest.substr(0, rest.find_first_of(std::string_view("\r\n\0", 3))), most);
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : escape_for_terminal(text)) {
    if (is_printable(c))
      out += c;
    else
      out += "\\x" + hex_byte(c);
  }
  if (out.size() <= most) return out;
  out.resize(most > 3 ? most - 3 : 0);
  return out + "...";
}

std::string hex_view(std::string_view bytes, std::size_t from) {
  constexpr std::size_t width = 16;
  std::string out;
  std::size_t folded = 0;
  const auto end_fold = [&] {
    if (folded > 0) out += "*         " + with_thousands(folded) + (folded == 1 ? " line" : " lines") + " the same\n";
    folded = 0;
  };
  for (std::size_t at = 0; at < bytes.size(); at += width) {
    const std::string_view line = bytes.substr(at, width);
    if (at > 0 && line == bytes.substr(at - width, width)) {
      ++folded;
      continue;
    }
    end_fold();
    out += hex_line(from + at, line);
  }
  end_fold();
  return out;
}

std::string bytes_of_hex(std::string_view digits) {
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    unsigned value = 0;
    const auto [end, bad] = std::from_chars(digits.data(), digits.data() + 2, value, 16);
    if (bad != std::errc() || end != digits.data() + 2) break;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

}  // namespace nightjar::cli
