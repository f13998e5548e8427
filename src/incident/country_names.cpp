#include <unicode/uldnames.h>
#include <unicode/ustring.h>

#include <array>
#include <memory>

#include "incident/words.hpp"

namespace nightjar {
namespace {

struct Close {
  void operator()(ULocaleDisplayNames* names) const { uldn_close(names); }
};
using Names = std::unique_ptr<ULocaleDisplayNames, Close>;

/// Names of regions as sentences use them: short in Japanese (米国), full in English (United States).
Names open_names(const char* locale, UDisplayContext length) {
  std::array<UDisplayContext, 1> contexts = {length};
  UErrorCode error = U_ZERO_ERROR;
  Names names(uldn_openForContext(locale, contexts.data(), static_cast<std::int32_t>(contexts.size()), &error));
  return U_FAILURE(error) ? nullptr : std::move(names);
}

}  // namespace

std::string country_name(std::string_view code, Language language) {
  static const Names english = open_names("en", UDISPCTX_LENGTH_FULL), japanese = open_names("ja", UDISPCTX_LENGTH_SHORT);
  const ULocaleDisplayNames* names = language == Language::ja ? japanese.get() : english.get();
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (names == nullptr || code.size() != 2 || !is_capital(code[0]) || !is_capital(code[1])) return std::string(code);
  // As NICTER's reports and newspapers write them.
  if (language == Language::ja && code == "US") return "米国";
  if (language == Language::ja && code == "GB") return "英国";
  std::array<UChar, 128> name{};
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t length =
      uldn_regionDisplayName(names, std::string(code).c_str(), name.data(), static_cast<std::int32_t>(name.size()), &error);
  if (U_FAILURE(error) || length <= 0) return std::string(code);
  std::array<char, 3 * 128> text{};
  std::int32_t bytes = 0;
  u_strToUTF8(text.data(), static_cast<std::int32_t>(text.size()), &bytes, name.data(), length, &error);
  return U_FAILURE(error) || bytes <= 0 ? std::string(code) : std::string(text.data(), static_cast<std::size_t>(bytes));
}

}  // namespace nightjar
