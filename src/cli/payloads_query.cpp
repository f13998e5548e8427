#include "cli/payloads_query.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/payloads_text.hpp"
#include "figure/filter_sql.hpp"
#include "figure/values.hpp"
#include "store/sql_text.hpp"

namespace nightjar::cli {
namespace {

constexpr std::string_view kNobody = "sensors of kind honeypot fill this table";

std::string time_literal(std::int64_t hour) { return "@time('" + format_second(hour * kSecondsPerHour) + "')"; }

std::string list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + sql_literal(text);
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    if (blank > 0) words.emplace_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return words;
}

constexpr std::string_view kDatagram =
    "(protocol = 17 OR last > (SELECT max(talk.last) FROM sessions AS talk WHERE talk.payload = sha256))";

/// Whether the filter asks for what the row of a payload tells of its first sender only.
bool names_sender(const FilterExpression& filter) {
  using enum FilterField;
  return std::ranges::any_of(std::array{port, protocol, src, sensor, ip_version},
                             [&](FilterField field) { return names_field(filter, field); });
}

/// The question as conditions over the two tables.
struct Conditions {
  std::string sessions;   ///< which conversations count
  std::string datagrams;  ///< which payloads without conversations belong to it
  std::vector<std::string> remarks;
};

Result<Conditions> conditions_of(const PayloadQuestion& question) {
  auto filter = filter_sql(question.filter, Table::sessions);
  if (!filter) return filter.error();
  // A payload is a row, with the protocol that sent it first. Where no conversation reaches as far as it was seen, a datagram sent it too.
  // (One without any conversation was the beginning of one.) From whom and to which port is not kept of that.
  const bool any_sender = question.sensors.empty() && !names_sender(question.filter);
  Conditions conditions{"payload <> ''", any_sender && question.from_hour ? std::string(kDatagram) : "protocol = 17", {}};
  const std::string sensors = question.sensors.empty() ? "" : " AND sensor IN (" + list_of(question.sensors) + ")";
  if (question.from_hour) {
    conditions.sessions += " AND first >= " + time_literal(*question.from_hour);
    conditions.datagrams += " AND last >= " + time_literal(*question.from_hour);
  }
  if (question.to_hour) {
    conditions.sessions += " AND first < " + time_literal(*question.to_hour);
    conditions.datagrams += " AND first < " + time_literal(*question.to_hour);
  }
  conditions.sessions += sensors + " AND " + *filter;
  conditions.datagrams += sensors;
  if (const FilterFieldRule* lacking = field_lacking(question.filter, Table::payloads)) {
    conditions.datagrams = "1 = 0";
    conditions.remarks.push_back("payloads of UDP datagrams are left out: their " + std::string(lacking->name) + " is not kept");
  } else {
    conditions.datagrams += " AND " + *filter_sql(question.filter, Table::payloads);
  }
  return conditions;
}

Result<void> check_sensors(QuerySession& session, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  auto answer = session.run("SELECT sensor FROM sensor_days GROUP BY sensor ORDER BY sensor");
  if (!answer) return answer.error();
  std::vector<std::string> known;
  for (const auto& row : answer->rows) known.push_back(text_of(row[0]));
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string all;
    for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
    const std::string near = nearest(name, known);
    return Error{"there is no sensor \"" + name + "\" in the lake." + (near.empty() ? "" : " Did you mean " + near + "?") +
                 " Sensors are " + all};
  }
  return {};
}

/// Payloads beside the conversations that sent them.
std::string payloads_seen(const Conditions& conditions) {
  return "payloads LEFT JOIN (SELECT payload AS m_payload, count(*) AS m_sessions, @hosts(src) AS m_hosts, min(port) AS m_port FROM "
         "sessions WHERE " +
         conditions.sessions + " GROUP BY payload) AS seen ON sha256 = m_payload";
}

constexpr std::string_view kColumns =
    "SELECT sha256, size, first, last, protocol, port, tags, urls, coalesce(m_sessions, 0) AS m_sessions, coalesce(m_hosts, 1) AS m_hosts";

