#include "payload/query_text.hpp"

#include <charconv>

namespace nightjar {

void QueryText::put(std::string_view text) {
  if (full_) return;
  if (size_ + text.size() > kMost - kDots) {
    text = "...";
    full_ = true;
  }
  for (const char c : text) characters_[size_++] = c;
}

void QueryText::add_rare(std::uint8_t byte) {
  switch (byte) {
    case '\t': return put("\\t");
    case '\n': return put("\\n");
    case '\r': return put("\\r");
    case '\\': return put("\\\\");
    default: break;
  }
  if (byte < ' ' || byte > '~') return add_as_hex(byte);
  const char character = static_cast<char>(byte);
  put({&character, 1});
}

void QueryText::add_as_hex(std::uint8_t byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::array<char, 4> text = {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
  put({text.data(), text.size()});
}

void QueryText::add_words(std::string_view words) { put(words); }

void QueryText::add_number(std::uint32_t number) {
  std::array<char, 10> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  put({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

}  // namespace nightjar
