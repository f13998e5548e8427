#include "cli/attacks_query.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/time.hpp"
#include "figure/filter_sql.hpp"
#include "figure/values.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "store/judged_attacks.hpp"
#include "store/sql_text.hpp"

namespace nightjar::cli {
namespace {

constexpr const char* kColumns =
    "id, parent, kind, level, src, src_low, ip_version, prefix_length, victims, service, port, sensor, sensors, first, last, "
    "@milliseconds(first, last) AS m_ms, packets, bytes_in, bytes_out, country, asn, protocol, ports, "
    "peak_per_minute, destinations, mismatches";

AttackEntry entry_of(const NamedRows& rows, std::size_t i) {
  AttackEntry entry;
  entry.id = rows.text(i, "id");
  entry.parent = rows.text(i, "parent");
  entry.kind = rows.text(i, "kind");
  entry.level = rows.number(i, "level");
  entry.src = rows.number(i, "src");
  entry.src_low = rows.number(i, "src_low");
  entry.ip_version = rows.number(i, "ip_version");
  entry.prefix_length = rows.number(i, "prefix_length");
  const Address address{static_cast<std::uint8_t>(entry.ip_version), entry.src, entry.src_low};
  entry.victim = entry.kind == "carpet" ? format(Prefix{address, static_cast<std::uint8_t>(entry.prefix_length)}) : format(address);
  entry.victims = rows.number(i, "victims");
  entry.service = rows.text(i, "service");
  entry.port = rows.number(i, "port");
  entry.sensor = rows.text(i, "sensor");
  entry.sensors = rows.number(i, "sensors");
  entry.first = rows.text(i, "first");
  entry.last = rows.text(i, "last");
  entry.seconds = static_cast<double>(rows.number(i, "m_ms")) / 1000;
  entry.packets = rows.number(i, "packets");
  entry.bytes_in = rows.number(i, "bytes_in");
  entry.bytes_out = rows.number(i, "bytes_out");
  entry.country = rows.text(i, "country");
  entry.asn = rows.number(i, "asn");
  entry.ports = rows.number(i, "ports");
  entry.peak_per_minute = rows.number(i, "peak_per_minute");
  entry.destinations = rows.number(i, "destinations");
  entry.mismatches = rows.number(i, "mismatches");
  // Rows that were written before there was such a column are of reflectors.
  entry.protocol_number = entry.is_backscatter() ? rows.number(i, "protocol") : protocol::kUdp;
  entry.protocol = protocol_name(static_cast<std::uint8_t>(entry.protocol_number));
  return entry;
}

/// What was seen, extrapolated to all addresses.
Result<void> extrapolate(QuerySession& session, std::vector<AttackEntry>& entries) {
  if (std::ranges::none_of(entries, &AttackEntry::is_backscatter)) return {};
  auto answer = session.run("SELECT sensor, day, max(addresses) AS m_addresses FROM sensor_days GROUP BY sensor, day");
  if (!answer) return answer.error();
  constexpr std::size_t date = 10;
  std::map<std::pair<std::string, std::string>, std::uint64_t> observed;
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i)
    observed[{rows.text(i, "sensor"), rows.text(i, "day").substr(0, date)}] = rows.number(i, "m_addresses");
  for (AttackEntry& entry : entries) {
    if (!entry.is_backscatter() || entry.ip_version != 4) continue;
    std::uint64_t addresses = 0;
    const auto last = std::pair(entry.sensor, entry.last.substr(0, date));
    for (auto at = observed.lower_bound({entry.sensor, entry.first.substr(0, date)}); at != observed.end() && at->first <= last; ++at)
      addresses = std::max(addresses, at->second);
    if (addresses == 0) continue;
    constexpr double all_addresses = 4294967296.0, window_seconds = 60;
    const double factor = all_addresses / static_cast<double>(addresses);
    entry.peak_rate = static_cast<double>(entry.peak_per_minute) / window_seconds * factor;
    if (entry.seconds > 0) entry.rate = static_cast<double>(entry.packets) / entry.seconds * factor;
  }
  return {};
}

Result<std::vector<AttackEntry>> entries_of(QuerySession& session, const std::string& where, const std::string& order) {
  auto answer = session.run(std::string("SELECT ") + kColumns + " FROM attacks WHERE " + where + " ORDER BY " + order);
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  std::vector<AttackEntry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) entries.push_back(entry_of(rows, i));
  if (auto known = extrapolate(session, entries); !known) return known.error();
  return entries;
}

