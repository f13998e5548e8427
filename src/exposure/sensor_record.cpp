#include "exposure/sensor_record.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "store/sql_text.hpp"

namespace nightjar {
namespace {

/// Fewer single packets tell nothing.
constexpr std::uint64_t kFewestSeen = 50;
/// About so many packets of a day are looked at for twins.
constexpr std::uint64_t kPacketsRead = 2'000'000;

std::string day_time(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

std::string within(std::int64_t from_day, std::int64_t to_day) {
  return "minute >= " + day_time(from_day) + " AND minute < " + day_time(to_day) + " AND packets > 0";
}

/// Minutes since 1970 as a number, `unit` of them as one.
std::string number_of_minute(const std::string& minute, std::int64_t unit = 1) {
  return "@div(@milliseconds(@time('1970-01-01T00:00:00Z'), " + minute + "), " + std::to_string(unit * kSecondsPerMinute * 1000) + ")";
}

/// The longest stretch of an hour's parts in which no pause of `shortest` minutes can hide.
std::int64_t stretch_minutes(double shortest) {
  for (const std::int64_t minutes : {60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2})
    if (static_cast<double>(minutes) <= shortest) return minutes;
  return 1;
}

Result<void> read_days(QuerySession& session, SensorRecords& records) {
  auto answer = session.run(
      "SELECT sensor, @day(day, 0) AS m_day, max(addresses) AS m_addresses, sum(packets) AS m_packets, sum(kernel_drops) AS m_drops, "
      "sum(clock_steps) AS m_steps FROM sensor_days WHERE kind = 'darknet' GROUP BY sensor, m_day ORDER BY sensor, m_day");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = rows.text(i, "sensor");
    if (records.darknets.empty() || records.darknets.back().name != name) {
      records.darknets.emplace_back();
      records.darknets.back().name = name;
    }
    auto day = parse_day(rows.text(i, "m_day"));
    if (!day) return day.error();
    records.darknets.back().days[*day] = {rows.number(i, "m_addresses"), rows.number(i, "m_packets"), rows.number(i, "m_drops"),
                                          rows.number(i, "m_steps")};
  }
  return {};
}

Result<void> read_end(QuerySession& session, SensorRecords& records, std::int64_t from_day, std::int64_t to_day) {
  auto later = session.run("SELECT count(*) AS m_days FROM sensor_days WHERE day >= @date('" + format_day(to_day) + "')");
  if (!later) return later.error();
  records.end = to_day * kMinutesPerDay;
  if (NamedRows(*later).number(0, "m_days") > 0) return {};
  auto last = session.run("SELECT count(*) AS m_rows, max(" + number_of_minute("minute") + ") AS m_last FROM minutes WHERE " +
                          within(from_day, to_day));
  if (!last) return last.error();
  const NamedRows row(*last);
  records.end = row.number(0, "m_rows") == 0 ? from_day * kMinutesPerDay : static_cast<std::int64_t>(row.number(0, "m_last")) + 1;
  return {};
}

/// When the sensor's data of days before `from_day` end.
Result<std::optional<std::int64_t>> earlier_end(QuerySession& session, const SensorRecord& record, std::int64_t from_day) {
  std::optional<std::int64_t> day;
  for (const auto& [one, what] : record.days)
    if (one < from_day && what.packets > 0) day = one;
  if (!day) return std::optional<std::int64_t>();
  auto last = session.run("SELECT count(*) AS m_rows, max(" + number_of_minute("minute") +
                          ") AS m_last FROM minutes WHERE sensor = " + sql_literal(record.name) + " AND " + within(*day, *day + 1));
  if (!last) return last.error();
  const NamedRows row(*last);
  // A session that shows later days only: by the day then.
  if (row.number(0, "m_rows") == 0) return std::optional((*day + 1) * kMinutesPerDay);
  return std::optional(static_cast<std::int64_t>(row.number(0, "m_last")) + 1);
}

}  // namespace

Result<SensorRecords> read_sensor_records(QuerySession& session, std::int64_t from_day, std::int64_t to_day, double shortest) {
  SensorRecords records;
  records.begin = from_day * kMinutesPerDay;
  if (auto done = read_days(session, records); !done) return done.error();
  if (records.darknets.empty()) return records;
  if (auto done = read_end(session, records, from_day, to_day); !done) return done.error();
  const std::int64_t unit = stretch_minutes(shortest);
  std::string names;
  for (const SensorRecord& record : records.darknets) names += (names.empty() ? "sensor IN (" : ", ") + sql_literal(record.name);
  names += ")";
  auto answer =
      session.run("SELECT sensor, m_unit, min(m_at) AS m_first, max(m_at) AS m_last, count(*) AS m_active FROM (SELECT sensor, " +
                  number_of_minute("minute", unit) + " AS m_unit, " + number_of_minute("minute") + " AS m_at FROM minutes WHERE " + names +
                  " AND " + within(from_day, to_day) + " GROUP BY sensor, m_unit, m_at) GROUP BY sensor, m_unit ORDER BY sensor, m_unit");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = rows.text(i, "sensor");
    const auto record = std::ranges::find(records.darknets, name, &SensorRecord::name);
    if (record == records.darknets.end()) continue;
    record->stretches.push_back({static_cast<std::int64_t>(rows.number(i, "m_first")), static_cast<std::int64_t>(rows.number(i, "m_last")),
                                 static_cast<std::int64_t>(rows.number(i, "m_active"))});
  }
  for (SensorRecord& record : records.darknets) {
    auto end = earlier_end(session, record, from_day);
    if (!end) return end.error();
    record.earlier_end = *end;
  }
  return records;
}

Result<std::optional<double>> twin_share(QuerySession& session, const std::string& sensor, std::int64_t day, std::uint64_t packets) {
  const std::uint64_t nth = 1 + packets / kPacketsRead;
  // Rows of one key add up: those of two batches are looked at together.
  auto answer = session.run(
      "SELECT count(*) AS m_seen, sum(CASE WHEN m_packets = 2 THEN 1 ELSE 0 END) AS m_twice FROM (SELECT sum(packets) AS m_packets, "
      "min(\"first\") AS m_first, max(CAST(\"first\" AS BIGINT) + span) AS m_last, bit_or(dst_bits) AS m_bits FROM flows WHERE sensor = " +
      sql_literal(sensor) + " AND hour >= " + day_time(day) + " AND hour < " + day_time(day + 1) +
      (nth > 1 ? " AND hash(src) % CAST(" + std::to_string(nth) + " AS UBIGINT) = 0" : "") +
      " GROUP BY hour, ip_version, src, src_low, protocol, port, class, facts, \"window\") WHERE m_packets = 1 OR (m_packets = 2 AND "
      "m_last = m_first AND bit_count(m_bits) = 1)");
  if (!answer) return answer.error();
  const NamedRows row(*answer);
  const std::uint64_t seen = row.number(0, "m_seen");
  if (seen < kFewestSeen) return std::optional<double>();
  return std::optional(static_cast<double>(row.number(0, "m_twice")) / static_cast<double>(seen));
}

}  // namespace nightjar
