#include "detect/scanner_days.hpp"

#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "store/derived_parts.hpp"
#include "store/query.hpp"

namespace nightjar {
namespace {

/// Days are judged together and become one commit up to so many, and so many rows of flows.
constexpr std::size_t kDaysAtOnce = 32;
constexpr std::uint64_t kRowsAtOnce = 10'000'000;

/// A day, with what its flows are.
using Day = std::pair<std::int64_t, std::string>;

/// A port counts once for each protocol. IPv6 sources are hosts, a /64. The inner grouping is by what the rows are sorted by; sources with
/// few rows on a day cannot have many ports and are left out before it.
std::string rows_sql(std::int64_t from_day, std::int64_t to_day, const SurveyRule& rule) {
  const std::string few = std::to_string(kFewPorts);
  const std::string asking =
      "((protocol = 6 AND class = 1) OR (protocol = 17 AND class = 3)) AND sensor IN (SELECT sensor FROM sensor_days WHERE kind = "
      "'darknet') "
      "AND hour >= @time('" +
      format_second(from_day * kSecondsPerDay) + "') AND hour < @time('" + format_second(to_day * kSecondsPerDay) + "')";
  // NULL, and so no survey scanner, where any size is unknown.
  const std::string sizes =
      "(SELECT day, CASE WHEN min(m_addresses) > 0 THEN sum(m_addresses) END AS m_observed FROM (SELECT day, sensor, max(addresses) AS "
      "m_addresses FROM sensor_days WHERE kind = 'darknet' GROUP BY day, sensor) AS sensors GROUP BY day) AS sizes";
  const std::string asked =
      "(SELECT CAST(hour AS DATE) AS m_day, ip_version, src, protocol, port, sum(packets) AS m_packets, max(country) AS m_country, "
      "max(asn) "
      "AS m_asn FROM flows WHERE " +
      asking + " AND (src, CAST(hour AS DATE)) IN (SELECT src, CAST(hour AS DATE) FROM flows WHERE " + asking +
      " GROUP BY src, CAST(hour AS DATE) HAVING count(*) > " + few + ") GROUP BY m_day, ip_version, src, protocol, port) AS asked";
  return "SELECT m_day AS day, ip_version, src, 0 AS src_low, count(*) AS ports, sum(m_packets) AS packets, CASE WHEN count(*) >= " +
         std::to_string(rule.survey_ports) + " AND CAST(sum(m_packets) AS DOUBLE) * " + std::to_string(rule.survey_addresses) +
         " >= " + std::to_string(rule.survey_packets) +
         ".0 * max(m_observed) THEN 1 ELSE 0 END AS survey, max(m_country) AS country, max(m_asn) AS asn FROM " + asked + " LEFT JOIN " +
         sizes + " ON sizes.day = m_day GROUP BY m_day, ip_version, src HAVING count(*) > " + few;
}

/// Days of the version that lack rows, with what their flows are.
std::vector<Day> missing_days(const LakeVersion& version, std::int64_t from_day, std::int64_t to_day, const ScannerDaysOptions& options) {
  const auto flows = flows_by_day(version);
  const std::string rule = options.rule.text();
  std::set<std::int64_t> made;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::scanner_days || (made_by(file) != rule && !options.keep_other_rules)) continue;
    const auto day = flows.find(file.day);
    if (day != flows.end() && day->second == made_from(file)) made.insert(file.day);
  }
  std::vector<Day> missing;
  for (auto day = flows.lower_bound(from_day); day != flows.end() && day->first < to_day; ++day) {
    if (!made.contains(day->first)) missing.emplace_back(*day);
  }
  return missing;
}

/// The days in groups that are judged together: none that is not missing lies between two of a group.
std::vector<std::vector<Day>> groups_of(const LakeVersion& version, const std::vector<Day>& missing) {
  std::map<std::int64_t, std::uint64_t> rows;
  for (const LakeFile& file : version.files)
    if (file.table == Table::flows) rows[file.day] += file.rows;
  std::vector<std::vector<Day>> groups;
  std::uint64_t together = 0;
  for (const Day& day : missing) {
    together += rows[day.first];
    const bool next_to = !groups.empty() && std::next(rows.find(groups.back().back().first))->first == day.first;
    if (!next_to || groups.back().size() == kDaysAtOnce || together > kRowsAtOnce) {
      groups.emplace_back();
      together = rows[day.first];
    }
    groups.back().push_back(day);
  }
  return groups;
}

Result<std::vector<LakeFile>> make_days(const std::shared_ptr<const Snapshot>& snapshot, const Writer& writer, const std::vector<Day>& days,
                                        const ScannerDaysOptions& options) {
  QueryOptions limits;
  limits.threads = options.threads;
  limits.memory_bytes = options.memory_bytes;
  limits.from_day = days.front().first;
  limits.to_day = days.back().first + 1;
  DerivedParts parts{rows_sql(limits.from_day, limits.to_day, options.rule), {}};
  for (const auto& [day, flows] : days) {
    DerivedRows rows;
    rows.table = Table::scanner_days;
    rows.day = day;
    rows.made_by = options.rule.text();
    rows.made_from = flows;
    rows.sql = "SELECT * FROM derived WHERE day = @date('" + format_day(day) + "')";
    for (const LakeFile& file : snapshot->version().files) rows.modelled |= file.modelled && file.table == Table::flows && file.day == day;
    parts.files.push_back(std::move(rows));
  }
  return write_derived_parts(snapshot, writer, limits, parts);
}

}  // namespace

std::string SurveyRule::text() const {
  return "at least " + with_thousands(survey_ports) + " ports and " + with_thousands(survey_packets) + " packets a day for " +
         with_thousands(survey_addresses) + " addresses (unverified)";
}

Result<std::size_t> ensure_scanner_days(Lake& lake, std::int64_t from_day, std::int64_t to_day, const ScannerDaysOptions& options) {
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const auto missing = missing_days((*snapshot)->version(), from_day, to_day, options);
  std::size_t made = 0;
  if (missing.empty()) return made;
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  for (const std::vector<Day>& days : groups_of((*snapshot)->version(), missing)) {
    if (options.on_day) options.on_day(days.front().first);
    auto files = make_days(*snapshot, *writer, days, options);
    if (!files) return files.error();
    Change change;
    for (const LakeFile& old : (*snapshot)->version().files)
      if (old.table == Table::scanner_days && old.day >= days.front().first && old.day <= days.back().first)
        change.removed.push_back(old.path);
    change.added = *std::move(files);
    auto committed = lake.commit(*writer, std::move(change));
    if (!committed && !committed.error().sentence.starts_with("Conflict")) return committed.error();
    if (committed) made += days.size();
  }
  return made;
}

}  // namespace nightjar
