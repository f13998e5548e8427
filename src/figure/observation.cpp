#include "figure/observation.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "base/time.hpp"
#include "figure/filter_sql.hpp"
#include "figure/values.hpp"
#include "schema/rows.hpp"

namespace nightjar {
namespace {

/// One sensor as `sensor_days` knows it.
struct Seen {
  std::string name, kind;
  std::uint64_t addresses = 0;
};

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string sensors_sql(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + sql_literal(name);
  return "sensor IN (" + list + ")";
}

Result<std::vector<Seen>> sensors_of(QuerySession& session) {
  auto answer =
      session.run("SELECT sensor, kind, max(addresses) AS m_addresses FROM sensor_days GROUP BY sensor, kind ORDER BY sensor, kind");
  if (!answer) return answer.error();
  std::vector<Seen> seen;
  for (const auto& row : answer->rows) seen.push_back({text_of(row[0]), text_of(row[1]), number_of(row[2])});
  return seen;
}

Error unknown_sensor(const std::string& name, const std::vector<Seen>& seen, const std::string& place) {
  std::vector<std::string> names;
  for (const Seen& sensor : seen) names.push_back(sensor.name);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::string near = nearest(name, names);
  return Error{place + "there is no sensor \"" + name + "\" in the lake." + (near.empty() ? "" : " Did you mean " + near + "?") +
               " Sensors are " + joined(names)};
}

const Seen* find(const std::vector<Seen>& seen, const std::string& name) {
  const auto found = std::ranges::find_if(seen, [&](const Seen& sensor) { return sensor.name == name; });
  return found == seen.end() ? nullptr : &*found;
}

/// Walks the sensors that a filter names: unknown ones are errors, unread ones a remark.
Result<void> check_filter(const FilterExpression& filter, const std::vector<Seen>& seen, Observation& observation) {
  for (const FilterExpression& part : filter.parts)
    if (auto checked = check_filter(part, seen, observation); !checked) return checked;
  if (filter.kind != FilterExpression::Kind::comparison || filter.field != FilterField::sensor) return {};
  for (const FilterValue& value : filter.values) {
    const Seen* sensor = find(seen, value.text);
    if (sensor == nullptr)
      return unknown_sensor(value.text, seen, value.position == 0 ? "" : "at " + std::to_string(value.position) + ": ");
    if (std::ranges::find(observation.sensors, value.text) == observation.sensors.end())
      observation.remarks.push_back("the sensor " + value.text + " is of kind " + sensor->kind + " and was not read: add --kind " +
                                    sensor->kind);
  }
  return {};
}

Result<void> choose_sensors(const std::vector<Seen>& seen, const FigureRequest& request, Observation& observation) {
  const auto& kinds = kSensorKindNames;
  if (request.kind && std::ranges::find(kinds, *request.kind) == kinds.end())
    return Error{"there is no kind \"" + *request.kind + "\" of sensors: darknet, honeypot, reflector"};
  for (const std::string& name : request.sensors)
    if (find(seen, name) == nullptr) return unknown_sensor(name, seen, "");
  const auto wanted = [&](const Seen& sensor) {
    if (request.kind && sensor.kind != *request.kind) return false;
    if (!request.sensors.empty()) return std::ranges::find(request.sensors, sensor.name) != request.sensors.end();
    return request.kind || sensor.kind == kSensorKindNames[static_cast<std::size_t>(SensorKind::darknet)];
  };
  observation.named = !request.sensors.empty();
  observation.every_sensor = true;
  observation.every_darknet = true;
  for (const Seen& sensor : seen) {
    const bool chosen = wanted(sensor);
    if (chosen) {
      observation.sensors.push_back(sensor.name);
      std::uint64_t& size = observation.addresses[sensor.name];
      size = std::max(size, sensor.addresses);
    }
    observation.every_sensor &= chosen;
    observation.every_darknet &= chosen == (sensor.kind == kSensorKindNames[static_cast<std::size_t>(SensorKind::darknet)]);
  }
  auto& names = observation.sensors;
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& name : request.sensors)
    if (std::ranges::find(names, name) == names.end())
      return Error{"the sensor " + name + " is of kind " + find(seen, name)->kind + ", not of kind " + *request.kind};
  if (names.empty() && !seen.empty())
    observation.remarks.push_back("the lake has no sensor of kind " + request.kind.value_or("darknet") + "; --kind reads others");
  return {};
}

/// Local days from the first packet of the sensors to the last.
Result<std::optional<std::pair<std::int64_t, std::int64_t>>> days_with_packets(QuerySession& session, const Observation& observation) {
  auto answer = session.run("SELECT min(minute) AS m_first, max(minute) AS m_last FROM minutes WHERE " + sensors_sql(observation.sensors));
  if (!answer) return answer.error();
  const auto first = second_of_text(text_of(answer->rows.at(0).at(0)));
  const auto last = second_of_text(text_of(answer->rows.at(0).at(1)));
  if (!first || !last) return std::optional<std::pair<std::int64_t, std::int64_t>>();
  return std::optional(std::pair(observation.zone.day_at(*first), observation.zone.day_at(*last) + 1));
}

Result<void> choose_span(QuerySession& session, const FigureRequest& request, Observation& observation) {
  if (request.from_day && request.to_day && *request.from_day >= *request.to_day)
    return Error{"the span from " + format_day(*request.from_day) + " to " + format_day(*request.to_day) +
                 " has no day: the end is not included, so it must be a later date than the start"};
  observation.nothing = observation.sensors.empty();
  if (!observation.nothing) {
    auto days = days_with_packets(session, observation);
    if (!days) return days.error();
    observation.nothing = !*days;
    if (*days) std::tie(observation.from_day, observation.to_day) = **days;
  }
  if (request.from_day) observation.from_day = *request.from_day;
  if (request.to_day) observation.to_day = *request.to_day;
  if (observation.from_day >= observation.to_day) observation.nothing = true;
  observation.hours = {observation.zone.first_hour(observation.from_day), observation.zone.first_hour(observation.to_day)};
  return {};
}

}  // namespace