std::string day_literal(std::int64_t day) { return "@time('" + format_second(day * kSecondsPerDay) + "')"; }

/// The requests or the backscatter that an attack is made of, as far as the lake tells them from others: of the same victim in the same
/// time.
std::string rows_of(const AttackEntry& attack) {
  const Prefix prefix{{static_cast<std::uint8_t>(attack.ip_version), attack.src, attack.src_low},
                      static_cast<std::uint8_t>(attack.prefix_length)};
  std::string where = "@prefix(src, src_low, '" + format(prefix) + "') AND minute <= @time('" + attack.last +
                      "') AND @after(minute, 60) > @time('" + attack.first + "')";
  if (!attack.sensor.empty()) where += " AND sensor = " + sql_literal(attack.sensor);
  if (attack.is_backscatter()) return where + " AND protocol = " + std::to_string(attack.protocol_number);
  std::string services;
  for (std::size_t at = 0; at < attack.service.size();) {
    const std::size_t end = std::min(attack.service.find(' ', at), attack.service.size());
    services += (services.empty() ? "" : ", ") + sql_literal(attack.service.substr(at, end - at));
    at = end + 1;
  }
  where += " AND service IN (" + services + ")";
  if (attack.port != 0) where += " AND port = " + std::to_string(attack.port);
  return where;
}

}  // namespace

Result<AttackList> ask_attacks(QuerySession& session, const AttackQuestion& question) {
  AttackList list;
  constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min(), ever = std::numeric_limits<std::int64_t>::max();
  auto judged =
      judged_attacks(session.snapshot().version(), question.definition, question.from_day.value_or(never), question.to_day.value_or(ever));
  if (!judged) return judged.error();
  list.parameters = judged->parameters;
  list.remarks = judged->remarks;
  if (names_field(question.filter, FilterField::sensor) && !keeps_sensors_apart(list.parameters))
    list.remarks.push_back(
        "this definition counts what several sensors saw as one attack without a sensor: the filter finds those that one sensor saw");
  auto condition = filter_sql(question.filter, Table::attacks);
  if (!condition) return Error{"--where: " + condition.error().sentence};
  std::string where = "definition = " + sql_literal(question.definition) + " AND " + *condition;
  if (question.from_day) where += " AND first >= " + day_literal(*question.from_day);
  if (question.to_day) where += " AND first < " + day_literal(*question.to_day);
  // A part may fit where the whole does not: that begins earlier, has no one port, or is a prefix.
  const std::string shown =
      where + (question.parts ? "" : " AND (parent = '' OR parent NOT IN (SELECT id FROM attacks WHERE level = 2 AND " + where + "))");
  auto rows = entries_of(session, shown, "packets DESC, first, id LIMIT " + std::to_string(question.top));
  if (!rows) return rows.error();
  list.rows = *std::move(rows);
  auto counts = session.run(
      "SELECT count(*) AS m_all, sum(CASE WHEN level = 1 THEN 1 ELSE 0 END) AS m_attacks, sum(CASE WHEN kind = 'carpet' THEN 1 "
      "ELSE 0 END) AS m_carpets FROM attacks WHERE " +
      where);
  if (!counts) return counts.error();
  const NamedRows count(*counts);
  list.total = count.number(0, "m_all");
  list.attacks = count.number(0, "m_attacks");
  list.carpets = count.number(0, "m_carpets");
  if (question.parts) return list;
  auto alone = session.run("SELECT count(*) AS m_alone FROM attacks WHERE " + shown);
  if (!alone) return alone.error();
  list.total = NamedRows(*alone).number(0, "m_alone");
  return list;
}

