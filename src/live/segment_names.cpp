#include "live/segment_names.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <tuple>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kPlain = ".pcapng", kCompressed = ".pcapng.zst";
constexpr std::size_t kTimeText = 26;  ///< 20261123T201736.123456789Z

std::string digits(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string time_text(std::int64_t time_ns) {
  const std::int64_t second = second_of(time_ns), day = floor_div(second, kSecondsPerDay), in_day = second - day * kSecondsPerDay;
  const Date date = date_from_days(day);
  return digits(date.year, 4) + digits(date.month, 2) + digits(date.day, 2) + "T" + digits(in_day / kSecondsPerHour, 2) +
         digits(in_day / kSecondsPerMinute % 60, 2) + digits(in_day % 60, 2) + "." + digits(time_ns - second * kNanosPerSecond, 9) + "Z";
}

/// The number that all of `text` is.
std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_time(std::string_view text) {
  if (text.size() != kTimeText || text[8] != 'T' || text[15] != '.' || text[25] != 'Z') return std::nullopt;
  const auto year = number(text.substr(0, 4)), month = number(text.substr(4, 2)), day = number(text.substr(6, 2)),
             hour = number(text.substr(9, 2)), minute = number(text.substr(11, 2)), second = number(text.substr(13, 2)),
             nanos = number(text.substr(16, 9));
  if (!year || !month || !day || !hour || !minute || !second || !nanos) return std::nullopt;
  if (*month < 1 || *month > 12 || *day < 1 || *day > 31 || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::int64_t days = days_from_date(static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day));
  return (days * kSecondsPerDay + *hour * kSecondsPerHour + *minute * kSecondsPerMinute + *second) * kNanosPerSecond + *nanos;
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::optional<Segment> read_name(const std::string& name, const std::string& sensor) {
  std::string_view text = name;
  if (text.substr(0, sensor.size()) != sensor || text.size() <= sensor.size() || text[sensor.size()] != '-') return std::nullopt;
  text.remove_prefix(sensor.size() + 1);
  Segment segment;
  segment.compressed = ends_with(text, kCompressed);
  if (!segment.compressed && !ends_with(text, kPlain)) return std::nullopt;
  text.remove_suffix((segment.compressed ? kCompressed : kPlain).size());
  const auto begun = read_time(text.substr(0, kTimeText));
  if (!begun) return std::nullopt;
  segment.begun_ns = *begun;
  text.remove_prefix(kTimeText);
  if (text.empty()) return segment;
  if (text.substr(0, 2) != "-q") return std::nullopt;
  const auto queue = number(text.substr(2));
  if (!queue || *queue > 0xFFFF) return std::nullopt;
  segment.queue = static_cast<std::uint32_t>(*queue);
  return segment;
}

}  // namespace

std::string segment_name(const std::string& sensor, std::int64_t begun_ns, std::uint32_t queue) {
  return sensor + "-" + time_text(begun_ns) + (queue == 0 ? "" : "-q" + std::to_string(queue)) + std::string(kPlain);
}

Result<std::vector<Segment>> list_segments(const std::filesystem::path& folder, const std::string& sensor) {
  std::vector<Segment> segments;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    auto segment = read_name(at->path().filename().string(), sensor);
    if (!segment) continue;
    std::error_code gone;  // it may be compressed, or deleted, meanwhile
    segment->bytes = at->file_size(gone);
    if (gone) continue;
    segment->path = at->path();
    segments.push_back(std::move(*segment));
  }
  if (error) return errno_error("cannot read the folder of segments " + folder.string(), error.value());
  std::sort(segments.begin(), segments.end(),
            [](const Segment& a, const Segment& b) { return std::tie(a.begun_ns, a.queue) < std::tie(b.begun_ns, b.queue); });
  return segments;
}

}  // namespace nightjar
