#include "store/repeated_keys.hpp"

#include <map>
#include <utility>

#include "base/time.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kMergedMark = "-merged-";
constexpr std::uint32_t kAllHours = (1U << 24) - 1;

/// A day of one sensor. Files of one merge are one whole.
struct SensorDay {
  std::uint32_t repeated = 0;
  std::map<std::string_view, std::uint32_t> held;  ///< by file or merge
};

void add(SensorDay& day, std::string_view whole, std::uint32_t hours) {
  for (const auto& [other, held] : day.held)
    if (other != whole) day.repeated |= held & hours;
  day.held[whole] |= hours;
}

}  // namespace

std::string_view merge_of(std::string_view path) {
  const std::size_t mark = path.find(kMergedMark);
  return mark == std::string_view::npos ? std::string_view() : path.substr(0, mark);
}

std::vector<std::int64_t> hours_of_repeated_keys(const LakeVersion& version, const std::vector<std::string>& sensors, std::int64_t from_day,
                                                 std::int64_t to_day) {
  std::map<std::int64_t, std::map<std::string_view, SensorDay>> days;
  std::map<std::int64_t, std::uint32_t> repeated;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::flows || file.day < from_day || file.day >= to_day) continue;
    if (file.once.empty()) repeated[file.day] = kAllHours;
    const std::string_view merge = merge_of(file.path);
    for (const std::string& sensor : sensors) {
      const auto hours = file.once.find(sensor);
      if (hours != file.once.end()) add(days[file.day][sensor], merge.empty() ? file.path : merge, hours->second);
    }
  }
  for (const auto& [day, by_sensor] : days)
    for (const auto& [sensor, of_sensor] : by_sensor) repeated[day] |= of_sensor.repeated;
  std::vector<std::int64_t> hours;
  for (const auto& [day, bits] : repeated)
    for (std::int64_t hour = 0; hour < kHoursPerDay; ++hour)
      if ((bits >> hour & 1) != 0) hours.push_back(day * kHoursPerDay + hour);
  return hours;
}

}  // namespace nightjar