std::string_view order_of(PayloadQuestion::Order order) {
  switch (order) {
    case PayloadQuestion::Order::time: return "last DESC, sha256";
    case PayloadQuestion::Order::port: return "coalesce(m_port, port), coalesce(m_hosts, 1) DESC, sha256";
    case PayloadQuestion::Order::tag: return "CASE WHEN tags = '' THEN 1 ELSE 0 END, tags, coalesce(m_hosts, 1) DESC, sha256";
    case PayloadQuestion::Order::hosts: return "coalesce(m_hosts, 1) DESC, coalesce(m_sessions, 0) DESC, sha256";
    case PayloadQuestion::Order::sessions: return "coalesce(m_sessions, 0) DESC, coalesce(m_hosts, 1) DESC, sha256";
  }
  return "sha256";
}

PayloadEntry entry_of(const NamedRows& rows, std::size_t row) {
  constexpr std::uint64_t udp = 17;
  PayloadEntry entry;
  entry.sha256 = rows.text(row, "sha256");
  entry.size = rows.number(row, "size");
  entry.first = rows.text(row, "first");
  entry.last = rows.text(row, "last");
  entry.sessions = rows.number(row, "m_sessions");
  entry.hosts = rows.number(row, "m_hosts");
  entry.datagram = rows.number(row, "protocol") == udp;
  if (entry.datagram || entry.sessions == 0) entry.ports.push_back(static_cast<std::uint16_t>(rows.number(row, "port")));
  entry.tags = words_of(rows.text(row, "tags"));
  entry.urls = words_of(rows.text(row, "urls"));
  return entry;
}

/// Adds the ports of the conversations to entries of one hash each.
Result<void> add_ports(QuerySession& session, const Conditions& conditions, const std::vector<PayloadEntry*>& entries) {
  std::vector<std::string> hashes;
  std::map<std::string, PayloadEntry*> of_hash;
  for (PayloadEntry* entry : entries) {
    hashes.push_back(entry->sha256);
    of_hash[entry->sha256] = entry;
  }
  auto answer = session.run("SELECT payload, port FROM sessions WHERE " + conditions.sessions + " AND payload IN (" + list_of(hashes) +
                            ") GROUP BY payload, port");
  if (!answer) return answer.error();
  for (const auto& row : answer->rows)
    if (const auto found = of_hash.find(text_of(row[0])); found != of_hash.end())
      found->second->ports.push_back(static_cast<std::uint16_t>(number_of(row[1])));
  for (PayloadEntry* entry : entries) {
    std::ranges::sort(entry->ports);
    entry->ports.erase(std::unique(entry->ports.begin(), entry->ports.end()), entry->ports.end());
  }
  return {};
}

Result<void> add_beginnings(QuerySession& session, const std::vector<PayloadEntry*>& entries) {
  std::vector<std::string> hashes;
  std::map<std::string, PayloadEntry*> of_hash;
  for (PayloadEntry* entry : entries) {
    hashes.push_back(entry->sha256);
    of_hash[entry->sha256] = entry;
  }
  auto answer = session.run("SELECT sha256, substr(hex(bytes), 1, " + std::to_string(2 * kPayloadBeginning) +
                            ") AS m_digits FROM payloads WHERE sha256 IN (" + list_of(hashes) + ")");
  if (!answer) return answer.error();
  for (const auto& row : answer->rows)
    if (const auto found = of_hash.find(text_of(row[0])); found != of_hash.end()) found->second->bytes = bytes_of_hex(text_of(row[1]));
  return {};
}

/// The one hash that begins so.
Result<std::string> whole_hash(QuerySession& session, const std::string& beginning) {
  constexpr std::size_t most_named = 5;
  auto answer = session.run("SELECT sha256 FROM payloads WHERE sha256 LIKE '" + beginning + "%' ORDER BY sha256 LIMIT " +
                            std::to_string(most_named + 1));
  if (!answer) return answer.error();
  const auto& rows = answer->rows;
  if (rows.size() == 1) return text_of(rows[0][0]);
  if (rows.empty()) {
    auto any = session.run("SELECT sha256 FROM payloads LIMIT 1");
    if (!any) return any.error();
    if (any->rows.empty()) return Error{"the lake holds no payloads; " + std::string(kNobody)};
    return Error{"there is no payload " + beginning + " in the lake; nightjar payloads lists them"};
  }
  std::string candidates;
  for (std::size_t i = 0; i < std::min(rows.size(), most_named); ++i) candidates += (i == 0 ? "" : ", ") + text_of(rows[i][0]);
  return Error{"several payloads begin with " + beginning + ": " + candidates + (rows.size() > most_named ? ", and more" : "")};
}

