#include <algorithm>

#include "base/time.hpp"
#include "cli/evidence_subject.hpp"
#include "cli/hosts_lists.hpp"
#include "figure/values.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar::cli {

Result<HostList> host_fingerprints(QuerySession& session, const HostQuestion& question) {
  HostList list;
  list.name = "fingerprints";
  list.title = "fingerprints of its SYNs";
  list.columns = {{"fingerprint", false, false, 0, 0}, {"packets", true, true, 0, 0}, {"hosts", true, true, 0, 0}};
  std::string sql;
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) {
    const std::string rule = "@fingerprint(" + std::string(fingerprint.name) + ")";
    sql += std::string(sql.empty() ? "SELECT " : ", ") + "sum(CASE WHEN " + rule + " THEN packets ELSE 0 END), @hosts(CASE WHEN " + rule +
           " THEN src END)";
  }
  auto answer = session.run(sql + " FROM flows WHERE " + host_condition(question, "hour"));
  if (!answer) return answer.error();
  std::size_t at = 0;
  for (const Fingerprint& fingerprint : fingerprint_catalogue()) {
    const Value packets = answer->rows.front()[at++], hosts = answer->rows.front()[at++];
    if (number_of(packets) > 0) list.rows.push_back({std::string(fingerprint.name), packets, hosts});
  }
  std::ranges::stable_sort(list.rows, [](const auto& a, const auto& b) { return number_of(a[1]) > number_of(b[1]); });
  list.total = list.rows.size();
  return list;
}

Result<HostList> host_incidents(QuerySession& session, const HostQuestion& question, std::vector<std::string>& remarks) {
  HostList list;
  list.name = "incidents";
  list.title = "incidents that it took part in, the newest first";
  list.columns = {{"id", false, false, 0, 0},    {"kind", false, false, 0, 0},  {"about", false, false, 0, 12},
                  {"onset", false, false, 0, 0}, {"packets", true, true, 0, 0}, {"cause", false, false, 0, 60}};
  std::string where = "rules = 'default' AND population <> '' AND " + days_condition(question, "onset", "\"end\"");
  auto answer =
      session.run("SELECT id, kind, protocol, port, country, onset, \"end\" AS m_end, population, cause_en FROM incidents WHERE " + where +
                  " ORDER BY onset DESC, id LIMIT " + std::to_string(kMostIncidents + 1));
  if (!answer) return answer.error();
  auto others = session.run("SELECT count(*) AS m_incidents FROM incidents WHERE rules <> 'default'");
  if (!others) return others.error();
  if (NamedRows(*others).number(0, "m_incidents") > 0)
    remarks.push_back("incidents are those of the rules \"default\"; the lake holds some of other rules besides");
  const auto sensors = sensors_by_kind(session);
  if (!sensors) return sensors.error();
  const NamedRows rows(*answer);
  if (rows.size() > kMostIncidents)
    remarks.push_back("only the newest " + std::to_string(kMostIncidents) + " incidents were looked at; --from and --to choose others");
  for (std::size_t i = 0; i < std::min(rows.size(), kMostIncidents); ++i) {
    const auto subject = incident_subject(rows, i, rows.text(i, "id"), *sensors);
    if (!subject) continue;  // not about traffic
    const std::string time = time_column(subject->table);
    auto sums =
        session.run("SELECT sum(packets) AS m_packets FROM " + std::string(schema_of(subject->table).name) + " WHERE " +
                    host_condition(question, time) + " AND " + time + " >= @time('" + format_second(second_of(subject->from_ns)) +
                    "') AND " + time + " < @time('" + format_second(second_of(subject->to_ns)) + "') AND (" + subject->condition + ")");
    if (!sums) return sums.error();
    const std::uint64_t packets = NamedRows(*sums).number(0, "m_packets");
    if (packets == 0) continue;
    list.rows.push_back(
        {rows.text(i, "id"), rows.text(i, "kind"), subject->about, rows.text(i, "onset"), packets, rows.text(i, "cause_en")});
  }
  list.total = list.rows.size();
  return list;
}

}  // namespace nightjar::cli