bool Observation::observed(std::int64_t local_day) const {
  const std::int64_t first = floor_div(zone.first_hour(local_day), kHoursPerDay);
  const std::int64_t last = floor_div(zone.first_hour(local_day + 1) - 1, kHoursPerDay);
  for (std::int64_t day = first; day <= last; ++day)
    if (!utc_days.contains(day)) return false;
  return first <= last;
}

Result<Observation> observe(QuerySession& session, const FigureRequest& request, const FilterExpression& filter) {
  Observation observation;
  auto zone = TimeZone::load(request.tz);
  if (!zone) return zone.error();
  observation.zone = *std::move(zone);
  auto seen = sensors_of(session);
  if (!seen) return seen.error();
  if (auto chosen = choose_sensors(*seen, request, observation); !chosen) return chosen.error();
  if (auto checked = check_filter(filter, *seen, observation); !checked) return checked.error();
  if (auto span = choose_span(session, request, observation); !span) return span.error();
  if (observation.nothing) {
    observation.remarks.push_back(seen->empty() ? "the lake is empty" : "there are no packets in this span");
    return observation;
  }
  auto days = session.run("SELECT day FROM sensor_days WHERE " + sensors_sql(observation.sensors) + " GROUP BY day");
  if (!days) return days.error();
  for (const auto& row : days->rows)
    if (const auto day = parse_day(text_of(row[0]))) observation.utc_days.insert(*day);
  const auto& files = session.snapshot().version().files;
  if (const auto [first, last] = std::ranges::minmax_element(files, {}, &LakeFile::day); first != files.end())
    observation.data = {first->day * kHoursPerDay, (last->day + 1) * kHoursPerDay};
  return observation;
}

}  // namespace nightjar