Result<AttackFound> ask_attack(QuerySession& session, const std::string& id) {
  auto matching = session.run("SELECT id, definition, parameters FROM attacks WHERE id LIKE " + sql_literal(id + "%") +
                              " ORDER BY id, definition LIMIT 5");
  if (!matching) return matching.error();
  const NamedRows matches(*matching);
  if (matches.size() == 0) return Error{"there is no attack " + id + " in the lake; nightjar attacks lists them"};
  if (matches.size() > 1 && matches.text(0, "id") != matches.text(1, "id")) {
    std::string list;
    for (std::size_t i = 0; i < matches.size(); ++i) list += (list.empty() ? "" : ", ") + matches.text(i, "id");
    return Error{"several attacks begin with " + id + ": " + list};
  }
  AttackFound found;
  found.definition = matches.text(0, "definition");
  found.parameters = matches.text(0, "parameters");
  const std::string whole = matches.text(0, "id");
  const std::string of_definition = "definition = " + sql_literal(found.definition) + " AND ";
  auto attack = entries_of(session, of_definition + "id = " + sql_literal(whole), "level");
  if (!attack) return attack.error();
  found.attack = attack->front();
  auto parts = entries_of(session, of_definition + "parent = " + sql_literal(whole), "first, id");
  if (!parts) return parts.error();
  found.parts = *std::move(parts);

  const std::string where = rows_of(found.attack) + " AND packets > 0";
  const std::string table = found.attack.is_backscatter() ? "backscatter" : "requests";
  const std::string measures =
      found.attack.is_backscatter()
          ? "'' AS service, port, sum(packets) AS m_packets, sum(bytes) AS m_in, 0 AS m_out, 0 AS m_asked, 0 AS m_replied, 0 AS m_kinds, "
            "'' "
            "AS m_query, '' AS m_other"
          : "service, port, sum(packets) AS m_packets, sum(bytes_in) AS m_in, sum(bytes_out) AS m_out, sum(request_bytes) AS m_asked, "
            "sum(reply_bytes) AS m_replied, @bit_or(kinds) AS m_kinds, min(query) AS m_query, max(query) AS m_other";
  const std::string grouped = found.attack.is_backscatter() ? "sensor, port" : "sensor, service, port";
  auto shares = session.run("SELECT sensor, " + measures +
                            ", min(@after_ms(minute, first_ms)) AS m_first, max(@after_ms(minute, last_ms)) AS m_last FROM " + table +
                            " WHERE " + where + " GROUP BY " + grouped + " ORDER BY m_packets DESC, " + grouped + " LIMIT 1000");
  if (!shares) return shares.error();
  const NamedRows of_sensor(*shares);
  for (std::size_t i = 0; i < of_sensor.size(); ++i) {
    AttackShare share;
    share.sensor = of_sensor.text(i, "sensor");
    share.service = of_sensor.text(i, "service");
    share.port = of_sensor.number(i, "port");
    share.packets = of_sensor.number(i, "m_packets");
    share.bytes_in = of_sensor.number(i, "m_in");
    share.bytes_out = of_sensor.number(i, "m_out");
    share.request_bytes = of_sensor.number(i, "m_asked");
    share.reply_bytes = of_sensor.number(i, "m_replied");
    share.kinds = of_sensor.number(i, "m_kinds");
    // Said only where all rows asked the same.
    if (of_sensor.text(i, "m_query") == of_sensor.text(i, "m_other")) share.query = of_sensor.text(i, "m_query");
    share.first = of_sensor.text(i, "m_first");
    share.last = of_sensor.text(i, "m_last");
    found.shares.push_back(std::move(share));
  }
  auto minutes = session.run("SELECT minute, sum(packets) AS m_packets FROM " + table + " WHERE " + where +
                             " GROUP BY minute ORDER BY minute LIMIT " + std::to_string(kMostMinutes));
  if (!minutes) return minutes.error();
  const NamedRows curve(*minutes);
  for (std::size_t i = 0; i < curve.size(); ++i) found.minutes.push_back({curve.text(i, "minute"), curve.number(i, "m_packets")});
  return found;
}

}  // namespace nightjar::cli
