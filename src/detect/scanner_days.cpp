#include "detect/scanner_days.hpp"

#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "store/derived_rows.hpp"
#include "store/query.hpp"

namespace nightjar {
namespace {

/// So many days become one commit: a commit reads and writes the list of all files.
constexpr std::size_t kDaysPerCommit = 32;

/// A port counts once for each protocol. IPv6 sources are hosts, a /64. The inner grouping is by what the rows are sorted by; sources with
/// few rows cannot have many ports and are left out before it.
std::string rows_sql(std::int64_t day, const SurveyRule& rule) {
  const std::string date = "DATE '" + format_day(day) + "'";
  const std::string asking =
      "((protocol = 6 AND class = 1) OR (protocol = 17 AND class = 3)) AND sensor IN (SELECT sensor FROM sensor_days WHERE kind = "
      "'darknet')";
  // NULL, and so no survey scanner, where any size is unknown.
  const std::string addresses =
      "(SELECT CASE WHEN min(addresses) > 0 THEN sum(addresses) END FROM (SELECT sensor, max(addresses) AS "
      "addresses FROM sensor_days WHERE kind = 'darknet' AND day = " +
      date + " GROUP BY sensor) AS sizes)";
  return "SELECT " + date + " AS day, ip_version, src, 0 AS src_low, count(*) AS ports, sum(m_packets) AS packets, CASE WHEN count(*) >= " +
         std::to_string(rule.survey_ports) + " AND CAST(sum(m_packets) AS DOUBLE) * " + std::to_string(rule.survey_addresses) +
         " >= " + std::to_string(rule.survey_packets) + ".0 * " + addresses +
         " THEN 1 ELSE 0 END AS survey, max(m_country) AS country, max(m_asn) AS asn FROM (SELECT ip_version, src, protocol, port, "
         "sum(packets) AS m_packets, max(country) AS m_country, max(asn) AS m_asn FROM flows WHERE " +
         asking + " AND src IN (SELECT src FROM flows WHERE " + asking + " GROUP BY src HAVING count(*) > " + std::to_string(kFewPorts) +
         ") GROUP BY ip_version, src, protocol, port) AS asked GROUP BY ip_version, src HAVING count(*) > " + std::to_string(kFewPorts);
}

/// Days of the version that lack rows, with what their flows are.
std::vector<std::pair<std::int64_t, std::string>> missing_days(const LakeVersion& version, std::int64_t from_day, std::int64_t to_day,
                                                               const ScannerDaysOptions& options) {
  const auto flows = flows_by_day(version);
  const std::string rule = options.rule.text();
  std::set<std::int64_t> made;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::scanner_days || (made_by(file) != rule && !options.keep_other_rules)) continue;
    const auto day = flows.find(file.day);
    if (day != flows.end() && day->second == made_from(file)) made.insert(file.day);
  }
  std::vector<std::pair<std::int64_t, std::string>> missing;
  for (auto day = flows.lower_bound(from_day); day != flows.end() && day->first < to_day; ++day) {
    if (!made.contains(day->first)) missing.emplace_back(*day);
  }
  return missing;
}

Result<LakeFile> make_day(const std::shared_ptr<const Snapshot>& snapshot, const Writer& writer, std::int64_t day, const std::string& flows,
                          const ScannerDaysOptions& options) {
  QueryOptions limits;
  limits.threads = options.threads;
  limits.memory_bytes = options.memory_bytes;
  limits.from_day = day;
  limits.to_day = day + 1;
  auto session = QuerySession::open(snapshot, limits);
  if (!session) return session.error();
  DerivedRows rows;
  rows.table = Table::scanner_days;
  rows.day = day;
  rows.made_by = options.rule.text();
  rows.made_from = flows;
  rows.sql = rows_sql(day, options.rule);
  for (const LakeFile& file : snapshot->version().files) rows.modelled |= file.modelled && file.table == Table::flows && file.day == day;
  return write_derived_rows(**session, writer, rows);
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
  Change change;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const auto& [day, flows] = missing[i];
    if (options.on_day) options.on_day(day);
    auto file = make_day(*snapshot, *writer, day, flows, options);
    if (!file) return file.error();
    for (const LakeFile& old : (*snapshot)->version().files) {
      if (old.table == Table::scanner_days && old.day == day) change.removed.push_back(old.path);
    }
    change.added.push_back(*std::move(file));
    if (change.added.size() < kDaysPerCommit && i + 1 < missing.size()) continue;
    const std::size_t days = change.added.size();
    auto committed = lake.commit(*writer, std::exchange(change, Change{}));
    if (!committed && !committed.error().sentence.starts_with("Conflict")) return committed.error();
    if (committed) made += days;
  }
  return made;
}

}  // namespace nightjar
