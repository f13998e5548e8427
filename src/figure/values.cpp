#include "figure/values.hpp"

#include <charconv>

#include "base/time.hpp"

namespace nightjar {

std::uint64_t number_of(const Value& value) {
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  if (const auto* number = std::get_if<double>(&value)) return *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
  return 0;
}

std::string text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

std::optional<std::int64_t> second_of_text(std::string_view text) {
  // "2017-11-23T05:00:00..."
  constexpr std::size_t date_size = 10;
  if (text.size() < 19 || (text[date_size] != 'T' && text[date_size] != ' ')) return std::nullopt;
  const auto day = parse_day(text.substr(0, date_size));
  if (!day) return std::nullopt;
  std::int64_t seconds = *day * kSecondsPerDay;
  for (const auto& [at, unit] : {std::pair<std::size_t, std::int64_t>{11, kSecondsPerHour}, {14, kSecondsPerMinute}, {17, 1}}) {
    int part = 0;
    if (std::from_chars(text.data() + at, text.data() + at + 2, part).ec != std::errc()) return std::nullopt;
    seconds += part * unit;
  }
  return seconds;
}

Value percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return std::monostate();
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

const Value& NamedRows::at(std::size_t row, std::string_view column) const {
  static const Value null;
  for (std::size_t i = 0; i < answer_.columns.size(); ++i)
    if (answer_.columns[i] == column) return answer_.rows[row][i];
  return null;
}

}  // namespace nightjar
