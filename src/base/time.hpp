#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// Times are nanoseconds since 1970-01-01 00:00 UTC (leap seconds ignored, as in captures), from 1677 to 2262.
/// Windows are whole numbers of their unit since then: an hour of 1970-01-01T01:xx is 1.
inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr std::int64_t kSecondsPerMinute = 60;
inline constexpr std::int64_t kSecondsPerHour = 3600;
inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kHoursPerDay = 24;

/// Division that rounds towards the past, so that times before 1970 fall into the right window.
constexpr std::int64_t floor_div(std::int64_t value, std::int64_t unit) { return value / unit - (value % unit < 0 ? 1 : 0); }
constexpr std::int64_t second_of(std::int64_t time_ns) { return floor_div(time_ns, kNanosPerSecond); }
constexpr std::int64_t minute_of(std::int64_t time_ns) { return floor_div(time_ns, kNanosPerSecond * kSecondsPerMinute); }
constexpr std::int64_t hour_of(std::int64_t time_ns) { return floor_div(time_ns, kNanosPerSecond * kSecondsPerHour); }
constexpr std::int64_t day_of(std::int64_t time_ns) { return floor_div(time_ns, kNanosPerSecond * kSecondsPerDay); }

/// Days since 1970-01-01 of a date of the Gregorian calendar, and back.
std::int64_t days_from_date(int year, int month, int day);
struct Date {
  int year;
  int month;  ///< 1 to 12
  int day;    ///< 1 to 31
};
Date date_from_days(std::int64_t days);

/// "2017-11-23" for days since 1970.
std::string format_day(std::int64_t days);
/// "2017-11-23T05:00:00Z" for seconds since 1970.
std::string format_second(std::int64_t seconds);
/// "2017-11-23T05:00:00.123456Z": six decimals, nine where the time needs them.
std::string format_time(std::int64_t time_ns);

/// A day out of "2017-11-23"; says what is wrong with anything else.
Result<std::int64_t> parse_day(std::string_view text);

/// Nanoseconds since 1970 by this machine's clock.
std::int64_t now_ns();

}  // namespace nightjar
