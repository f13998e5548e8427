#include "judge/dos_measure.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerHour = kSecondsPerHour * 1000;
constexpr std::int64_t kDaysBefore = 7;
constexpr double kNearlyAll = 0.9;

std::string time_of_second(std::int64_t second) { return "@time('" + format_second(second) + "')"; }

/// Rows of the network's answers in [from, to), seconds since 1970; `time` is the column of the table's clock.
std::string answers(const std::string& darknets, const DosGroup& group, const char* time, std::int64_t from, std::int64_t to) {
  std::string protocols;
  for (const std::uint8_t one : group.protocols) protocols += (protocols.empty() ? "" : ", ") + std::to_string(one);
  return darknets + " AND protocol IN (" + protocols + ") AND " + network_sql(group.network) + " AND " + time +
         " >= " + time_of_second(from) + " AND " + time + " < " + time_of_second(to);
}

/// The group's hours, as seconds since 1970.
std::int64_t first_second(const DosGroup& group) { return floor_div(group.first_ms, kMsPerHour) * kSecondsPerHour; }
std::int64_t end_second(const DosGroup& group) { return (floor_div(group.last_ms, kMsPerHour) + 1) * kSecondsPerHour; }

Result<std::map<std::int64_t, double>> by_hour(QuerySession& session, const std::string& time, const std::string& rows) {
  auto answer = session.run("SELECT @div(@milliseconds(@time('1970-01-01T00:00:00Z'), " + time +
                            "), 3600000) AS m_hour, sum(packets) AS m_packets FROM " + rows + " GROUP BY m_hour");
  if (!answer) return answer.error();
  std::map<std::int64_t, double> hours;
  const NamedRows found(*answer);
  for (std::size_t i = 0; i < found.size(); ++i)
    hours[static_cast<std::int64_t>(found.number(i, "m_hour"))] = static_cast<double>(found.number(i, "m_packets"));
  return hours;
}

double real_of(const Value& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return static_cast<double>(number_of(value));
}

}  // namespace

double DosCurve::on(std::int64_t day) const {
  double packets = 0;
  for (auto hour = hours.lower_bound(day * kHoursPerDay); hour != hours.end() && hour->first < (day + 1) * kHoursPerDay; ++hour)
    packets += hour->second;
  return packets;
}

std::int64_t DosCurve::largest_hour(std::int64_t day) const {
  const auto from = hours.lower_bound(day * kHoursPerDay), to = hours.lower_bound((day + 1) * kHoursPerDay);
  const auto largest = std::max_element(from, to, [](const auto& a, const auto& b) { return a.second < b.second; });
  return largest == to ? 0 : largest->first;
}

double DosCurve::most_around(std::int64_t day) const {
  double most = 0, sum = 0;
  auto begin = hours.lower_bound((day - 1) * kHoursPerDay + 1);
  for (auto end = begin; end != hours.end() && end->first < (day + 2) * kHoursPerDay - 1; ++end) {
    sum += end->second;
    for (; begin->first + kHoursPerDay <= end->first; ++begin) sum -= begin->second;
    most = std::max(most, sum);
  }
  return most;
}

std::string own_answers(const std::string& whole) { return "class = 2 AND protocol <> 1 AND " + whole; }

namespace {

Result<DosCurve> curve_between(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t from,
                               std::int64_t to) {
  auto all = by_hour(session, "minute", "backscatter WHERE " + answers(darknets, group, "minute", from, to));
  if (!all || all->empty()) return all ? Result<DosCurve>(DosCurve()) : all.error();
  // `backscatter` knows what was attacked, `flows` what arrived: the difference are ICMP errors, whose senders may stand in any network.
  auto direct = by_hour(session, "hour", "flows WHERE " + own_answers(answers(darknets, group, "hour", from, to)));
  if (!direct) return direct.error();
  DosCurve curve;
  for (const auto& [hour, packets] : *all) {
    const auto known = direct->find(hour);
    const double direct_ones = known == direct->end() ? 0 : std::min(packets, known->second);
    curve.hours[hour] = group.total == protocol::kIcmp ? packets - direct_ones : direct_ones;
  }
  return curve;
}

/// One number of an answer of one row.
Result<double> one_of(QuerySession& session, const std::string& sql) {
  auto answer = session.run(sql);
  if (!answer) return answer.error();
  return answer->rows.empty() ? 0 : real_of(answer->rows[0][0]);
}

/// Packets of the group's total in [from, to), seconds since 1970.
Result<double> packets_of_total(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t from,
                                std::int64_t to, const std::string& with_port) {
  auto all = one_of(session, "SELECT sum(packets) FROM backscatter WHERE " + answers(darknets, group, "minute", from, to) + with_port);
  if (!all || group.total != protocol::kIcmp) return all;
  auto own = one_of(session, "SELECT sum(packets) FROM flows WHERE " + own_answers(answers(darknets, group, "hour", from, to)) + with_port);
  if (!own) return own;
  return std::max(0.0, *all - *own);
}

}  // namespace

Result<DosCurve> curve_of(QuerySession& session, const std::string& darknets, const DosGroup& group) {
  return curve_between(session, darknets, group, first_second(group), end_second(group));
}

