#include "judge/dos_answers.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/time.hpp"
#include "figure/values.hpp"
#include "judge/dos_measure.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerHour = kSecondsPerHour * 1000, kMsPerMinute = 60'000, kMinutesPerHour = 60;
/// Backscatter is the cause of a rise of which it carries so much, and one network that of which it carries so much.
constexpr double kCarries = 0.5;
/// Hours and minutes with so much of the largest hour are of the rise.
constexpr double kOfLargest = 0.1;
constexpr double kSpreadOfCarpet = 10;
/// So many of the networks that answer most are looked at: of one the victims may have answered by another protocol.
constexpr int kMostNetworks = 3;
constexpr std::int64_t kUsualDays = 7;
constexpr double kQuoted = 0.05;

std::string minutes_from(std::int64_t from_second, std::int64_t to_second) {
  return "minute >= @time('" + format_second(from_second) + "') AND minute < @time('" + format_second(to_second) + "')";
}

std::vector<std::uint8_t> protocols_of(std::uint8_t total) {
  if (total == protocol::kIcmp) return {protocol::kIcmp, protocol::kTcp, protocol::kUdp};
  return {total};
}

std::string list_of(const std::vector<std::uint8_t>& protocols) {
  std::string list;
  for (const std::uint8_t one : protocols) list += (list.empty() ? "" : ", ") + std::to_string(one);
  return list;
}

class Answers {
 public:
  Answers(QuerySession& session, const std::string& darknets, std::int64_t to_day)
      : session_(session), darknets_(darknets), to_day_(to_day) {}

  /// The network that carries so much (packets) of what is to be explained on the day, as a group; nothing where there is none.
  Result<std::optional<DosGroup>> group_on(std::int64_t day, std::uint8_t total, double rise) const {
    // No curve of a network is above all answers of it: most days end here, without a look at `flows`.
    const double least = kCarries * rise;
    auto networks = networks_on(day, total, least);
    if (!networks) return networks.error();
    if (total == protocol::kIcmp) {
      auto country = country_on(day, least);
      if (!country) return country.error();
      if (!country->country.empty()) networks->push_back(*std::move(country));
    }
    for (const Network& network : *networks) {
      DosGroup group;
      group.network = network;
      group.total = total;
      group.protocols = protocols_of(total);
      auto curve = curve_of_days(session_, darknets_, group, day - 1 - kUsualDays, std::min(day + 2, to_day_));
      if (!curve) return curve.error();
      std::vector<double> before;
      for (std::int64_t one = day - kUsualDays; one < day; ++one) before.push_back(curve->on(one));
      std::ranges::nth_element(before, before.begin() + kUsualDays / 2);
      if (curve->on(day) - before[kUsualDays / 2] < least) continue;
      if (auto done = set_times(group, *curve, day); !done) return done.error();
      if (auto done = measure(group); !done) return done.error();
      return std::optional(std::move(group));
    }
    return std::optional<DosGroup>();
  }

