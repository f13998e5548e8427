#include "incident/words_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr double kInFull = 10'000;

/// What a sentence can say: no NaN, nothing negative, nothing that fills a line.
double sane(double number) { return std::isfinite(number) ? std::clamp(number, 0.0, 1e15) : 0; }

/// Rounded to three digits.
double three_digits(double number) {
  if (number <= 0) return 0;
  const double unit = std::pow(10, std::floor(std::log10(number)) - 2);
  return std::round(number / unit) * unit;
}

std::string in_full(double number) { return with_thousands(static_cast<std::uint64_t>(std::llround(number))); }

/// "612", "61.2", "6.12" of a number that has three digits already.
std::string scaled(double number, double unit) {
  std::string text = fmt::format("{:.2f}", number / unit);
  if (number / unit >= 100)
    text = fmt::format("{:.0f}", number / unit);
  else if (number / unit >= 10)
    text = fmt::format("{:.1f}", number / unit);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string japanese(double number) {
  constexpr double man = 1e4, oku = 1e8, cho = 1e12;
  if (number >= cho) return scaled(number, cho) + "兆";
  if (number >= oku) return (number >= 1000 * oku ? in_full(number / oku) : scaled(number, oku)) + "億";
  return (number >= 1000 * man ? in_full(number / man) : scaled(number, man)) + "万";
}

}  // namespace

bool is_rounded(double number) { return sane(number) >= kInFull; }

std::string number_in_words(double number, Language language) {
  number = sane(number);
  if (number < kInFull - 0.5) return in_full(number);
  number = three_digits(number);
  if (language == Language::ja) return japanese(number);
  constexpr double million = 1e6, billion = 1e9;
  if (number >= billion) return scaled(number, billion) + " billion";
  return number >= million ? scaled(number, million) + " million" : in_full(number);
}

std::string short_number(double number, Language language) {
  number = sane(number);
  if (number < kInFull - 0.5) return in_full(number);
  number = three_digits(number);
  if (language == Language::ja) return japanese(number);
  constexpr double thousand = 1e3, million = 1e6, billion = 1e9;
  if (number >= billion) return scaled(number, billion) + " B";
  return number >= million ? scaled(number, million) + " M" : scaled(number, thousand) + " k";
}

std::string share_in_words(double share) {
  share = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0;
  const double percent = std::round(share * 100);
  if (percent < 1 && share > 0) return "<1%";
  if (percent > 99 && share < 1) return share >= 0.9995 ? "100%" : ">99%";
  return fmt::format("{:.0f}%", percent);
}

std::string times_in_words(double ratio) {
  ratio = sane(ratio);
  constexpr double whole_from = 9.95;
  return ratio < whole_from ? fmt::format("{:.1f}", ratio) : number_in_words(std::round(ratio), Language::en);
}

std::string day_in_words(std::int64_t ms, Language language) {
  static constexpr std::array kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
  const Date date = date_from_days(floor_div(ms, kSecondsPerDay * 1000));
  if (language == Language::ja) return fmt::format("{}年{}月{}日", date.year, date.month, date.day);
  return fmt::format("{} {} {}", date.day, kMonths.at(static_cast<std::size_t>(date.month - 1)), date.year);
}

std::string duration_in_words(std::int64_t ms, Language language) {
  constexpr std::int64_t minute = 60'000, hour = 60 * minute, day = 24 * hour;
  const bool ja = language == Language::ja;
  const auto unit = [&](std::int64_t number, const char* english, const char* japanese_unit) {
    return ja ? fmt::format("{}{}", number, japanese_unit) : fmt::format("{} {}", number, english);
  };
  ms = std::max(ms, minute);
  if (ms >= 2 * day) return unit((ms + day / 2) / day, "d", "日");
  if (ms < hour) return unit((ms + minute / 2) / minute, "min", "分");
  const std::int64_t minutes = ms % hour / minute;
  const std::string hours = unit(ms / hour, "h", "時間");
  return minutes == 0 ? hours : hours + (ja ? "" : " ") + unit(minutes, "min", "分");
}

std::string_view plural(double number, std::string_view one, std::string_view others) { return number == 1 ? one : others; }

std::string counted(std::uint64_t number, std::string_view one, std::string_view others) {
  return with_thousands(number) + " " + std::string(number == 1 ? one : others);
}

}  // namespace nightjar