Result<DosCurve> curve_of_days(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t from_day,
                               std::int64_t to_day) {
  return curve_between(session, darknets, group, from_day * kSecondsPerDay, to_day * kSecondsPerDay);
}

std::string filter_of(const DosGroup& group, std::uint16_t port) {
  std::string protocols;
  for (const std::uint8_t one : group.protocols) protocols += (protocols.empty() ? "" : ", ") + protocol_name(one);
  return "protocol" + (group.protocols.size() == 1 ? "=" + protocols : " in (" + protocols + ")") + " and class=backscatter" +
         (port == 0 ? "" : " and port=" + std::to_string(port)) + " and " + network_filter(group.network);
}

Result<DosDay> day_of(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t day,
                      std::uint16_t only_port) {
  DosDay found;
  const std::int64_t from = day * kSecondsPerDay, to = from + kSecondsPerDay;
  const std::string with_port = only_port == 0 ? "" : " AND port = " + std::to_string(only_port);
  const std::string of_day = answers(darknets, group, "minute", from, to) + with_port;
  auto sums = session.run(
      "SELECT count(*) AS m_victims, sum(m_packets) AS m_all, sum(m_packets * m_packets) AS m_squares FROM (SELECT src, src_low, "
      "CAST(sum(packets) AS DOUBLE) AS m_packets FROM backscatter WHERE " +
      of_day + " GROUP BY src, src_low)");
  if (!sums) return sums.error();
  const NamedRows sum(*sums);
  found.victims = sum.number(0, "m_victims");
  found.packets = real_of(sum.at(0, "m_all"));
  found.squares = real_of(sum.at(0, "m_squares"));

  auto countries = session.run("SELECT country, sum(packets) AS m_packets FROM backscatter WHERE " + of_day +
                               " GROUP BY country ORDER BY m_packets DESC, country LIMIT 1");
  if (!countries) return countries.error();
  if (const NamedRows country(*countries); country.size() > 0)
    if (static_cast<double>(country.number(0, "m_packets")) >= kNearlyAll * found.packets) found.country = country.text(0, "country");

  auto victims = session.run("SELECT src, src_low, ip_version, sum(packets) AS m_packets FROM backscatter WHERE " + of_day +
                             " GROUP BY src, src_low, ip_version ORDER BY m_packets DESC, src, src_low LIMIT 3");
  if (!victims) return victims.error();
  const NamedRows top(*victims);
  for (std::size_t i = 0; i < top.size(); ++i) {
    const Address address{static_cast<std::uint8_t>(top.number(i, "ip_version")), top.number(i, "src"), top.number(i, "src_low")};
    found.top.push_back({format(address), static_cast<double>(top.number(i, "m_packets"))});
  }

  auto ports = session.run("SELECT port, sum(packets) AS m_packets, count(DISTINCT src) AS m_victims FROM backscatter WHERE " + of_day +
                           " GROUP BY port ORDER BY m_packets DESC, port LIMIT 1");
  if (!ports) return ports.error();
  if (const NamedRows port(*ports); port.size() > 0) {
    found.port = static_cast<std::uint16_t>(port.number(0, "port"));
    found.of_port = static_cast<double>(port.number(0, "m_packets"));
    found.of_port_victims = port.number(0, "m_victims");
  }

  auto arrived = packets_of_total(session, darknets, group, from, to, with_port);
  if (!arrived) return arrived.error();
  found.arrived = found.of_total = *arrived;
  if (group.total != protocol::kIcmp) {
    auto own =
        one_of(session, "SELECT sum(packets) FROM flows WHERE " + own_answers(answers(darknets, group, "hour", from, to)) + with_port);
    if (!own) return own.error();
    found.of_total = *own;
  }
  // By whole hours, as `flows` has them.
  auto before =
      packets_of_total(session, darknets, group, first_second(group) - kDaysBefore * kSecondsPerDay, first_second(group), with_port);
  if (!before) return before.error();
  found.usual = *before / kDaysBefore;
  auto in_all = session.run(
      "SELECT sum(m_packets) AS m_all, count(*) AS m_victims FROM (SELECT src, src_low, sum(packets) AS m_packets "
      "FROM backscatter WHERE " +
      answers(darknets, group, "minute", first_second(group), end_second(group)) + with_port + " GROUP BY src, src_low)");
  if (!in_all) return in_all.error();
  found.in_all = real_of(NamedRows(*in_all).at(0, "m_all"));
  found.victims_in_all = NamedRows(*in_all).number(0, "m_victims");

  if (group.total != protocol::kTcp) return found;
  for (const auto& [bit, flag] : {std::pair(fact::kSynAck, &found.syn_acks), std::pair(fact::kReset, &found.resets)}) {
    std::uint32_t number = 0;
    while ((1U << number) != bit) ++number;
    auto with =
        session.run("SELECT sum(packets) AS m_packets, count(DISTINCT src) AS m_victims FROM flows WHERE class = 2 AND @bit(facts, " +
                    std::to_string(number) + ") AND " + answers(darknets, group, "hour", from, to) + with_port);
    if (!with) return with.error();
    flag->packets = real_of(NamedRows(*with).at(0, "m_packets"));
    flag->victims = NamedRows(*with).number(0, "m_victims");
  }
  return found;
}

}  // namespace nightjar
