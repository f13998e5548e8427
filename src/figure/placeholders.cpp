#include "figure/placeholders.hpp"

#include <vector>

#include "base/time.hpp"
#include "figure/filter_sql.hpp"
#include "store/repeated_keys.hpp"

namespace nightjar {
namespace {

std::string time_literal(std::int64_t hour) { return "@time('" + format_second(hour * kSecondsPerHour) + "')"; }

std::string sensors_condition(const Observation& observation, Table table) {
  // Survey scanners are those of all darknets together.
  if (table == Table::scanner_days) return "";
  // Attacks that several sensors saw as one have no sensor: all are shown unless somebody asks for one.
  if (observation.every_sensor || (table == Table::attacks && !observation.named)) return "";
  std::string list;
  for (const std::string& name : observation.sensors) list += (list.empty() ? "" : ", ") + sql_literal(name);
  return " AND sensor IN (" + (list.empty() ? "''" : list) + ")";
}

constexpr std::string_view kKey = "hour, sensor, ip_version, src, src_low, protocol, port, class, facts, \"window\"";
constexpr std::string_view kMeasures = "packets, bytes, dst_bits, first, span, src_port, ttl, ip_length, country, asn";

/// Rows of one key as one row: ttl, src_port and ip_length are equal values or 0, however the day was split into batches.
std::string merged_select(const std::string& condition) {
  const std::string key(kKey);
  const auto shared = [](const std::string& column) {
    return "CASE WHEN min(" + column + ") = max(" + column + ") THEN min(" + column + ") ELSE 0 END AS m_" + column;
  };
  return "SELECT " + key +
         ", m_packets AS packets, m_bytes AS bytes, m_dst_bits AS dst_bits, m_first AS first, m_span AS span, m_src_port AS src_port, "
         "m_ttl AS ttl, "
         "m_ip_length AS ip_length, m_country AS country, m_asn AS asn FROM (SELECT " +
         key +
         ", sum(packets) AS m_packets, sum(bytes) AS m_bytes, @bit_or(dst_bits) AS m_dst_bits, min(first) AS m_first, "
         "max(first + span) - min(first) AS m_span, " +
         shared("src_port") + ", " + shared("ttl") + ", " + shared("ip_length") +
         ", max(country) AS m_country, max(asn) AS m_asn FROM flows WHERE " + condition + " GROUP BY " + key + ") AS keyed";
}

/// The rows of `flows` with one row a key. Merging costs twenty times what reading does, so it is left to the hours that may need it;
/// whole spans of them are named by their ends, since a list of many is slow to look through.
std::string rows_of_one_key_each(const std::string& condition, const LakeVersion& version, const Observation& observation, HourSpan hours) {
  constexpr std::size_t longest_list = 500;
  const std::int64_t end_day = floor_div(hours.to + kHoursPerDay - 1, kHoursPerDay);
  std::vector<std::int64_t> repeated = hours_of_repeated_keys(version, observation.sensors, floor_div(hours.from, kHoursPerDay), end_day);
  std::erase_if(repeated, [&](std::int64_t hour) { return hour < hours.from || hour >= hours.to; });
  if (repeated.empty()) return "flows";
  const auto length = static_cast<std::size_t>(hours.to - hours.from);
  if (repeated.size() == length) return "(" + merged_select(condition) + ") AS merged";
  std::string among;
  if (repeated.size() > longest_list || repeated.size() == static_cast<std::size_t>(repeated.back() - repeated.front()) + 1) {
    among = "hour BETWEEN " + time_literal(repeated.front()) + " AND " + time_literal(repeated.back());
  } else {
    for (const std::int64_t hour : repeated) among += (among.empty() ? "hour IN (" : ", ") + time_literal(hour);
    among += ")";
  }
  return "(SELECT " + std::string(kKey) + ", " + std::string(kMeasures) + " FROM flows WHERE " + condition + " AND NOT (" + among +
         ") UNION ALL " + merged_select(condition + " AND " + among) + ") AS merged";
}

}  // namespace

std::string_view time_column(Table table) {
  switch (table) {
    case Table::flows: return "hour";
    case Table::minutes:
    case Table::backscatter:
    case Table::requests: return "minute";
    case Table::sensor_days:
    case Table::port_days:
    case Table::scanner_days: return "day";
    case Table::counts: return "time";
    case Table::sessions:
    case Table::payloads:
    case Table::attacks:
    case Table::scans: return "first";
    case Table::incidents: return "onset";
  }
  return "";
}

std::string span_sql(Table table, HourSpan hours) {
  const std::string column(time_column(table));
  if (time_column(table) == "day")
    return column + " >= @date('" + format_day(floor_div(hours.from, kHoursPerDay)) + "') AND " + column + " < @date('" +
           format_day(floor_div(hours.to, kHoursPerDay)) + "')";
  return column + " >= " + time_literal(hours.from) + " AND " + column + " < " + time_literal(hours.to);
}

Result<std::string> day_sql(std::string_view column, const TimeZone& zone, HourSpan hours) {
  auto stretches = zone.stretches(hours.from, hours.to);
  if (!stretches) return stretches.error();
  const auto day = [&](const TimeZone::Stretch& stretch) {
    return "@day(" + std::string(column) + ", " + std::to_string(stretch.offset) + ")";
  };
  if (stretches->size() == 1) return day(stretches->front());
  std::string out = "CASE";
  for (std::size_t i = 0; i + 1 < stretches->size(); ++i)
    out += " WHEN " + std::string(column) + " < " + time_literal((*stretches)[i + 1].from_hour) + " THEN " + day((*stretches)[i]);
  return out + " ELSE " + day(stretches->back()) + " END";
}

Result<std::string> fill_in(std::string_view sql, const Words& words) {
  std::string out;
  while (true) {
    const std::size_t open = sql.find('{');
    out += sql.substr(0, open);
    if (open == std::string_view::npos) return out;
    const std::size_t close = sql.find('}', open);
    const std::string word(close == std::string_view::npos ? sql.substr(open + 1) : sql.substr(open + 1, close - open - 1));
    const auto found = words.find(word);
    if (close == std::string_view::npos || found == words.end()) {
      std::string possible;
      for (const auto& [name, text] : words) possible += (possible.empty() ? "{" : ", {") + name + "}";
      return Error{"the query names {" + word + "}, which is none of " + possible};
    }
    out += found->second;
    sql.remove_prefix(close + 1);
  }
}

Result<Words> words_for(const FigureFile& figure, Table table, const LakeVersion& version, const Observation& observation,
                        const FilterExpression& filter, const LeftOut& left_out, HourSpan hours) {
  auto condition = filter_sql(filter, table);
  if (!condition) return condition.error();
  auto day = day_sql(time_column(table), observation.zone, hours);
  if (!day) return day.error();
  // Scan and request. Of `class IN (1, 3)` DuckDB sorts and joins the rows of each value: a tenth of a figure's time.
  const std::string host_classes = names_field(filter, FilterField::traffic_class) ? "1 = 1" : "class >= 1 AND class <= 3 AND class <> 2";
  // A span that holds all rows needs no condition: their hour need not even be read.
  const bool everything = table != Table::sensor_days && hours.from <= observation.data.from && hours.to >= observation.data.to;
  const std::string who_and_when = (everything ? "1 = 1" : span_sql(table, hours)) + sensors_condition(observation, table);
  Words words;
  // All rows of a span of one day are of that day: their hour need not be read.
  const bool one_day =
      observation.to_day - observation.from_day == 1 && hours.from == observation.hours.from && hours.to == observation.hours.to;
  words["day"] = one_day && table != Table::sensor_days ? "@date('" + format_day(observation.from_day) + "')" : *day;
  words["by_day"] = one_day ? "" : *day + ", ";
  words["port_host_classes"] = names_field(filter, FilterField::traffic_class) ? "class IN (1, 3, 5)" : host_classes;
  words["where"] = who_and_when + (figure.hosts_only ? " AND " + host_classes : "") + (filter.empty() ? "" : " AND " + *condition) +
                   (table == Table::flows ? stays_sql(left_out, hours)
                                          : std::string(table == Table::minutes && left_out.backscatter ? " AND class <> 2" : ""));
  const bool one_key_each = table == Table::flows && needs_merged_rows(filter);
  words["rows"] = one_key_each ? rows_of_one_key_each(who_and_when, version, observation, hours) : std::string(schema_of(table).name);
  return words;
}

}  // namespace nightjar
