#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/time.hpp"
#include "figure/shapes.hpp"

namespace nightjar {
namespace {

struct Day {
  std::uint64_t packets = 0, addresses = 0;
};

struct Year {
  std::map<std::int64_t, Day> days;
  std::map<std::string, std::uint64_t> last_size;          ///< of each sensor, its last known one
  std::map<std::string, std::uint64_t> days_without_size;  ///< by sensor
  std::uint64_t packets = 0;
};

std::string missing_sizes(const Year& year) {
  std::string out;
  for (const auto& [sensor, days] : year.days_without_size)
    out += (out.empty() ? "" : "; ") + ("the size of the sensor " + sensor) + " is unknown on " + std::to_string(days) +
           (days == 1 ? " day" : " days");
  return out;
}

}  // namespace

Result<void> shape_yearly(FigureRun& run) {
  auto rows = run.ask("main");
  if (!rows) return rows.error();
  std::map<int, Year> years;
  const NamedRows named(*rows);
  for (std::size_t i = 0; i < named.size(); ++i) {
    const auto day = parse_day(named.text(i, "day"));
    if (!day) continue;
    Year& year = years[date_from_days(*day).year];
    const std::uint64_t packets = named.number(i, "packets");
    const std::uint64_t addresses = named.number(i, "addresses");
    const std::string sensor = named.text(i, "sensor");
    year.packets += packets;
    year.days[*day].packets += packets;
    year.days[*day].addresses += addresses;
    if (addresses > 0)
      year.last_size[sensor] = addresses;
    else
      ++year.days_without_size[sensor];
  }
  for (const auto& [number, year] : years) {
    // The days of the year that the span asks for; a year without bounds is the calendar's.
    const std::int64_t first = std::max(days_from_date(number, 1, 1), run.request.from_day.value_or(days_from_date(number, 1, 1)));
    const std::int64_t end = std::min(days_from_date(number + 1, 1, 1), run.request.to_day.value_or(days_from_date(number + 1, 1, 1)));
    const std::string reason = missing_sizes(year);
    std::uint64_t size = 0, address_days = 0;
    for (const auto& [sensor, addresses] : year.last_size) size += addresses;
    double per_address = 0;
    for (const auto& [day, sums] : year.days) {
      address_days += sums.addresses;
      if (sums.addresses > 0) per_address += static_cast<double>(sums.packets) / static_cast<double>(sums.addresses);
    }
    const bool some_never_known =
        std::ranges::any_of(year.days_without_size, [&sizes = year.last_size](const auto& each) { return !sizes.contains(each.first); });
    std::vector<Value> row(7);
    row[0] = static_cast<std::uint64_t>(number);
    row[1] = year.packets;
    if (!some_never_known) row[2] = size;
    if (reason.empty()) {
      row[3] = address_days;
      row[4] = per_address;
    }
    row[5] = percent(year.days.size(), static_cast<std::uint64_t>(end - first));
    if (!reason.empty()) row[6] = reason;
    run.answer.rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace nightjar