 private:
  /// Networks with at least so many packets of answers.
  Result<std::vector<Network>> networks_on(std::int64_t day, std::uint8_t total, double least) const {
    // Addresses of which nothing is known are taken by their /24 (IPv6: by the upper half).
    auto answer = session_.run(
        "SELECT asn, country, m_prefix, min(src) AS m_src, min(ip_version) AS m_version, sum(packets) AS m_packets FROM (SELECT asn, "
        "CASE WHEN asn = 0 THEN country ELSE '' END AS country, CASE WHEN asn <> 0 OR country <> '' THEN 0 WHEN ip_version = 4 THEN "
        "@div(src, 256) ELSE @div(src, 65536) END AS m_prefix, src, ip_version, packets FROM backscatter WHERE " +
        darknets_ + " AND protocol IN (" + list_of(protocols_of(total)) + ") AND " +
        minutes_from(day * kSecondsPerDay, (day + 1) * kSecondsPerDay) + ") GROUP BY asn, country, m_prefix HAVING sum(packets) >= " +
        std::to_string(least) + " ORDER BY m_packets DESC, asn, country, m_prefix LIMIT " + std::to_string(kMostNetworks));
    if (!answer) return answer.error();
    std::vector<Network> networks;
    const NamedRows rows(*answer);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Address victim{static_cast<std::uint8_t>(rows.number(i, "m_version")), rows.number(i, "m_src"), 0};
      networks.push_back(network_of(static_cast<std::uint32_t>(rows.number(i, "asn")), rows.text(i, "country"), victim));
    }
    return networks;
  }

  /// The country that most errors by ICMP are about, if they are so many.
  Result<Network> country_on(std::int64_t day, double least) const {
    auto answer =
        session_.run("SELECT country, sum(packets) AS m_packets FROM backscatter WHERE " + darknets_ + " AND protocol IN (" +
                     list_of(protocols_of(protocol::kIcmp)) + ") AND " + minutes_from(day * kSecondsPerDay, (day + 1) * kSecondsPerDay) +
                     " GROUP BY country HAVING sum(packets) >= " + std::to_string(least) + " ORDER BY m_packets DESC, country LIMIT 1");
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    return Network{0, rows.size() == 0 ? std::string() : rows.text(0, "country"), "", true};
  }

  Result<void> set_times(DosGroup& group, const DosCurve& curve, std::int64_t day) const {
    const double largest = curve.hours.at(curve.largest_hour(day));
    const auto risen = [&](std::int64_t hour) {
      const auto found = curve.hours.find(hour);
      return found != curve.hours.end() && found->second >= kOfLargest * largest;
    };
    std::int64_t first = curve.largest_hour(day), last = first;
    for (std::int64_t hour = day * kHoursPerDay; hour < (day + 1) * kHoursPerDay; ++hour) {
      if (!risen(hour)) continue;
      first = std::min(first, hour);
      last = std::max(last, hour);
    }
    constexpr std::int64_t gap = kDosGapMs / kMsPerHour;
    for (std::int64_t hour = first; hour >= first - gap && hour >= (day - 1) * kHoursPerDay; --hour)
      if (risen(hour)) first = hour;
    for (std::int64_t hour = last; hour <= last + gap && hour < (day + 2) * kHoursPerDay; ++hour)
      if (risen(hour)) last = hour;
    for (std::int64_t hour = first; hour <= last; ++hour)
      if (const auto found = curve.hours.find(hour); found != curve.hours.end()) group.packets += static_cast<std::uint64_t>(found->second);
    group.first_ms = first * kMsPerHour;
    group.last_ms = (last + 1) * kMsPerHour - 1;
    const double least = kOfLargest * largest / static_cast<double>(kMinutesPerHour);
    auto begin = minute_in(group, first, least, "min");
    if (!begin) return begin.error();
    auto end = minute_in(group, last, least, "max");
    if (!end) return end.error();
    if (*begin) group.first_ms = **begin;
    if (*end) group.last_ms = **end + kMsPerMinute - 1;
    return {};
  }

  /// The first or last minute of an hour with at least so many packets.
  Result<std::optional<std::int64_t>> minute_in(const DosGroup& group, std::int64_t hour, double least, const std::string& which) const {
    auto answer = session_.run("SELECT " + which +
                               "(@milliseconds(@time('1970-01-01T00:00:00Z'), minute)) AS m_minute, count(*) AS m_rows "
                               "FROM (SELECT minute, sum(packets) AS m_packets FROM backscatter WHERE " +
                               rows_of(group) + " AND " + minutes_from(hour * kSecondsPerHour, (hour + 1) * kSecondsPerHour) +
                               " GROUP BY minute) WHERE m_packets >= " + std::to_string(least));
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    if (rows.size() == 0 || rows.number(0, "m_rows") == 0) return std::optional<std::int64_t>();
    return std::optional(static_cast<std::int64_t>(rows.number(0, "m_minute")));
  }

  std::string rows_of(const DosGroup& group) const {
    return darknets_ + " AND protocol IN (" + list_of(group.protocols) + ") AND " + network_sql(group.network);
  }

  /// Its victims and their countries, and which protocols were attacked.
  Result<void> measure(DosGroup& group) const {
    if (group.total == protocol::kIcmp) {
      group.protocols.clear();
      if (auto added = add_quoted_protocols(session_, darknets_, group); !added) return added;
    }
    auto answer = session_.run(
        "SELECT count(*) AS m_victims, sum(m_packets) AS m_all, sum(m_packets * m_packets) AS m_squares FROM (SELECT src, src_low, "
        "CAST(sum(packets) AS DOUBLE) AS m_packets FROM backscatter WHERE " +
        rows_of(group) + " AND " + minutes_from(floor_div(group.first_ms, 1000), floor_div(group.last_ms, 1000) + 1) +
        " GROUP BY src, src_low)");
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    group.victims = rows.number(0, "m_victims");
    const auto real = [&](const char* column) {
      const auto* value = std::get_if<double>(&rows.at(0, column));
      return value == nullptr ? 0 : *value;
    };
    group.carpet = real("m_all") * real("m_all") >= kSpreadOfCarpet * real("m_squares");
    return countries_of(group);
  }

  Result<void> countries_of(DosGroup& group) const {
    auto answer = session_.run("SELECT DISTINCT country FROM backscatter WHERE country <> '' AND " + rows_of(group) + " AND " +
                               minutes_from(floor_div(group.first_ms, 1000), floor_div(group.last_ms, 1000) + 1));
    if (!answer) return answer.error();
    const NamedRows rows(*answer);
    for (std::size_t i = 0; i < rows.size(); ++i) group.countries.insert(rows.text(i, "country"));
    return {};
  }

  QuerySession& session_;
  const std::string& darknets_;
  std::int64_t to_day_;
};

}  // namespace

