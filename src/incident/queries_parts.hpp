#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "incident/queries.hpp"

// What statements of all kinds of incidents are made of.
namespace nightjar {

/// UTC days of times, and bounds of a table's rows: "hour >= '2017-11-23' AND hour < '2017-11-24'".
std::int64_t utc_day(std::int64_t ms);
std::string in_days(const std::string& table, std::int64_t from_day, std::int64_t to_day);
std::string on_days(const std::string& table, const std::vector<std::int64_t>& days);
/// The same of times in milliseconds since 1970.
std::string in_time(const std::string& table, std::int64_t from_ms, std::int64_t to_ms);
/// The UTC day of a row of the table: "CAST(hour AS DATE)".
std::string day_of_row(const std::string& table);
/// " AND hash(src) % ... = 0" where not every source was read.
std::string every_nth(std::uint64_t nth);
/// Conditions that all hold; empty ones are left out.
std::string all_of(const std::vector<std::string>& conditions);
/// A number as SQL reads it back exactly.
std::string number_sql(double number);
/// "of every 4th source": the note of numbers that were estimated; empty for all sources.
std::string sample_note(std::uint64_t nth);

using Queries = std::vector<NumberQuery>;

/// Of rises at a port and of daily totals, whose parts and hosts are rows of flows.
void add_rise_queries(const Incident& incident, Queries& queries);
/// Of backscatter, DRDoS attacks and payloads.
void add_attack_queries(const Incident& incident, Queries& queries);
void add_drdos_queries(const Incident& incident, Queries& queries);
void add_payload_incident_queries(const Incident& incident, Queries& queries);
/// Of sensors in trouble.
void add_sensor_queries(const Incident& incident, Queries& queries);

}  // namespace nightjar
