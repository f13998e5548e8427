#include "cli/evidence_subject.hpp"

#include <array>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "figure/filter.hpp"
#include "figure/filter_sql.hpp"
#include "incident/incident.hpp"
#include "net/address.hpp"
#include "store/sql_text.hpp"

namespace nightjar::cli {
namespace {

std::int64_t down_to(std::int64_t time_ns, std::int64_t unit) { return floor_div(time_ns, unit) * unit; }
std::int64_t up_to(std::int64_t time_ns, std::int64_t unit) { return down_to(time_ns + unit - 1, unit); }

std::string protocol_and_port(std::uint64_t protocol, std::uint64_t port) {
  const std::string name = protocol == 0 ? "" : protocol_name(static_cast<std::uint8_t>(protocol));
  if (port == 0) return name;
  return name.empty() ? std::to_string(port) : std::to_string(port) + "/" + name;
}

/// The tables whose rows may be those of an incident of this kind, the likeliest first.
std::array<Table, 3> tables_of(std::optional<IncidentKind> kind) {
  if (kind == IncidentKind::dos_victim || kind == IncidentKind::carpet_bombing) return {Table::backscatter, Table::flows, Table::requests};
  if (kind == IncidentKind::drdos) return {Table::requests, Table::flows, Table::backscatter};
  return {Table::flows, Table::backscatter, Table::requests};
}

/// Condition over `flows` for a filter that only conversations can answer (tag): what the clients of those that match sent to their ports.
Result<std::string> clients_sql(const FilterExpression& filter, std::int64_t from_ns, std::int64_t to_ns) {
  auto condition = filter_sql(filter, Table::sessions);
  if (!condition) return condition.error();
  return "protocol = 6 AND (src, src_low, port) IN (SELECT src, src_low, port FROM sessions WHERE \"first\" >= @time('" +
         format_second(second_of(from_ns)) + "') AND \"first\" < @time('" + format_second(second_of(to_ns)) + "') AND " + *condition + ")";
}

/// Words separated by blanks as a list of literals.
std::string literals_of(const std::string& words) {
  std::string list;
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    list += (list.empty() ? "" : ", ") + sql_literal(words.substr(at, end - at));
    at = end + 1;
  }
  return list;
}

/// An attack on the services of reflectors is made of requests; one without a service was seen by the answers of its victim.
Result<EvidenceSubject> attack_subject(const NamedRows& rows, const std::string& id, const SensorsByKind& sensors) {
  EvidenceSubject subject;
  const std::uint64_t port = rows.number(0, "port"), protocol = rows.number(0, "protocol");
  const std::string services = rows.text(0, "service"), sensor = rows.text(0, "sensor");
  const Prefix victim{{static_cast<std::uint8_t>(rows.number(0, "ip_version")), rows.number(0, "src"), rows.number(0, "src_low")},
                      static_cast<std::uint8_t>(rows.number(0, "prefix_length"))};
  const std::uint8_t whole = victim.first.version == 6 ? 128 : 32;
  subject.table = services.empty() ? Table::backscatter : Table::requests;
  subject.name = "the attack " + id + " on " + (victim.length == whole ? format(victim.first) : format(victim)) + " (" +
                 rows.text(0, "definition") + ", " + (services.empty() ? protocol_and_port(protocol, port) : services) + ")";
  const auto first = second_of_text(rows.text(0, "first")), last = second_of_text(rows.text(0, "last"));
  if (!first || !last) return Error{subject.name + " has no time"};
  const std::int64_t unit = row_length_ns(subject.table);
  subject.from_ns = down_to(*first * kNanosPerSecond, unit);
  subject.to_ns = down_to(*last * kNanosPerSecond, unit) + unit;
  subject.condition = "@prefix(src, src_low, '" + format(victim) + "')";
  if (!services.empty()) {
    subject.condition += " AND packets > 0 AND service IN (" + literals_of(services) + ")";
  } else if (protocol != 0) {
    subject.condition += " AND protocol = " + std::to_string(protocol);
  }
  if (port != 0) subject.condition += " AND port = " + std::to_string(port);
  if (!sensor.empty()) {
    subject.condition += " AND sensor = " + sql_literal(sensor);
  } else if (services.empty()) {
    subject.condition += " AND " + sensors.darknets;
  }
  return subject;
}

}  // namespace

Result<SensorsByKind> sensors_by_kind(QuerySession& session) {
  auto answer = session.run("SELECT kind, sensor FROM sensor_days GROUP BY kind, sensor ORDER BY kind, sensor");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  SensorsByKind sensors;
  for (const auto& [kind, condition] :
       {std::pair("darknet", &sensors.darknets), std::pair("honeypot", &sensors.honeypots), std::pair("reflector", &sensors.reflectors)}) {
    std::string names;
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows.text(i, "kind") == kind) names += (names.empty() ? "" : ", ") + sql_literal(rows.text(i, "sensor"));
    if (!names.empty()) *condition = "sensor IN (" + names + ")";
  }
  return sensors;
}

