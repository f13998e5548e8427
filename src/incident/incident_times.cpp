#include "incident/incident_times.hpp"

#include <array>
#include <cstdio>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;
/// Years 1 to 9999: what four digits say.
constexpr std::int64_t kEarliestMs = -62'135'596'800'000, kLatestMs = 253'402'300'799'999;

/// The number at [at, at + digits) of a text; nothing where other characters stand.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  int value = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string format_milliseconds(std::int64_t ms) {
  if (ms < kEarliestMs || ms > kLatestMs) ms = ms < 0 ? kEarliestMs : kLatestMs;
  const std::int64_t second = floor_div(ms, kMsPerSecond), rest = ms - second * kMsPerSecond;
  std::string text = format_second(second);
  if (rest == 0) return text;
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03d", static_cast<int>(rest));
  return text.insert(text.size() - 1, fraction.data());
}

std::optional<std::int64_t> parse_milliseconds(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  constexpr std::size_t with_fraction = form.size() + 5, without = form.size() + 1;
  if ((text.size() != without && text.size() != with_fraction) || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] != '0' && text[i] != form[i]) return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const auto hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
  if (!day || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::int64_t ms = (*day * kSecondsPerDay + *hour * kSecondsPerHour + *minute * kSecondsPerMinute + *second) * kMsPerSecond;
  if (text.size() == with_fraction) {
    const auto fraction = digits_at(text, form.size() + 1, 3);
    if (text[form.size()] != '.' || !fraction) return std::nullopt;
    ms += *fraction;
  }
  return ms;
}

}  // namespace nightjar