Result<void> add_countries(QuerySession& session, const std::string& condition, PayloadFound& found) {
  auto answer = session.run("SELECT country, @hosts(src) AS m_hosts, count(*) AS m_sessions FROM sessions WHERE " + condition +
                            " GROUP BY country ORDER BY m_hosts DESC, m_sessions DESC, country");
  if (!answer) return answer.error();
  for (const auto& row : answer->rows) found.countries.push_back({text_of(row[0]), number_of(row[1]), number_of(row[2])});
  return {};
}

Result<void> add_sessions(QuerySession& session, const std::string& condition, std::size_t top, PayloadFound& found) {
  auto answer = session.run("SELECT first, @ip(src, src_low) AS m_source, src_port, port, sensor, country FROM sessions WHERE " +
                            condition + " ORDER BY first DESC, src, src_low, src_port, dst, dst_low, port LIMIT " + std::to_string(top));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i)
    found.sessions.push_back({rows.text(i, "first"), rows.text(i, "m_source"), rows.text(i, "sensor"), rows.text(i, "country"),
                              static_cast<std::uint16_t>(rows.number(i, "src_port")), static_cast<std::uint16_t>(rows.number(i, "port"))});
  return {};
}

}  // namespace

Result<PayloadList> ask_payloads(QuerySession& session, const PayloadQuestion& question) {
  auto conditions = conditions_of(question);
  if (!conditions) return conditions.error();
  if (auto checked = check_sensors(session, question.sensors); !checked) return checked.error();
  const std::string from = " FROM " + payloads_seen(*conditions) + " WHERE (m_sessions IS NOT NULL OR (" + conditions->datagrams +
                           ")) AND coalesce(m_hosts, 1) >= " + std::to_string(question.least_hosts);
  auto total = session.run("SELECT count(*) AS m_total" + from);
  if (!total) return total.error();
  PayloadList list;
  list.total = number_of(total->rows.at(0).at(0));
  list.remarks = conditions->remarks;
  if (list.total == 0) {
    list.remarks.push_back("no payloads in this span; " + std::string(kNobody));
    return list;
  }
  auto answer = session.run(std::string(kColumns) + from + " ORDER BY " + std::string(order_of(question.order)) + " LIMIT " +
                            std::to_string(question.top));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i) list.rows.push_back(entry_of(rows, i));
  constexpr std::size_t at_once = 200;  // with 4 KiB each, and few enough for a list of literals
  for (std::size_t begin = 0; begin < list.rows.size(); begin += at_once) {
    std::vector<PayloadEntry*> part;
    for (std::size_t i = begin; i < std::min(begin + at_once, list.rows.size()); ++i) part.push_back(&list.rows[i]);
    if (auto added = add_ports(session, *conditions, part); !added) return added.error();
    if (auto added = add_beginnings(session, part); !added) return added.error();
  }
  return list;
}

Result<PayloadFound> ask_payload(QuerySession& session, const PayloadQuestion& question, const std::string& hash) {
  auto conditions = conditions_of(question);
  if (!conditions) return conditions.error();
  if (auto checked = check_sensors(session, question.sensors); !checked) return checked.error();
  const auto whole = whole_hash(session, hash);
  if (!whole) return whole.error();
  auto answer = session.run(std::string(kColumns) + ", @ip(src, src_low) AS m_source, sensor, hex(bytes) AS m_digits FROM " +
                            payloads_seen(*conditions) + " WHERE sha256 = " + sql_literal(*whole));
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  PayloadFound found;
  found.entry = entry_of(rows, 0);
  found.entry.bytes = bytes_of_hex(rows.text(0, "m_digits"));
  found.first_source = rows.text(0, "m_source");
  found.first_sensor = rows.text(0, "sensor");
  found.first_port = static_cast<std::uint16_t>(rows.number(0, "port"));
  if (auto added = add_ports(session, *conditions, {&found.entry}); !added) return added.error();
  const std::string condition = conditions->sessions + " AND payload = " + sql_literal(*whole);
  if (auto added = add_countries(session, condition, found); !added) return added.error();
  if (auto added = add_sessions(session, condition, question.top, found); !added) return added.error();
  return found;
}

}  // namespace nightjar::cli
