#include "cli/hosts_query.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "cli/hosts_lists.hpp"
#include "figure/values.hpp"

namespace nightjar::cli {
namespace {

/// Of the whole lake, or of the days of the question: of tables by day of what happened the other files need not be opened.
Result<std::unique_ptr<QuerySession>> open(const std::shared_ptr<const Snapshot>& snapshot, const HostQuestion& question, bool days_only) {
  QueryOptions options;
  if (days_only && question.from_day) options.from_day = *question.from_day;
  if (days_only && question.to_day) options.to_day = *question.to_day;
  return QuerySession::open(snapshot, options);
}

Result<void> ask_totals(QuerySession& session, const HostQuestion& question, HostFound& found) {
  auto answer = session.run(
      "SELECT @hosts(src) AS m_hosts, sum(packets) AS m_packets, sum(bytes) AS m_bytes, count(DISTINCT @day(hour, 0)) AS m_days, "
      "count(DISTINCT CASE WHEN class <> 2 THEN protocol * 65536 + port END) AS m_ports, count(DISTINCT sensor) AS m_sensors, "
      "min(@after(hour, \"first\")) AS m_first, max(@after(hour, \"first\" + span)) AS m_last FROM flows WHERE " +
      host_condition(question, "hour"));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  found.hosts = rows.number(0, "m_hosts");
  found.packets = rows.number(0, "m_packets");
  found.bytes = rows.number(0, "m_bytes");
  found.days = rows.number(0, "m_days");
  found.ports = rows.number(0, "m_ports");
  found.sensors = rows.number(0, "m_sensors");
  found.first = rows.text(0, "m_first");
  found.last = rows.text(0, "m_last");
  return {};
}

/// Country and network of most of its packets: that it sent, or else that others sent because of it.
Result<void> ask_origin(QuerySession& session, const HostQuestion& question, HostFound& found) {
  for (const auto& [table, time] : {std::pair("flows", "hour"), std::pair("backscatter", "minute"), std::pair("requests", "minute")}) {
    auto answer = session.run(std::string("SELECT country, asn, sum(packets) AS m_packets FROM ") + table + " WHERE " +
                              host_condition(question, time) + " GROUP BY country, asn ORDER BY m_packets DESC, country, asn LIMIT 1");
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    if (rows.size() == 0) continue;
    found.country = rows.text(0, "country");
    found.asn = rows.number(0, "asn");
    return {};
  }
  return {};
}

}  // namespace

bool HostFound::known() const {
  return packets > 0 || std::ranges::any_of(lists, [](const HostList& list) { return !list.rows.empty(); });
}

Result<HostFound> ask_host(const std::shared_ptr<const Snapshot>& snapshot, const HostQuestion& question,
                           const std::function<std::string(std::uint64_t asn)>& as_name) {
  auto session = open(snapshot, question, true), whole = open(snapshot, question, false);
  if (!session) return session.error();
  if (!whole) return whole.error();
  HostFound found;
  if (auto asked = ask_totals(**session, question, found); !asked) return asked.error();
  if (auto asked = ask_origin(**session, question, found); !asked) return asked.error();
  if (found.asn != 0) found.as_name = as_name(found.asn);
  for (HostListQuery& query : host_list_queries(question)) {
    // Who sent nothing is in no row of flows; the other tables may know it as a victim.
    const bool of_flows = query.sql.find(" FROM flows WHERE ") != std::string::npos;
    if (of_flows && found.packets == 0) {
      found.lists.push_back(std::move(query.list));
      continue;
    }
    QuerySession& asked = query.derived ? **whole : **session;
    const bool before_ports = query.list.name == "windows";
    auto list = ask_list(asked, std::move(query), question.top);
    if (!list) return list.error();
    if (before_ports) {
      auto fingerprints = host_fingerprints(**session, question);
      if (!fingerprints) return fingerprints.error();
      found.lists.push_back(*std::move(fingerprints));
    }
    found.lists.push_back(*std::move(list));
  }
  const auto requests = std::ranges::find(found.lists, "requests", &HostList::name);
  if (requests != found.lists.end() && !requests->rows.empty())
    found.remarks.emplace_back("requests to reflectors carry the address of whom they are to hit: most likely others sent them");
  auto incidents = host_incidents(**whole, question, found.remarks);
  if (!incidents) return incidents.error();
  if (incidents->rows.size() > question.top) incidents->rows.resize(question.top);
  found.lists.push_back(*std::move(incidents));
  return found;
}

Result<HostRows> ask_host_rows(const std::shared_ptr<const Snapshot>& snapshot, const HostQuestion& question) {
  auto session = open(snapshot, question, true);
  if (!session) return session.error();
  auto answer = (*session)->run(
      "SELECT @day(hour, 0) AS m_day, sensor, @protocol_name(protocol) AS m_protocol, port, @class_name(class) AS m_class, sum(packets) AS "
      "m_packets, sum(bytes) AS m_bytes, @hosts(src) AS m_hosts, min(@after(hour, \"first\")) AS m_first, max(@after(hour, \"first\" + "
      "span)) "
      "AS m_last FROM flows WHERE " +
      host_condition(question, "hour") +
      " GROUP BY @day(hour, 0), sensor, protocol, port, class ORDER BY m_day, sensor, m_packets DESC, protocol, port, class");
  if (!answer) return answer.error();
  return HostRows{{"day", "sensor", "protocol", "port", "class", "packets", "bytes", "hosts", "first", "last"}, std::move(answer->rows)};
}

}  // namespace nightjar::cli
