#include "judge/port_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "judge/judge_limits.hpp"

namespace nightjar {
namespace {

/// For so many judged days the ports that could rise are found by asking the history first; of more, few ports would be left out.
constexpr std::int64_t kFewDays = 3;

std::uint64_t number(const Value& value) {
  if (const auto* n = std::get_if<std::uint64_t>(&value)) return *n;
  if (const auto* n = std::get_if<std::int64_t>(&value)) return static_cast<std::uint64_t>(*n);
  return 0;
}

double real(const Value& value) {
  if (const auto* x = std::get_if<double>(&value)) return *x;
  return static_cast<double>(number(value));
}

std::string day_literal(std::int64_t day) { return "DATE '" + format_day(day) + "'"; }

std::string tool_number_sql() {
  std::string sql = "CASE tool";
  std::size_t index = 0;
  for (const Fingerprint& entry : fingerprint_catalogue()) sql += " WHEN '" + std::string(entry.name) + "' THEN " + std::to_string(index++);
  return sql + " ELSE " + std::to_string(kNoTool) + " END";
}

/// Ports on which enough was asked on a judged day. The rest cannot hold a rise: no cell of it has more than the port.
std::string busy_ports_sql(const Rules& rules, std::int64_t from_day, std::int64_t to_day) {
  return "SELECT DISTINCT protocol, port FROM port_days WHERE part = 'port' AND day >= " + day_literal(from_day) + " AND day < " +
         day_literal(to_day) + " AND (hosts >= " + std::to_string(rules.fewest_hosts) +
         " OR packets >= " + std::to_string(rules.fewest_packets) + ")";
}

double watched_on(const std::map<std::int64_t, Exposure>& exposures, std::int64_t day) {
  const auto found = exposures.find(day);
  return found == exposures.end() || found->second.trouble ? 0 : found->second.address_days;
}

/// Days that are usual for `day` on a port without a wave, as Judge::usual_days chooses them.
std::vector<std::int64_t> usual_days(const Rules& rules, const std::map<std::int64_t, Exposure>& exposures, std::int64_t day) {
  std::vector<std::int64_t> days;
  for (std::int64_t at = day - 1; at >= day - kHistoryDays && days.size() < static_cast<std::size_t>(rules.baseline_days); --at)
    if (watched_on(exposures, at) > 0) days.push_back(at);
  return days;
}

/// The days with what their counts are multiplied by: "(DATE '2017-11-01', 64.0 / 128.0), ...".
std::string scales_sql(const std::map<std::int64_t, Exposure>& exposures, std::int64_t day, const std::vector<std::int64_t>& usual) {
  std::string sql;
  for (const std::int64_t at : usual)
    sql += (sql.empty() ? "(" : ", (") + day_literal(at) + ", CAST(" + std::to_string(watched_on(exposures, day)) + " AS DOUBLE) / " +
           std::to_string(watched_on(exposures, at)) + ")";
  return sql;
}

/// Of a day's count x: whether x would be no rise if v were usual. If it is none with one v, it is none with any larger. The score is taken
/// with the least dispersion (usual.hpp: 1) and without what the level is uncertain by, so it is never below the judge's; a thousandth is
/// left for rounding.
std::string no_rise_sql(const std::string& x, const std::string& v, double fewest, double ratio, double score) {
  return "(" + v + " > 0 AND (" + x + " - " + v + " < " + std::to_string(0.999 * fewest) + " OR " + x + " < " +
         std::to_string(0.999 * ratio) + " * " + v + " OR 2 * (" + x + " * ln(greatest(" + x + ", 0.5) / " + v + ") - (" + x + " - " + v +
         ")) < " + std::to_string(0.998 * score * score) + "))";
}

/// Populations of ports: the port as a whole, a cell, a country or a tool of it.
struct Populations {
  const char* part;
  const char* keys;
  bool summed;  ///< of several rows of `part` on a day
};
constexpr Populations kLookedAt[] = {{"port", "protocol, port", false},
                                     {"cell", "protocol, port, country, tool", false},
                                     {"cell", "protocol, port, country", true},
                                     {"cell", "protocol, port, tool", true}};

/// Ports of which some population could rise on a day. The judge's usual level is never below the median of the usual days, so what would
/// be no rise over more than half of them is none. A country or tool of a single cell is left to that: its usual is not below the cell's.
std::string rising_sql(const Rules& rules, std::int64_t day, const std::vector<std::int64_t>& usual, const std::string& scales,
                       const Populations& populations) {
  const std::string keys = populations.keys, part = std::string("part = '") + populations.part + "'";
  const std::string hosts = populations.summed ? "sum(hosts)" : "hosts", packets = populations.summed ? "sum(packets)" : "packets";
  const std::string enough =
      "(" + hosts + " >= " + std::to_string(rules.fewest_hosts) + " OR " + packets + " >= " + std::to_string(rules.fewest_packets) + ")";
  const std::string today = "SELECT " + keys + ", CAST(" + hosts + " AS DOUBLE) AS m_x, CAST(" + packets +
                            " AS DOUBLE) AS m_y FROM port_days WHERE " + part + " AND day = " + day_literal(day) +
                            (populations.summed ? " GROUP BY " + keys + " HAVING count(*) > 1 AND " : " AND ") + enough;
  const auto one = [&](const char* column) { return populations.summed ? "max(" + std::string(column) + ")" : std::string(column); };
  const std::string past = "SELECT " + keys + ", " + one("m_x") + " AS m_x, " + one("m_y") + " AS m_y, " + hosts + " * " + one("m_scale") +
                           " AS m_v, " + packets + " * " + one("m_scale") + " AS m_w FROM port_days JOIN today USING (" + keys +
                           ") JOIN (VALUES " + scales + ") AS usual(day, m_scale) USING (day) WHERE " + part +
                           " AND day >= " + day_literal(usual.back()) + " AND day < " + day_literal(day) +
                           (populations.summed ? " GROUP BY " + keys + ", day" : "");
  const std::string half = std::to_string(usual.size() / 2);
  const auto none = [&](const std::string& x, const std::string& v, double fewest, double ratio, double score) {
    return "(max(" + x + ") < " + std::to_string(fewest) + " OR count(*) FILTER (WHERE " + no_rise_sql(x, v, fewest, ratio, score) +
           ") > " + half + ")";
  };
  return "SELECT protocol, port FROM (WITH today AS MATERIALIZED (" + today + ") SELECT " + keys + " FROM today EXCEPT SELECT " + keys +
         " FROM (" + past + ") AS past GROUP BY " + keys + " HAVING " +
         none("m_x", "m_v", rules.fewest_hosts, rules.host_ratio, rules.host_score) + " AND " +
         none("m_y", "m_w", rules.fewest_packets, rules.packet_ratio, rules.packet_score) + ") AS rising";
}

/// Ports that are read: those on which a rise is possible, and `also`. Judge::rises says what a rise is; on a port without a wave its
/// first rise is one over all usual days, whatever waves follow.
std::string ports_sql(const Rules& rules, const std::map<std::int64_t, Exposure>& exposures, std::int64_t from_day, std::int64_t to_day,
                      const std::vector<std::pair<std::uint8_t, std::uint16_t>>& also) {
  std::string sql;
  const auto add = [&](const std::string& more) { sql += (sql.empty() ? "" : " UNION ") + more; };
  if (to_day - from_day > kFewDays) {
    add(busy_ports_sql(rules, from_day, to_day));
  } else {
    add("SELECT protocol, port FROM port_days WHERE false");
    for (std::int64_t day = from_day; day < to_day; ++day) {
      const auto usual = usual_days(rules, exposures, day);
      const bool judged = watched_on(exposures, day) > 0 && !usual.empty();
      if (!judged || static_cast<double>(usual.size()) < rules.shortest_baseline_days) continue;
      const std::string scales = scales_sql(exposures, day, usual);
      for (const Populations& populations : kLookedAt) add(rising_sql(rules, day, usual, scales, populations));
    }
  }
  for (const auto& [protocol, port] : also)
    add("SELECT CAST(" + std::to_string(protocol) + " AS UTINYINT), CAST(" + std::to_string(port) + " AS USMALLINT)");
  return sql;
}

}  // namespace

Result<void> read_port_days(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                            std::int64_t history_day, std::int64_t from_day, std::int64_t to_day,
                            const std::vector<std::pair<std::uint8_t, std::uint16_t>>& also,
                            const std::function<void(std::int64_t, const std::vector<PortDay>&)>& on_day) {
  const std::string sql =
      "SELECT d.day - DATE '1970-01-01' AS n, d.protocol, d.port, d.part = 'port' AS whole, CASE WHEN country = '' THEN 0 ELSE "
      "ascii(country) + 256 * ascii(substr(country, 2)) END AS c, " +
      tool_number_sql() + " AS t, hosts, packets, largest, squares FROM port_days d JOIN (" +
      ports_sql(rules, exposures, from_day, to_day, also) +
      ") w ON d.protocol = w.protocol AND d.port = w.port WHERE d.day >= " + day_literal(history_day) + " AND d.day < " +
      day_literal(to_day) + " ORDER BY n, d.protocol, d.port";
  std::vector<PortDay> rows;
  std::int64_t day = history_day;
  const auto finish_to = [&](std::int64_t next) {
    for (; day < next; ++day) {
      on_day(day, rows);
      rows.clear();
    }
  };
  auto read = session.run_raw_streaming(
      sql, [](const std::vector<std::string>&) { return Result<void>(); },
      [&](const std::vector<Value>& row) -> Result<void> {
        finish_to(static_cast<std::int64_t>(number(row[0])));
        PortDay one;
        one.protocol = static_cast<std::uint8_t>(number(row[1]));
        one.port = static_cast<std::uint16_t>(number(row[2]));
        const auto* whole = std::get_if<bool>(&row[3]);
        one.whole = whole != nullptr && *whole;
        one.cell.country = static_cast<CountryCode>(number(row[4]));
        one.cell.tool = static_cast<Tool>(number(row[5]));
        one.day.day = day;
        one.day.hosts = real(row[6]);
        one.day.packets = real(row[7]);
        one.day.largest = real(row[8]);
        one.day.squares = real(row[9]);
        rows.push_back(one);
        return {};
      });
  if (!read) return read;
  finish_to(to_day);
  return {};
}

}  // namespace nightjar