Result<EvidenceSubject> incident_subject(const NamedRows& rows, std::size_t row, const std::string& id, const SensorsByKind& sensors) {
  EvidenceSubject subject;
  const std::string kind = rows.text(row, "kind"), about = protocol_and_port(rows.number(row, "protocol"), rows.number(row, "port")),
                    country = rows.text(row, "country");
  subject.about = about;
  subject.name = "the incident " + id + " (" + kind + (about.empty() ? "" : ", " + about) + (country.empty() ? "" : ", " + country) + ")";
  const std::string population = rows.text(row, "population");
  if (population.empty()) return Error{"no packets are behind " + subject.name + ": it is not about traffic"};
  const auto onset = second_of_text(rows.text(row, "onset")), end = second_of_text(rows.text(row, "m_end"));
  if (!onset || !end) return Error{subject.name + " has no time"};
  auto parsed = parse_filter(population);
  if (const auto* error = std::get_if<FilterError>(&parsed))
    return Error{"the filter of " + subject.name + " cannot be read: " + error->sentence};
  const FilterExpression& filter = std::get<FilterExpression>(parsed);
  std::optional<Table> table;
  for (const Table each : tables_of(incident_kind(kind)))
    if (!table && field_lacking(filter, each) == nullptr) table = each;
  subject.table = table.value_or(Table::flows);
  const std::int64_t unit = row_length_ns(subject.table);
  subject.from_ns = down_to(*onset * kNanosPerSecond, unit);
  subject.to_ns = std::max(up_to(*end * kNanosPerSecond, unit), subject.from_ns + unit);
  auto condition = table ? filter_sql(filter, *table) : clients_sql(filter, subject.from_ns, subject.to_ns);
  if (!condition) return Error{"the packets of " + subject.name + " cannot be told: " + condition.error().sentence};
  subject.condition = *std::move(condition);
  const IncidentKind judged = incident_kind(kind).value_or(IncidentKind::host_spike);
  if (!names_field(filter, FilterField::sensor))
    subject.condition += " AND " + (judged == IncidentKind::drdos         ? sensors.reflectors
                                    : judged == IncidentKind::new_payload ? sensors.honeypots
                                                                          : sensors.darknets);
  return subject;
}

std::int64_t row_length_ns(Table table) { return (table == Table::flows ? kSecondsPerHour : kSecondsPerMinute) * kNanosPerSecond; }

std::string time_column(Table table) { return table == Table::flows ? "hour" : "minute"; }

Result<EvidenceSubject> find_evidence_subject(QuerySession& session, const std::string& digits) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> ids;
  bool incident = false;
  for (const char* table : {"incidents", "attacks"}) {
    auto found = session.run(std::string("SELECT id FROM ") + table + " WHERE id LIKE " + sql_literal(digits + "%") +
                             " GROUP BY id ORDER BY id LIMIT " + std::to_string(kShown));
    if (!found) return found.error();
    const NamedRows rows(*found);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      incident = incident || std::string_view(table) == "incidents";
      ids.push_back(rows.text(i, "id"));
    }
  }
  if (ids.empty())
    return Error{"there is no incident and no attack " + digits + " in the lake; nightjar incidents and nightjar attacks list them"};
  if (ids.size() > 1) {
    std::string list;
    for (const std::string& id : ids) list += (list.empty() ? "" : ", ") + id;
    return Error{"several incidents and attacks begin with " + digits + ": " + list + (ids.size() >= kShown ? " ..." : "")};
  }
  // The same under several rules or definitions is one: those of the first by name are as good as any.
  const std::string& id = ids.front();
  auto row = session.run(
      incident ? "SELECT kind, protocol, port, country, onset, \"end\" AS m_end, population FROM incidents WHERE id = " + sql_literal(id) +
                     " ORDER BY CASE WHEN rules = 'default' THEN 0 ELSE 1 END, rules LIMIT 1"
               : "SELECT definition, ip_version, src, src_low, prefix_length, service, port, protocol, sensor, \"first\", \"last\" FROM "
                 "attacks WHERE id = " +
                     sql_literal(id) + " ORDER BY definition LIMIT 1");
  if (!row) return row.error();
  const NamedRows rows(*row);
  const auto sensors = sensors_by_kind(session);
  if (!sensors) return sensors.error();
  return incident ? incident_subject(rows, 0, id, *sensors) : attack_subject(rows, id, *sensors);
}

}  // namespace nightjar::cli
