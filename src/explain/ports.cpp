#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "explain/hosts.hpp"
#include "store/lake.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kMostPorts = 8;
constexpr std::uint64_t kMostCandidates = 32;  ///< a bit each
constexpr double kLeastHosts = 3;
constexpr double kLeastShare = 0.005;  ///< of the population
constexpr double kLeastLift = 1.5;
constexpr double kChance = 2;                   ///< standard deviations above what as many other hosts would ask
constexpr std::uint64_t kMostOthers = 500'000;  ///< rows
constexpr std::int64_t kMostDaysBefore = 6;
constexpr std::uint64_t kMostRows = 4'000'000;

constexpr const char* kAsking = "class IN (1, 3, 4) AND protocol IN (6, 17)";

std::string key_of(std::uint8_t protocol, std::uint16_t port) { return std::to_string(protocol * 65536U + port); }
constexpr const char* kKey = "(CAST(protocol AS UINTEGER) * 65536 + port)";

struct Days {
  std::string condition;
  std::uint64_t rows = 0;  ///< of all sensors
  std::int64_t first = 0;
};

/// The days whose rows are asked: the peak day and those of the rise before it, at most a week, as long as they are few
/// rows. A small darknet sees most hosts once a day, if at all: what they ask besides shows in several days together.
Days days_of_rise(const QuerySession& session, const Rise& rise) {
  std::map<std::int64_t, std::uint64_t> rows;
  for (const LakeFile& file : session.snapshot().version().files) {
    if (file.table == Table::flows) rows[file.day] += file.rows;
  }
  std::int64_t first = rise.peak_day;
  std::uint64_t taken = rows[first];
  while (first > rise.onset_day && first > rise.peak_day - kMostDaysBefore && taken + rows[first - 1] <= kMostRows) taken += rows[--first];
  return {.condition = within_days(first, rise.peak_day + 1), .rows = taken, .first = first};
}

/// Other ports of the population's sources, by hosts; `hosts` is how many sources the population has.
Result<std::vector<RelatedPort>> asked_ports(QuerySession& session, const Population& population, const Rise& rise, const Days& days,
                                             std::uint64_t& hosts) {
  const std::string members =
      "(SELECT src FROM flows WHERE " + days.condition + " AND " + population.port + " AND " + population.members + ")";
  auto counted = session.run_raw("SELECT count(DISTINCT src) FROM " + members);
  if (!counted) return counted.error();
  hosts = whole(counted->rows[0][0]);
  const double least = std::min(static_cast<double>(hosts), std::max(kLeastHosts, kLeastShare * static_cast<double>(hosts)));
  auto answer = session.run_raw(
      "SELECT protocol, port, count(DISTINCT src) AS hosts, CAST(sum(packets) AS UBIGINT) AS packets FROM flows WHERE " + days.condition +
      " AND " + population.darknets + " AND " + kAsking + " AND " + kKey + " <> " + key_of(rise.protocol, rise.port) + " AND src IN " +
      members + " GROUP BY ALL HAVING hosts >= " + std::to_string(least) + " ORDER BY hosts DESC, packets DESC, protocol, port LIMIT " +
      std::to_string(kMostCandidates));
  if (!answer) return answer.error();
  std::vector<RelatedPort> ports;
  for (const auto& row : answer->rows) {
    ports.push_back({.protocol = static_cast<std::uint8_t>(whole(row[0])),
                     .port = static_cast<std::uint16_t>(whole(row[1])),
                     .relation = Relation::co_scanned,
                     .hosts = whole(row[2]),
                     .packets = whole(row[3])});
  }
  return ports;
}

/// What all other sources of these days ask.
struct Others {
  double hosts = 0;
  std::vector<double> asking;  ///< by port: hosts that ask it besides another one
};

std::uint64_t nth_of(const Days& days) { return days.rows / kMostOthers + 1; }

/// Every source of the population is known by the rise's port, and asks another one besides; others are known by any port. So that both
/// are asked the same, a port counts for them where it is not all that they are known by.
Result<Others> others_of(QuerySession& session, const Population& population, const Days& days, const std::vector<RelatedPort>& ports) {
  const std::string rows = "FROM flows WHERE " + days.condition + " AND " + population.darknets + " AND " + kAsking;
  const std::uint64_t every = nth_of(days);
  std::string bits = "CASE " + std::string(kKey);
  for (std::size_t i = 0; i < ports.size(); ++i)
    bits += " WHEN " + key_of(ports[i].protocol, ports[i].port) + " THEN CAST(" + std::to_string(1ULL << i) + " AS UBIGINT)";
  bits += " ELSE CAST(0 AS UBIGINT) END";
  auto answer = session.run_raw("SELECT bits, several, count(*) FROM (SELECT bit_or(" + bits + ") AS bits, min(" + kKey + ") <> max(" +
                                kKey + ") AS several, bool_or(" + population.port + " AND " + population.members + ") AS member " + rows +
                                (every > 1 ? " AND hash(src) % CAST(" + std::to_string(every) + " AS UBIGINT) = 0" : "") +
                                " GROUP BY src) WHERE NOT member GROUP BY bits, several");
  if (!answer) return answer.error();
  Others others{.asking = std::vector<double>(ports.size(), 0)};
  for (const auto& row : answer->rows) {
    const std::uint64_t mask = whole(row[0]);
    const bool several = flag(row[1]);
    const double hosts = real(row[2]);
    others.hosts += hosts;
    for (std::size_t i = 0; several && i < ports.size(); ++i) {
      if ((mask >> i & 1) != 0) others.asking[i] += hosts;
    }
  }
  return others;
}

}  // namespace

Result<std::vector<RelatedPort>> co_scanned_ports(QuerySession& session, const Population& population, const Rise& rise, Basis& basis) {
  if (rise.backscatter || rise.whole_protocol) return std::vector<RelatedPort>();
  const Days days = days_of_rise(session, rise);
  basis.ports_from_day = days.first;
  basis.nth_others = nth_of(days);
  std::uint64_t hosts = 0;
  auto asked = asked_ports(session, population, rise, days, hosts);
  if (!asked || asked->empty()) return asked;
  const auto others = others_of(session, population, days, *asked);
  if (!others) return others.error();
  std::vector<RelatedPort> related;
  for (std::size_t i = 0; i < asked->size() && related.size() < kMostPorts; ++i) {
    if (others->hosts == 0) break;
    RelatedPort port = (*asked)[i];
    // A port that nobody else asks has the lift of one that a single other host asks.
    const double usual = std::max(1.0, others->asking[i]) / others->hosts * static_cast<double>(hosts);
    const auto seen = static_cast<double>(port.hosts);
    port.lift = seen / usual;
    if (port.lift >= kLeastLift && seen >= usual + kChance * std::sqrt(usual)) related.push_back(port);
  }
  return related;
}

}  // namespace nightjar
