#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include <array>

#include "incident/words.hpp"

namespace nightjar {

std::string country_name(std::string_view code, Language language) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() != 2 || !is_capital(code[0]) || !is_capital(code[1])) return std::string(code);
  const std::string locale = "_" + std::string(code);
  std::array<UChar, 128> name{};
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t length =
      uloc_getDisplayCountry(locale.c_str(), language == Language::ja ? "ja" : "en", name.data(), name.size(), &error);
  if (U_FAILURE(error) || length <= 0) return std::string(code);
  std::array<char, 3 * 128> text{};
  std::int32_t bytes = 0;
  u_strToUTF8(text.data(), text.size(), &bytes, name.data(), length, &error);
  return U_FAILURE(error) || bytes <= 0 ? std::string(code) : std::string(text.data(), static_cast<std::size_t>(bytes));
}

}  // namespace nightjar
