#include "figure/posix_zone.hpp"

#include "base/time.hpp"

namespace nightjar {

struct PosixZone::Reader {
  std::string_view text;

  bool done() const { return text.empty(); }
  bool take(char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
  }
  bool name() {
    if (take('<')) {
      const std::size_t close = text.find('>');
      if (close == std::string_view::npos) return false;
      text.remove_prefix(close + 1);
      return true;
    }
    std::size_t letters = 0;
    while (letters < text.size() && ((text[letters] | 0x20) >= 'a' && (text[letters] | 0x20) <= 'z')) ++letters;
    text.remove_prefix(letters);
    return letters >= 3;
  }
  std::optional<int> number(int highest) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    int value = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      value = value * 10 + (text.front() - '0');
      if (value > highest) return std::nullopt;
      text.remove_prefix(1);
    }
    return value;
  }
  /// [+-]hours[:minutes[:seconds]]
  std::optional<std::int32_t> time() {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(167);
    if (!hours) return std::nullopt;
    std::int32_t seconds = *hours * 3600;
    for (const int unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(59);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return negative ? -seconds : seconds;
  }
  std::optional<Change> change() {
    Change out;
    if (take('M')) {
      out.kind = Change::Kind::week_of_month;
      const auto month = number(12);
      const bool dot = take('.');
      const auto week = number(5);
      const bool second_dot = take('.');
      const auto day = number(6);
      if (!month || !dot || !week || !second_dot || !day || *month == 0 || *week == 0) return std::nullopt;
      out.month = *month;
      out.week = *week;
      out.day = *day;
    } else {
      out.kind = take('J') ? Change::Kind::julian_without_leap : Change::Kind::day_of_year;
      const auto day = number(365);
      if (!day) return std::nullopt;
      out.day = *day;
    }
    if (take('/')) {
      const auto at = time();
      if (!at) return std::nullopt;
      out.time = *at;
    }
    return out;
  }
};

std::int64_t PosixZone::Change::local_second(int year) const {
  const std::int64_t first = days_from_date(year, 1, 1);
  std::int64_t days = first + day;
  if (kind == Kind::julian_without_leap) {
    // Day 60 is 1 March in every year.
    const bool leap = days_from_date(year, 3, 1) - first == 60;
    days = first + day - 1 + (leap && day >= 60 ? 1 : 0);
  } else if (kind == Kind::week_of_month) {
    const std::int64_t month_start = days_from_date(year, month, 1);
    const std::int64_t next_month = month == 12 ? days_from_date(year + 1, 1, 1) : days_from_date(year, month + 1, 1);
    // 1970-01-01 was a Thursday, day 4 of the week that begins with Sunday.
    const std::int64_t weekday = ((month_start + 4) % 7 + 7) % 7;
    days = month_start + (day - weekday + 7) % 7 + (week - 1) * 7;
    if (days >= next_month) days -= 7;
  }
  return days * kSecondsPerDay + time;
}

std::optional<PosixZone> PosixZone::parse(std::string_view text) {
  PosixZone zone;
  Reader reader{text};
  if (!reader.name()) return std::nullopt;
  const auto standard = reader.time();
  if (!standard) return std::nullopt;
  zone.standard_ = -*standard;  // POSIX counts west of Greenwich
  if (reader.done()) return zone;
  if (!reader.name()) return std::nullopt;
  zone.daylight_ = zone.standard_ + 3600;
  if (!reader.done() && reader.text.front() != ',') {
    const auto daylight = reader.time();
    if (!daylight) return std::nullopt;
    zone.daylight_ = -*daylight;
  }
  if (!reader.take(',')) return std::nullopt;
  const auto start = reader.change();
  if (!start || !reader.take(',')) return std::nullopt;
  const auto end = reader.change();
  if (!end || !reader.done()) return std::nullopt;
  zone.start_ = *start;
  zone.end_ = *end;
  return zone;
}

std::int32_t PosixZone::offset_at(std::int64_t second) const {
  if (!daylight_) return standard_;
  const int year = date_from_days(floor_div(second + standard_, kSecondsPerDay)).year;
  const std::int64_t start = start_.local_second(year) - standard_;
  const std::int64_t end = end_.local_second(year) - *daylight_;
  const bool daylight = start < end ? second >= start && second < end : second >= start || second < end;
  return daylight ? *daylight_ : standard_;
}

}  // namespace nightjar