Result<void> add_quoted_protocols(QuerySession& session, const std::string& darknets, DosGroup& group) {
  auto answer = session.run("SELECT protocol, sum(packets) AS m_packets FROM backscatter WHERE " + darknets + " AND protocol IN (" +
                            list_of(protocols_of(protocol::kIcmp)) + ") AND " + network_sql(group.network) + " AND " +
                            minutes_from(floor_div(group.first_ms, 1000), floor_div(group.last_ms, 1000) + 1) + " GROUP BY protocol");
  if (!answer) return answer.error();
  const NamedRows rows(*answer);
  double all = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) all += static_cast<double>(rows.number(i, "m_packets"));
  std::set<std::uint8_t> protocols(group.protocols.begin(), group.protocols.end());
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<double>(rows.number(i, "m_packets")) >= kQuoted * all)
      protocols.insert(static_cast<std::uint8_t>(rows.number(i, "protocol")));
  group.protocols.assign(protocols.begin(), protocols.end());
  return {};
}

Result<std::vector<DosGroup>> read_answer_groups(QuerySession& session, const std::string& darknets, const DayTotals& totals,
                                                 std::int64_t from_day, std::int64_t to_day) {
  using Part = DayTotals::Part;
  const Answers answers(session, darknets, to_day);
  std::vector<DosGroup> groups;
  for (std::int64_t day = from_day - kDaysOfAnswersBefore; day < to_day; ++day) {
    if (!totals.comparable(day)) continue;
    for (const std::uint8_t total : {protocol::kIcmp, protocol::kTcp, protocol::kUdp}) {
      const double observed = totals.packets(total, day);
      if (observed == 0) continue;
      const Usual usual = totals.usual(total, day, day).usual;
      if (!totals.is_rise(observed, usual)) continue;
      const double backscatter =
          totals.packets(total, day, Part::backscatter) - totals.usual(total, day, day, Part::backscatter).usual.level;
      if (backscatter < kCarries * (observed - usual.level)) continue;
      auto group = answers.group_on(day, total, observed - usual.level);
      if (!group) return group.error();
      if (*group) groups.push_back(**std::move(group));
    }
  }
  return groups;
}

}  // namespace nightjar
