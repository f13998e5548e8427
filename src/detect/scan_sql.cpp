#include "detect/scan_sql.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/time.hpp"

namespace nightjar {
namespace {

/// Sensor, protocol, port and class as one number: grouping by two numbers costs half of what grouping by five columns does.
constexpr std::string_view kKey = "src, place";
constexpr std::string_view kPlace = "CAST(((id * 256 + protocol) * 65536 + port) * 8 + class AS BIGINT) AS place";
constexpr std::string_view kPlaceParts =
    "CAST(place // 134217728 AS BIGINT) AS id, place // 524288 % 256 AS protocol, place // 8 % 65536 AS port, place % 8 AS class";

/// How what was seen of one key becomes one; the timeout is that of the day of the last packet.
constexpr std::string_view kMerged =
    "min(start) AS start, max(stop) AS stop, sum(packets) AS packets, sum(bytes) AS bytes, bit_or(dst_bits) AS dst_bits, bit_or(facts) AS "
    "facts, max(addresses) AS addresses, arg_max(timeout, stop) AS timeout, max(country) AS country, max(asn) AS asn";
constexpr std::string_view kMeasures = "start, stop, packets, bytes, dst_bits, facts, addresses, timeout, country, asn";

std::string number(std::int64_t value) { return std::to_string(value); }
std::string number(std::uint64_t value) { return std::to_string(value); }

std::string seconds_of(std::string_view time) { return "CAST(epoch(" + std::string(time) + ") AS BIGINT)"; }

std::string hour_literal(std::int64_t hour) { return "TIMESTAMP '" + format_second(hour * kSecondsPerHour).substr(0, 19) + "'"; }

/// What a name of a WITH clause stands for. `how`: whether the engine makes the rows once and keeps them, or anew wherever they are named.
std::string named(std::string_view name, std::string_view sql, std::string_view how) {
  return std::string(name) + " AS " + std::string(how) + " (" + std::string(sql) + "), ";
}
constexpr std::string_view kKept = "MATERIALIZED", kAnew = "NOT MATERIALIZED";

/// For each sensor and day its size, for how long the flows before are read again, and how many hours hold no pause that ends an event.
std::string sensors_sql(const ScanRule& rule, const ScanSpan& span) {
  const std::string judged = number(span.judged_to.value_or(span.from_day) * kSecondsPerDay);
  const std::string day_end = "(CAST(epoch(day) AS BIGINT) + 86400)";
  return "SELECT *, dense_rank() OVER (ORDER BY sensor) AS id, min(timeout) OVER (PARTITION BY sensor) // 3600 AS hours, "
         "coalesce(max(CASE WHEN " +
         day_end + " <= " + judged + " AND " + day_end + " + timeout >= " + judged +
         " THEN timeout END) OVER (PARTITION BY sensor), 0) AS back FROM (" + scan_sizes_sql(rule) + ") AS sizes WHERE day < DATE '" +
         format_day(span.to_day) + "'";
}

/// Open events that may have begun before what is read again.
std::string grown_sql(const ScanSpan& span) {
  const std::string columns = "SELECT src, " + std::string(kPlace) + ", " + seconds_of("first") + " AS start, " + seconds_of("last") +
                              " AS stop, packets, bytes, dst_bits, facts, addresses, CAST(timeout AS BIGINT) AS timeout, country, asn FROM "
                              "scans JOIN (SELECT DISTINCT sensor, id FROM sensors) AS names ON names.sensor = scans.sensor WHERE ";
  if (!span.judged_to) return columns + "false";
  return columns + "open = 1 AND " + seconds_of("first") + " < " + number(*span.judged_to * kSecondsPerDay) + " - CAST(timeout AS BIGINT)";
}

/// Rows of flows from an hour on, as pieces of events. `those`: a further condition, over the sensors' columns too.
std::string rows_sql(std::int64_t from_hour, std::int64_t to_hour, std::string_view those = "") {
  return "SELECT src, " + std::string(kPlace) + ", " + seconds_of("hour") + " // 3600 // hours AS piece, " + seconds_of("hour") +
         " + first AS start, " + seconds_of("hour") +
         " + first + span AS stop, packets, bytes, dst_bits, facts, addresses, timeout, country, asn FROM flows JOIN sensors ON "
         "sensors.sensor = flows.sensor AND sensors.day = CAST(hour AS DATE) WHERE ip_version = 4 AND class IN (1, 3, 4) AND hour >= " +
         hour_literal(from_hour) + " AND hour < " + hour_literal(to_hour) + std::string(those);
}

/// Fewest bits of dst_bits that the macro destinations() can take for so many addresses.
int fewest_bits(std::uint64_t destinations) {
  int bits = 1;
  while (bits < 64 && std::llround(-64 * std::log(1 - std::min(bits, 63) / 64.0)) < static_cast<long long>(destinations)) ++bits;
  return bits;
}

/// Sources of which any key may be worth it (see worth_sql): with so many destinations in all, or with rows far enough apart for an event
/// to be carried. A sum for each source costs less than one for each key does, and leaves few rows over.
std::string sources_sql(const ScanRule& rule, const ScanSpan& span) {
  const std::int64_t from_hour = span.judged_to ? span.read_from_hour : span.from_day * kHoursPerDay;
  const std::int64_t to_hour = span.to_day * kHoursPerDay;
  const std::string end = number(to_hour * kSecondsPerHour);
  return "SELECT src FROM flows WHERE ip_version = 4 AND class IN (1, 3, 4) AND hour >= " + hour_literal(from_hour) + " AND hour < " +
         hour_literal(to_hour) + " GROUP BY src HAVING sum(bit_count(dst_bits)) >= " + std::to_string(fewest_bits(rule.destinations)) +
         " OR (CAST(epoch(max(hour)) AS BIGINT) + 3600 >= " + end +
         " - (SELECT max(timeout) FROM sensors) AND CAST(epoch(min(hour)) AS BIGINT) < " + end +
         " - (SELECT min(timeout) FROM sensors)) UNION SELECT src FROM grown";
}

/// The new rows, and of before those of the hours that the timeouts reach back to, but nothing of a key whose open event is carried.
std::string seen_sql(const ScanSpan& span) {
  const std::string of_sources = " AND src IN (SELECT src FROM sources)";
  const std::string fresh = rows_sql(span.from_day * kHoursPerDay, span.to_day * kHoursPerDay, of_sources);
  if (!span.judged_to) return fresh;
  const std::int64_t judged_hour = *span.judged_to * kHoursPerDay;
  const std::string again =
      rows_sql(span.read_from_hour, judged_hour,
               " AND " + seconds_of("hour") + " + 3600 > " + number(judged_hour * kSecondsPerHour) + " - back" + of_sources);
  return fresh + " UNION ALL SELECT * FROM (" + again + ") AS again ANTI JOIN grown USING (" + std::string(kKey) + ")";
}

/// Keys that have seen enough destinations, or may have an open event to carry; all others have nothing to show. The number of destinations
/// is an upper bound here.
std::string worth_sql(const ScanRule& rule, const std::string& end) {
  const std::string columns = std::string(kKey) + ", start, stop, dst_bits, timeout";
  return "SELECT " + std::string(kKey) + " FROM (SELECT " + columns + " FROM seen UNION ALL SELECT " + columns +
         " FROM grown) AS all_seen GROUP BY " + std::string(kKey) +
         " HAVING destinations(bit_or(dst_bits), 0) >= " + number(rule.destinations) + " OR (" + end +
         " - max(stop) <= max(timeout) AND min(start) < " + end + " - min(timeout))";
}

}  // namespace

std::string scan_sizes_sql(const ScanRule& rule) {
  const std::string product = number(rule.timeout_seconds * rule.timeout_addresses) + ".0";
  return "SELECT day, sensor, max(addresses) AS addresses, greatest(" + number(rule.shortest_timeout) + ", CAST(round(" + product +
         " / max(addresses)) AS BIGINT)) AS timeout FROM sensor_days WHERE kind = 'darknet' GROUP BY day, sensor HAVING max(addresses) "
         ">= " +
         number(rule.destinations);
}

std::string scans_sql(const ScanRule& rule, const ScanSpan& span) {
  const std::string key(kKey), merged(kMerged), measures(kMeasures);
  const std::string end = number(span.to_day * kSecondsPerDay);
  std::string sql = "WITH ";
  // The flows are read three times, but nothing of their size is kept: most sources are seen once and left out before anything is looked at
  // closely.
  sql += named("sensors", sensors_sql(rule, span), kKept);
  sql += named("grown", grown_sql(span), kKept);
  sql += named("sources", sources_sql(rule, span), kKept);
  sql += named("seen", seen_sql(span), kAnew);
  sql += named("worth", worth_sql(rule, end), kKept);
  sql += named("pieces",
               "SELECT " + key + ", " + merged + " FROM seen SEMI JOIN worth USING (" + key + ") GROUP BY " + key +
                   ", piece UNION ALL SELECT " + key + ", " + measures + " FROM grown SEMI JOIN worth USING (" + key + ")",
               kAnew);
  sql +=
      named("pauses",
            "SELECT *, CASE WHEN start - lag(stop) OVER by_time > lag(timeout) OVER by_time THEN 1 ELSE 0 END AS fresh FROM pieces WINDOW "
            "by_time AS (PARTITION BY " +
                key + " ORDER BY start)",
            kAnew);
  sql += named("numbered", "SELECT *, sum(fresh) OVER (PARTITION BY " + key + " ORDER BY start) AS event FROM pauses", kAnew);
  sql += named("events", "SELECT " + key + ", " + merged + " FROM numbered GROUP BY " + key + ", event", kAnew);
  sql +=
      named("rated",
            "SELECT *, CASE WHEN stop > start THEN packets / CAST(stop - start AS DOUBLE) * 4294967296.0 / addresses ELSE 0 END AS rate, "
            "CASE WHEN " +
                end + " - stop > timeout THEN 0 ELSE 1 END AS open FROM events",
            kAnew);
  // A rate of no duration is undefined: such an event is not kept.
  sql += named("judged",
               "SELECT *, " + std::string(kPlaceParts) + ", CASE WHEN stop > start AND rate >= " + std::to_string(rule.rate) +
                   " AND destinations(dst_bits, addresses) >= " + number(rule.destinations) + " THEN 1 ELSE 0 END AS kept FROM rated",
               kAnew);
  sql.resize(sql.size() - 2);
  sql +=
      " SELECT make_timestamp(start * 1000000) AS first, names.sensor AS sensor, 4 AS ip_version, src, 0 AS src_low, protocol, port, "
      "class, "
      "make_timestamp(stop * 1000000) AS last, packets, bytes, dst_bits, facts, addresses, timeout, rate, kept, open, country, asn "
      "FROM judged JOIN (SELECT DISTINCT sensor, id FROM sensors) AS names ON names.id = judged.id "
      "WHERE (open = 1 AND (kept = 1 OR start < " +
      end + " - timeout)) OR (open = 0 AND kept = 1";
  // What had ended by then was written by the pass before.
  if (span.judged_to) sql += " AND " + number(*span.judged_to * kSecondsPerDay) + " - stop <= timeout";
  return sql + ")";
}

}  // namespace nightjar
