#include "incident/port_reader.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar {
namespace {

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
std::string ports_sql(const Rules& rules, std::int64_t from_day, std::int64_t to_day,
                      const std::vector<std::pair<std::uint8_t, std::uint16_t>>& also) {
  std::string sql = "SELECT DISTINCT protocol, port FROM port_days WHERE part = 'port' AND day >= " + day_literal(from_day) +
                    " AND day < " + day_literal(to_day) + " AND (hosts >= " + std::to_string(rules.fewest_hosts) +
                    " OR packets >= " + std::to_string(rules.fewest_packets) + ")";
  for (const auto& [protocol, port] : also)
    sql += " UNION SELECT CAST(" + std::to_string(protocol) + " AS UTINYINT), CAST(" + std::to_string(port) + " AS USMALLINT)";
  return sql;
}

}  // namespace

Result<void> read_port_days(QuerySession& session, const Rules& rules, std::int64_t history_day, std::int64_t from_day, std::int64_t to_day,
                            const std::vector<std::pair<std::uint8_t, std::uint16_t>>& also,
                            const std::function<void(std::int64_t, const std::vector<PortDay>&)>& on_day) {
  const std::string sql =
      "SELECT d.day - DATE '1970-01-01' AS n, d.protocol, d.port, d.part = 'port' AS whole, CASE WHEN country = '' THEN 0 ELSE "
      "ascii(country) + 256 * ascii(substr(country, 2)) END AS c, " +
      tool_number_sql() + " AS t, hosts, packets, largest, squares FROM port_days d JOIN (" + ports_sql(rules, from_day, to_day, also) +
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
