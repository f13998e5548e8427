#include "figure/placeholders.hpp"

#include "base/time.hpp"
#include "figure/filter_sql.hpp"

namespace nightjar {
namespace {

std::string time_literal(std::int64_t hour) { return "@time('" + format_second(hour * kSecondsPerHour) + "')"; }

std::string sensors_condition(const Observation& observation) {
  if (observation.every_sensor) return "";
  std::string list;
  for (const std::string& name : observation.sensors) list += (list.empty() ? "" : ", ") + sql_literal(name);
  return " AND sensor IN (" + (list.empty() ? "''" : list) + ")";
}

/// Rows of one key as one row: ttl, src_port and ip_length are equal values or 0, however the day was split into batches.
std::string merged_flows(const std::string& condition) {
  const std::string key = "hour, sensor, ip_version, src, src_low, protocol, port, class, facts, \"window\"";
  const auto shared = [](const std::string& column) {
    return "CASE WHEN min(" + column + ") = max(" + column + ") THEN min(" + column + ") ELSE 0 END AS m_" + column;
  };
  return "(SELECT " + key +
         ", m_packets AS packets, m_bytes AS bytes, m_dst_bits AS dst_bits, m_first AS first, m_span AS span, m_src_port AS src_port, "
         "m_ttl AS ttl, "
         "m_ip_length AS ip_length, m_country AS country, m_asn AS asn FROM (SELECT " +
         key +
         ", sum(packets) AS m_packets, sum(bytes) AS m_bytes, @bit_or(dst_bits) AS m_dst_bits, min(first) AS m_first, "
         "max(first + span) - min(first) AS m_span, " +
         shared("src_port") + ", " + shared("ttl") + ", " + shared("ip_length") +
         ", max(country) AS m_country, max(asn) AS m_asn FROM flows WHERE " + condition + " GROUP BY " + key + ") AS keyed) AS merged";
}

}  // namespace

std::string_view time_column(Table table) {
  switch (table) {
    case Table::flows: return "hour";
    case Table::minutes:
    case Table::backscatter: return "minute";
    case Table::sensor_days: return "day";
    case Table::counts: return "time";
  }
  return "";
}

std::string span_sql(Table table, HourSpan hours) {
  const std::string column(time_column(table));
  if (table == Table::sensor_days)
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

Result<Words> words_for(const FigureFile& figure, Table table, const Observation& observation, const FilterExpression& filter,
                        HourSpan hours) {
  auto condition = filter_sql(filter, table);
  if (!condition) return condition.error();
  auto day = day_sql(time_column(table), observation.zone, hours);
  if (!day) return day.error();
  const std::string host_classes = names_field(filter, FilterField::traffic_class) ? "1 = 1" : "class IN (1, 3)";
  // A span that holds all rows needs no condition: their hour need not even be read.
  const bool everything = table != Table::sensor_days && hours.from <= observation.data.from && hours.to >= observation.data.to;
  const std::string who_and_when = (everything ? "1 = 1" : span_sql(table, hours)) + sensors_condition(observation);
  Words words;
  words["day"] = *day;
  words["port_host_classes"] = names_field(filter, FilterField::traffic_class) ? "class IN (1, 3, 5)" : host_classes;
  words["where"] = who_and_when + (figure.hosts_only ? " AND " + host_classes : "") + (filter.empty() ? "" : " AND " + *condition);
  words["rows"] = table == Table::flows && needs_merged_rows(filter) ? merged_flows(who_and_when) : std::string(schema_of(table).name);
  return words;
}

}  // namespace nightjar
