#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace nightjar {
namespace {

std::string print(const char* format, auto... values) {
  std::array<char, 80> text;
  const int size = std::snprintf(text.data(), text.size(), format, values...);
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace

std::int64_t days_from_date(int year, int month, int day) {
  using namespace std::chrono;
  return sys_days(std::chrono::year(year) / month / day).time_since_epoch().count();
}

Date date_from_days(std::int64_t days) {
  using namespace std::chrono;
  const year_month_day date{sys_days(std::chrono::days(static_cast<int>(days)))};
  return {int(date.year()), static_cast<int>(unsigned(date.month())), static_cast<int>(unsigned(date.day()))};
}

std::string format_day(std::int64_t days) {
  const Date date = date_from_days(days);
  return print("%04d-%02d-%02d", date.year, date.month, date.day);
}

std::string format_second(std::int64_t seconds) {
  const std::int64_t day = floor_div(seconds, kSecondsPerDay);
  const int rest = static_cast<int>(seconds - day * kSecondsPerDay);
  return format_day(day) + print("T%02d:%02d:%02dZ", rest / 3600, rest / 60 % 60, rest % 60);
}

std::string format_time(std::int64_t time_ns) {
  const std::int64_t second = second_of(time_ns);
  const int nanos = static_cast<int>(time_ns - second * kNanosPerSecond);
  std::string text = format_second(second);
  text.pop_back();
  return text + (nanos % 1000 == 0 ? print(".%06dZ", nanos / 1000) : print(".%09dZ", nanos));
}

Result<std::int64_t> parse_day(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    int number = 0;
    for (std::size_t i = from; i < from + count; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      number = number * 10 + (text[i] - '0');
    }
    return number;
  };
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
    using namespace std::chrono;
    if (year >= 0 && month >= 0 && day >= 0 && (std::chrono::year(year) / month / day).ok()) {
      return days_from_date(year, month, day);
    }
  }
  return Error{"\"" + std::string(text) + "\" is not a date; write it like 2017-11-23"};
}

std::int64_t now_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace nightjar
