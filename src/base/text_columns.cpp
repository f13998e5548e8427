#include "base/text_columns.hpp"

#include <algorithm>
#include <array>

namespace nightjar {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Bytes of the character at the beginning of a text that is not empty.
std::size_t character_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && continues(text[size])) ++size;
  return size;
}

/// U+2E80 and above, as far as three bytes reach: Kana, Han, Hangul, full-width forms.
bool is_wide(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if ((first & 0xF0) != 0xE0 || character.size() < 2) return false;
  return first > 0xE2 || (first == 0xE2 && static_cast<unsigned char>(character[1]) >= 0xBA);
}

bool closes(std::string_view character) {
  static constexpr std::array<std::string_view, 9> kClosing = {"、", "。", "）", "」", "』", "：", "；", "ー", "っ"};
  return std::ranges::find(kClosing, character) != kClosing.end();
}

/// How many bytes at the beginning of a text (that begins with no blank) stay together.
std::size_t word_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] != ' ') {
    const std::string_view character = text.substr(size, character_size(text.substr(size)));
    const bool breaks = size > 0 && is_wide(character) && !closes(character);
    if (breaks) break;
    size += character.size();
    const std::string_view next = size < text.size() ? text.substr(size, character_size(text.substr(size))) : std::string_view();
    if (is_wide(character) && !(closes(next)) && character != "（" && character != "「") break;
  }
  return size;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (!continues(text[0])) columns += is_wide(text.substr(0, size)) ? 2 : 1;
    text.remove_prefix(size);
  }
  return columns;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t columns) {
  const std::string start(indent, ' ');
  std::string out, line = start;
  bool blank = false;
  while (!text.empty()) {
    if (text.front() == ' ') {
      blank = true;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = text.substr(0, word_size(text));
    const bool first = line.size() == indent;
    if (!first && columns_of(line) + (blank ? 1 : 0) + columns_of(word) > columns) {
      out += line + "\n";
      line = start;
    } else if (!first && blank) {
      line += ' ';
    }
    line += word;
    blank = false;
    text.remove_prefix(word.size());
  }
  return line.size() == indent ? out : out + line + "\n";
}

}  // namespace nightjar
