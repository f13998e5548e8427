#include "cli/hosts_lists.hpp"

#include <utility>

#include "base/time.hpp"
#include "figure/values.hpp"

namespace nightjar::cli {
namespace {

OutputColumn text(const std::string& name, std::size_t widest = 0) { return {name, false, false, 0, widest}; }
OutputColumn number(const std::string& name) { return {name, true, true, 0, 0}; }
OutputColumn plain(const std::string& name) { return {name, true, false, 0, 0}; }

std::string day_literal(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

/// A block that an attack on a whole prefix names: the host's own /24 or /48.
std::string carpet_over(const HostQuestion& question) {
  const bool four = question.prefix.first.version == 4;
  const std::uint64_t carpet =
      four ? question.prefix.first.high & ~std::uint64_t{0xff} : question.prefix.first.high & ~std::uint64_t{0xffff};
  return "(prefix_length = " + std::string(four ? "24" : "48") + " AND ip_version = " + (four ? "4" : "6") +
         " AND src = " + std::to_string(carpet) + ")";
}

/// An empty list; the page leaves the columns `left_out` to the JSON.
HostList list_of(std::string name, std::string title, std::vector<OutputColumn> columns, std::vector<std::string> left_out = {}) {
  return {std::move(name), std::move(title), std::move(columns), {}, 0, std::move(left_out)};
}

using Queries = std::vector<HostListQuery>;

constexpr const char* kFlowsTimes = "min(@after(hour, \"first\")) AS m_first, max(@after(hour, \"first\" + span)) AS m_last";
constexpr const char* kMinutesTimes = "min(@after_ms(minute, first_ms)) AS m_first, max(@after_ms(minute, last_ms)) AS m_last";
/// Of backscatter the port is its own, not one that it asked.
constexpr const char* kPortsAsked = "count(DISTINCT CASE WHEN class <> 2 THEN protocol * 65536 + port END) AS m_ports";

/// What it sent.
void add_traffic(const HostQuestion& question, Queries& all) {
  const std::string flows = " FROM flows WHERE " + host_condition(question, "hour"), times = kFlowsTimes, ports = kPortsAsked;
  all.push_back({list_of("days", "days (UTC), the newest first",
                         {text("day"), number("packets"), number("ports"), number("sensors"), number("hosts")}),
                 "SELECT @day(hour, 0) AS m_day, sum(packets) AS m_packets, " + ports +
                     ", count(DISTINCT sensor) AS m_sensors, @hosts(src) AS m_hosts" + flows + " GROUP BY @day(hour, 0)",
                 "m_day DESC"});
  if (!question.single()) {
    all.push_back({list_of("sources", "sources", {text("source"), number("packets"), number("ports"), text("first"), text("last")}),
                   "SELECT @ip(src, 0) AS m_source, sum(packets) AS m_packets, " + ports + ", " + times + flows + " GROUP BY src",
                   "m_packets DESC, m_source"});
    all.push_back({list_of("networks", "networks", {text("country"), plain("asn"), number("hosts"), number("packets")}),
                   "SELECT country, asn, @hosts(src) AS m_hosts, sum(packets) AS m_packets" + flows + " GROUP BY country, asn",
                   "m_packets DESC, country, asn"});
  }
  all.push_back(
      {list_of("ports", "ports",
               {plain("port"), text("protocol"), text("class"), number("packets"), number("hosts"), text("first"), text("last")}),
       "SELECT port, @protocol_name(protocol) AS m_protocol, @class_name(class) AS m_class, sum(packets) AS m_packets, @hosts(src) "
       "AS m_hosts, " +
           times + flows + " GROUP BY protocol, port, class",
       "m_packets DESC, m_protocol, port, m_class"});
  all.push_back({list_of("classes", "classes", {text("class"), number("packets"), number("hosts")}),
                 "SELECT @class_name(class) AS m_class, sum(packets) AS m_packets, @hosts(src) AS m_hosts" + flows + " GROUP BY class",
                 "m_packets DESC, m_class"});
  all.push_back(
      {list_of("windows", "TCP windows of its SYNs", {plain("window"), number("packets"), number("hosts")}),
       "SELECT window, sum(packets) AS m_packets, @hosts(src) AS m_hosts" + flows + " AND class = 1 AND protocol = 6 GROUP BY window",
       "m_packets DESC, window"});
  all.push_back({list_of("sensors", "sensors", {text("sensor", 30), number("packets"), text("first"), text("last")}),
                 "SELECT sensor, sum(packets) AS m_packets, " + times + flows + " GROUP BY sensor", "m_packets DESC, sensor"});
}

/// How many lines a text of `sessions` has.
std::string lines_sql(const std::string& column) {
  return "length(" + column + ") - length(replace(" + column + ", chr(10), '')) + CASE WHEN " + column + " = '' THEN 0 ELSE 1 END AS m_" +
         column;
}

/// What it did at honeypots.
void add_conversations(const HostQuestion& question, Queries& all) {
  const std::string sessions = " FROM sessions WHERE " + host_condition(question, "\"first\"");
  all.push_back({list_of("sessions", "sessions with honeypots, the newest first",
                         {text("time"), text("source"), plain("port"), text("sensor", 14), number("bytes"), number("logins"),
                          number("commands"), text("tags", 40), text("payload", 12)},
                         {"sensor", "payload"}),
                 "SELECT \"first\" AS m_time, @ip(src, 0) AS m_source, port, sensor, bytes, " + lines_sql("logins") + ", " +
                     lines_sql("commands") + ", tags, payload" + sessions,
                 "m_time DESC, m_source, port"});
  all.push_back({list_of("logins", "logins tried", {text("user", 30), text("password", 30), number("tries")}),
                 "SELECT @field(m_line, 1) AS m_user, @field(m_line, 2) AS m_password, count(*) AS m_tries FROM (SELECT @lines(logins) AS "
                 "m_line" +
                     sessions + ") GROUP BY @field(m_line, 1), @field(m_line, 2)",
                 "m_tries DESC, m_user, m_password"});
  all.push_back({list_of("commands", "commands typed", {text("command", 70), number("times")}),
                 "SELECT m_line, count(*) AS m_times FROM (SELECT @lines(commands) AS m_line" + sessions + ") GROUP BY m_line",
                 "m_times DESC, m_line"});
  all.push_back({list_of("tags", "signatures that its conversations match", {text("tag", 60), number("sessions")}),
                 "SELECT m_tag, count(*) AS m_sessions FROM (SELECT @words(tags) AS m_tag" + sessions + ") GROUP BY m_tag",
                 "m_sessions DESC, m_tag"});
  all.push_back({list_of("payloads", "payloads that it brought, the newest first",
                         {text("sha256", 15), number("sessions"), text("first"), text("last"), text("tags", 40)}),
                 "SELECT m_sha, sum(m_one) AS m_sessions, min(m_time) AS m_first, max(m_time) AS m_last, max(m_tags) AS m_all_tags FROM "
                 "(SELECT payload AS m_sha, 1 AS m_one, \"first\" AS m_time, tags AS m_tags" +
                     sessions + " AND payload <> '' UNION ALL SELECT sha256, 0, \"first\", tags FROM payloads WHERE " +
                     host_condition(question, "\"first\"") + ") GROUP BY m_sha",
                 "m_last DESC, m_sha"});
}

/// What was done to it.
void add_victim(const HostQuestion& question, Queries& all) {
  const std::string minutes = host_condition(question, "minute"), times = kMinutesTimes;
  all.push_back(
      {list_of("backscatter", "answers of a victim (backscatter)",
               {plain("port"), text("protocol"), number("packets"), number("minutes"), number("sensors"), text("first"), text("last")}),
       "SELECT port, @protocol_name(protocol) AS m_protocol, sum(packets) AS m_packets, count(DISTINCT minute) AS m_minutes, "
       "count(DISTINCT sensor) AS m_sensors, " +
           times + " FROM backscatter WHERE " + minutes + " GROUP BY protocol, port",
       "m_packets DESC, m_protocol, port"});
  all.push_back({list_of("requests", "requests to reflectors in its name",
                         {text("service"), plain("port"), number("packets"), number("sensors"), text("first"), text("last")}),
                 "SELECT service, port, sum(packets) AS m_packets, count(DISTINCT sensor) AS m_sensors, " + times +
                     " FROM requests WHERE packets > 0 AND " + minutes + " GROUP BY service, port",
                 "m_packets DESC, service, port"});
  all.push_back({list_of("attacks", "attacks on it, by all definitions, the newest first",
                         {text("id"), text("definition", 14), text("kind", 13), text("services", 20), text("first"), number("seconds"),
                          number("packets")},
                         {"seconds"}),
                 "SELECT id, definition, kind, CASE WHEN service <> '' THEN service WHEN port <> 0 THEN @text(port) || '/' || "
                 "@protocol_name(protocol) ELSE @protocol_name(protocol) END AS m_services, \"first\" AS m_first, "
                 "@milliseconds(\"first\", \"last\") / 1000.0 AS m_seconds, packets FROM attacks WHERE (@prefix(src, src_low, '" +
                     format(question.prefix) + "') OR " + carpet_over(question) + ") AND " +
                     days_condition(question, "\"first\"", "\"last\""),
                 "m_first DESC, definition, id", true});
}

/// What detection says of it as a scanner.
void add_scans(const HostQuestion& question, Queries& all) {
  const std::string of_it = "@prefix(src, src_low, '" + format(question.prefix) + "') AND ";
  all.push_back(
      {list_of("scans", "scan events, the newest first",
               {plain("port"),
                text("protocol"),
                text("first"),
                text("last"),
                number("packets"),
                {"rate", true, true, 1, 0},
                text("sensor", 14)}),
       "SELECT port, @protocol_name(protocol) AS m_protocol, \"first\" AS m_first, \"last\" AS m_last, packets, rate, sensor FROM "
       "scans WHERE kept = 1 AND " +
           of_it + days_condition(question, "\"first\"", "\"last\""),
       "m_first DESC, packets DESC, m_protocol, port, sensor", true});
  std::string days = "1 = 1";
  if (question.from_day) days += " AND day >= @date('" + format_day(*question.from_day) + "')";
  if (question.to_day) days += " AND day < @date('" + format_day(*question.to_day) + "')";
  all.push_back({list_of("scanner_days", "days on which it asked more than 10 ports, the newest first",
                         {text("day"), number("hosts"), number("ports"), number("packets"), text("survey")}),
                 // Several rules may have judged a day: a source counts once.
                 "SELECT m_day, @hosts(m_src) AS m_hosts, max(m_asked) AS m_ports, sum(m_sent) AS m_packets, CASE WHEN max(m_survey) = 1 "
                 "THEN 'yes' ELSE 'no' END AS m_surveys FROM (SELECT day AS m_day, src AS m_src, max(ports) AS m_asked, max(packets) AS "
                 "m_sent, max(survey) AS m_survey FROM scanner_days WHERE " +
                     of_it + days + " GROUP BY day, src) GROUP BY m_day",
                 "m_day DESC", true});
}

}  // namespace

std::string days_condition(const HostQuestion& question, const std::string& from_column, const std::string& to_column) {
  std::string where = "1 = 1";
  if (question.from_day) where += " AND " + to_column + " >= " + day_literal(*question.from_day);
  if (question.to_day) where += " AND " + from_column + " < " + day_literal(*question.to_day);
  return where;
}

std::string host_condition(const HostQuestion& question, const std::string& time) {
  return "@prefix(src, src_low, '" + format(question.prefix) + "') AND " + days_condition(question, time, time);
}

std::vector<HostListQuery> host_list_queries(const HostQuestion& question) {
  Queries all;
  add_traffic(question, all);
  add_conversations(question, all);
  add_victim(question, all);
  add_scans(question, all);
  return all;
}

Result<HostList> ask_list(QuerySession& session, HostListQuery query, std::size_t top) {
  auto answer = session.run(query.sql + " ORDER BY " + query.order + " LIMIT " + std::to_string(top));
  if (!answer) return answer.error();
  HostList list = std::move(query.list);
  list.rows = std::move(answer->rows);
  list.total = list.rows.size();
  if (list.rows.size() < top) return list;
  auto count = session.run("SELECT count(*) AS m_rows FROM (" + query.sql + ")");
  if (!count) return count.error();
  list.total = NamedRows(*count).number(0, "m_rows");
  return list;
}

}  // namespace nightjar::cli
