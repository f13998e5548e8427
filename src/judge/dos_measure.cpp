#include "judge/dos_measure.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "net/address.hpp"
#include "schema/traffic.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerHour = kSecondsPerHour * 1000;
constexpr std::int64_t kDaysBefore = 7;
constexpr double kNearlyAll = 0.9;

std::string time_of_second(std::int64_t second) { return "@time('" + format_second(second) + "')"; }

/// Rows of the network's answers in [from, to), seconds since 1970; `time` is the column of the table's clock.
std::string answers(const std::string& darknets, const DosGroup& group, const char* time, std::int64_t from, std::int64_t to) {
  return darknets + " AND protocol = " + std::to_string(group.protocol) + " AND " + network_sql(group.network) + " AND " + time +
         " >= " + time_of_second(from) + " AND " + time + " < " + time_of_second(to);
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

Result<DosCurve> curve_of(QuerySession& session, const std::string& darknets, const DosGroup& group) {
  const std::int64_t from = floor_div(group.first_ms, kMsPerHour) * kSecondsPerHour;
  const std::int64_t to = (floor_div(group.last_ms, kMsPerHour) + 1) * kSecondsPerHour;
  auto answer = session.run(
      "SELECT @div(@milliseconds(@time('1970-01-01T00:00:00Z'), minute), 3600000) AS m_hour, sum(packets) AS "
      "m_packets FROM backscatter WHERE " +
      answers(darknets, group, "minute", from, to) + " GROUP BY m_hour");
  if (!answer) return answer.error();
  DosCurve curve;
  const NamedRows rows(*answer);
  for (std::size_t i = 0; i < rows.size(); ++i)
    curve.hours[static_cast<std::int64_t>(rows.number(i, "m_hour"))] = static_cast<double>(rows.number(i, "m_packets"));
  return curve;
}

Result<DosDay> day_of(QuerySession& session, const std::string& darknets, const DosGroup& group, std::int64_t day) {
  DosDay found;
  const std::int64_t from = day * kSecondsPerDay, to = from + kSecondsPerDay;
  const std::string of_day = answers(darknets, group, "minute", from, to);
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

  auto before =
      session.run("SELECT sum(packets) AS m_packets FROM backscatter WHERE " +
                  answers(darknets, group, "minute", group.first_ms / 1000 - kDaysBefore * kSecondsPerDay, group.first_ms / 1000));
  if (!before) return before.error();
  found.usual = static_cast<double>(NamedRows(*before).number(0, "m_packets")) / kDaysBefore;

  if (group.protocol != 6) return found;
  const auto packets_with = [](const char* name, std::uint32_t bit) {
    std::uint32_t number = 0;
    while ((1U << number) != bit) ++number;
    return "sum(CASE WHEN @bit(facts, " + std::to_string(number) + ") THEN packets ELSE 0 END) AS " + name;
  };
  auto flags = session.run("SELECT " + packets_with("m_syn_acks", fact::kSynAck) + ", " + packets_with("m_resets", fact::kReset) +
                           " FROM flows WHERE class = 2 AND " + answers(darknets, group, "hour", from, to));
  if (!flags) return flags.error();
  const NamedRows flag(*flags);
  found.syn_acks = static_cast<double>(flag.number(0, "m_syn_acks"));
  found.resets = static_cast<double>(flag.number(0, "m_resets"));
  return found;
}

}  // namespace nightjar
