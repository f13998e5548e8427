#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "figure/filter.hpp"

namespace nightjar {

struct FilterToken {
  enum class Kind : std::uint8_t { word, quoted, symbol, end };
  Kind kind = Kind::end;
  std::string text;                      ///< of a quoted token without quotes and escapes
  std::string lower;                     ///< the text in small ASCII letters
  std::size_t position = 1, length = 0;  ///< in characters, position from 1
};

/// Cuts a filter into words, quoted texts and the symbols ( ) , = != < <= > >=; the last token is `end`.
std::variant<std::vector<FilterToken>, FilterError> lex_filter(std::string_view text);

}  // namespace nightjar
