#include "figure/time_zone.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::uint64_t kLargestFile = 1 << 20;

/// Letters, digits, _ + - and single slashes between words: nothing that could leave the folder.
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  char before = '/';
  for (const char c : name) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
    if (!word && !(c == '/' && before != '/')) return false;
    before = c;
  }
  return before != '/';
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// The name in the folder that is nearest to a wrong one, whatever its case.
std::string suggestion(std::string_view wrong, const std::filesystem::path& folder) {
  std::string best;
  std::size_t best_distance = wrong.size() / 2 + 1;
  std::error_code ignored;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, ignored); it != std::filesystem::recursive_directory_iterator();
       it.increment(ignored)) {
    const std::string name = it->path().lexically_relative(folder).string();
    if (name == "posix" || name == "right") it.disable_recursion_pending();
    if (!it->is_regular_file(ignored) || name.empty() || name.front() < 'A' || name.front() > 'Z') continue;
    const std::size_t distance = edit_distance(lower_case(std::string(wrong)), lower_case(name));
    if (distance < best_distance || (distance == best_distance && !best.empty() && name < best)) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

/// The six counts of a TZif header.
struct Header {
  std::uint32_t isut, isstd, leap, times, types, characters;
  std::uint64_t body(std::size_t time_size) const {
    return std::uint64_t{times} * (time_size + 1) + std::uint64_t{types} * 6 + characters + std::uint64_t{leap} * (time_size + 4) + isstd +
           isut;
  }
};

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::optional<Header> header(std::string_view bytes) {
  constexpr std::size_t size = 44;
  if (bytes.size() < size || !bytes.starts_with("TZif")) return std::nullopt;
  const auto count = [&](std::size_t index) { return static_cast<std::uint32_t>(big_endian(bytes, 20 + 4 * index, 4)); };
  return Header{count(0), count(1), count(2), count(3), count(4), count(5)};
}

}  // namespace

std::optional<TimeZone> TimeZone::parse(std::string name, std::string_view bytes) {
  constexpr std::size_t header_size = 44;
  auto counts = header(bytes);
  if (!counts) return std::nullopt;
  std::size_t time_size = 4;
  if (bytes[4] >= '2') {
    // The first block is for readers of 1980; the same again with 64-bit times follows.
    const std::uint64_t first_block = header_size + counts->body(4);
    if (first_block > bytes.size()) return std::nullopt;
    bytes.remove_prefix(static_cast<std::size_t>(first_block));
    counts = header(bytes);
    if (!counts) return std::nullopt;
    time_size = 8;
  }
  if (counts->types == 0 || header_size + counts->body(time_size) > bytes.size()) return std::nullopt;
  const std::size_t times = header_size;
  const std::size_t indices = times + counts->times * time_size;
  const std::size_t types = indices + counts->times;
  TimeZone zone;
  zone.name_ = std::move(name);
  const auto offset_of_type = [&](std::size_t type) { return static_cast<std::int32_t>(big_endian(bytes, types + 6 * type, 4)); };
  zone.before_ = offset_of_type(0);
  for (std::size_t i = 0; i < counts->times; ++i) {
    const std::uint64_t raw = big_endian(bytes, times + i * time_size, time_size);
    const auto type = static_cast<unsigned char>(bytes[indices + i]);
    if (type >= counts->types) return std::nullopt;
    zone.times_.push_back(time_size == 8 ? static_cast<std::int64_t>(raw) : static_cast<std::int32_t>(raw));
    zone.offsets_.push_back(offset_of_type(type));
  }
  if (!std::ranges::is_sorted(zone.times_)) return std::nullopt;
  if (time_size == 8) {
    std::string_view footer = bytes.substr(static_cast<std::size_t>(header_size + counts->body(8)));
    if (footer.starts_with('\n')) {
      footer.remove_prefix(1);
      footer = footer.substr(0, footer.find('\n'));
      if (!footer.empty()) zone.afterwards_ = PosixZone::parse(footer);
      if (!footer.empty() && !zone.afterwards_) return std::nullopt;
    }
  }
  return zone;
}

Result<TimeZone> TimeZone::load(std::string_view name, const std::filesystem::path& folder) {
  if (name == "UTC") return TimeZone();
  const std::string text(name);
  if (!is_zone_name(name)) return Error{"\"" + text + "\" is no name of a time zone; write it like Asia/Tokyo or UTC"};
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    return Error{"the time zones of this machine are not installed (" + folder.string() +
                 " is missing): install the package tzdata, or use UTC"};
  const std::filesystem::path file = folder / text;
  if (!std::filesystem::is_regular_file(file, ignored)) {
    const std::string near = suggestion(name, folder);
    return Error{"there is no time zone \"" + text + "\"." +
                 (near.empty() ? " Write it like Asia/Tokyo or UTC" : " Did you mean " + near + "?")};
  }
  auto bytes = read_file(file, kLargestFile);
  if (!bytes) return bytes.error();
  auto zone = parse(text, *bytes);
  if (!zone) return Error{file.string() + " is no time zone file"};
  return *std::move(zone);
}

std::int32_t TimeZone::offset_at(std::int64_t second) const {
  const auto after = std::ranges::upper_bound(times_, second);
  if (after == times_.end() && afterwards_) return afterwards_->offset_at(second);
  if (after == times_.begin()) return before_;
  return offsets_[static_cast<std::size_t>(after - times_.begin()) - 1];
}

std::int64_t TimeZone::day_at(std::int64_t second) const { return floor_div(second + offset_at(second), kSecondsPerDay); }

std::int64_t TimeZone::first_hour(std::int64_t local_day) const {
  // No zone is further than 15 hours from UTC, none ever jumped by more than a day.
  std::int64_t hour = local_day * kHoursPerDay - 40;
  while (day_at(hour * kSecondsPerHour) < local_day) ++hour;
  return hour;
}

Result<std::vector<TimeZone::Stretch>> TimeZone::stretches(std::int64_t from_hour, std::int64_t to_hour) const {
  std::vector<Stretch> list;
  for (std::int64_t hour = from_hour; hour < std::max(to_hour, from_hour + 1); ++hour) {
    const std::int32_t offset = offset_at(hour * kSecondsPerHour);
    if (!list.empty() && list.back().offset == offset) continue;
    const std::int64_t remainder = std::abs(std::int64_t{offset}) % kSecondsPerHour;
    if (remainder != 0) {
      return Error{"days of " + name_ + " begin " + std::to_string(remainder / kSecondsPerMinute) +
                   " minutes away from a full UTC hour at " + format_second(hour * kSecondsPerHour) +
                   ": the lake keeps UTC hours, so such days cannot be cut out of it. Use a zone with whole hours, for example UTC"};
    }
    list.push_back({hour, offset});
  }
  return list;
}

}  // namespace nightjar
