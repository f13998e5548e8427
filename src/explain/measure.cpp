#include "explain/measure.hpp"

#include <cassert>
#include <utility>

namespace nightjar {
namespace {

constexpr std::size_t kMostConditions = 8;
constexpr std::uint64_t kMostUsualRows = 1'500'000;

// To what a row belongs: a bit for the population, one for what lies in any part, one for each part.
constexpr std::uint64_t kMember = 1, kAny = 2;
constexpr std::uint64_t bit_of(std::size_t part) { return 4ULL << (2 * part); }  ///< and of the population
constexpr std::uint64_t port_bit_of(std::size_t part) { return 2 * bit_of(part); }

/// A row's bits, as SQL.
std::string bits_of(const Population& population, const std::vector<std::string>& conditions) {
  const std::string member = "(" + population.members + ")";
  std::string bits = "CASE WHEN " + member + " THEN " + std::to_string(kMember) + " ELSE 0 END";
  std::string any = "FALSE";
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::string outside = std::to_string(port_bit_of(i)), inside = std::to_string(port_bit_of(i) + bit_of(i));
    bits += " + CASE WHEN NOT (" + conditions[i] + ") THEN 0 WHEN " + member + " THEN " + inside + " ELSE " + outside + " END";
    any += " OR (" + conditions[i] + ")";
  }
  return bits + " + CASE WHEN " + member + " AND (" + any + ") THEN " + std::to_string(kAny) + " ELSE 0 END";
}

/// Calls add(part, whether it is of the population) for everything that these bits belong to.
template <class Add>
void each_of(MeasuredRise& rise, std::uint64_t bits, Add add) {
  if ((bits & kMember) != 0) add(rise.all, true);
  add(rise.all, false);
  if ((bits & kAny) != 0) add(rise.any, true);
  for (std::size_t i = 0; i < rise.parts.size(); ++i) {
    if ((bits & bit_of(i)) != 0) add(rise.parts[i], true);
    if ((bits & port_bit_of(i)) != 0) add(rise.parts[i], false);
  }
}

/// The population on the peak day: a source counts once wherever any of its rows belongs, a packet where its own row does.
Result<void> measure_peak(QuerySession& session, const Population& population, Metric metric, const std::string& bits, MeasuredRise& rise) {
  // Packets of all, of any part and of each part; as floating numbers, which are exact up to 2^53 and quicker to add than 128 bits.
  std::vector<std::pair<MeasuredPart*, std::uint64_t>> counted = {{&rise.all, kMember}, {&rise.any, kAny}};
  for (std::size_t i = 0; i < rise.parts.size(); ++i) counted.emplace_back(&rise.parts[i], bit_of(i));
  std::string by_source, together;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const std::string name = "packets_" + std::to_string(i);
    by_source += ", sum(CASE WHEN bits & " + std::to_string(counted[i].second) + " <> 0 THEN packets ELSE 0 END) AS " + name;
    together += ", sum(" + name + ")";
  }
  auto answer =
      session.run_raw("SELECT bits, count(*), sum(packets_0 * packets_0)" + together + " FROM (SELECT bit_or(bits) AS bits" + by_source +
                      " FROM (SELECT src, " + bits + " AS bits, CAST(packets AS DOUBLE) AS packets FROM flows WHERE " +
                      within_days(population.peak_day, population.peak_day + 1) + " AND " + population.port + " AND " + population.members +
                      ") GROUP BY src) GROUP BY bits");
  if (!answer) return answer.error();
  for (const auto& row : answer->rows) {
    rise.squares += real(row[2]);
    for (std::size_t i = 0; i < counted.size(); ++i) {
      auto& [part, bit] = counted[i];
      if ((whole(row[0]) & bit) != 0) part->hosts += whole(row[1]);
      part->packets += whole(row[3 + i]);
    }
  }
  for (auto& [part, bit] : counted) part->now = static_cast<double>(metric == Metric::hosts ? part->hosts : part->packets);
  return {};
}

/// The usual days together. Hosts of large darknets are those of a sample: of a mean of days no more is needed.
Result<void> measure_usual(QuerySession& session, const Population& population, Metric metric, const std::string& bits,
                           MeasuredRise& rise) {
  if (population.usual_days.empty()) return {};
  const std::string rows = "FROM flows WHERE " + within_days(population.usual_days) + " AND " + population.port;
  Thinning thinning;
  std::string sql = "SELECT " + bits + " AS bits, TRUE AS port, CAST(sum(packets) AS UBIGINT) " + rows + " GROUP BY 1, 2";
  if (metric == Metric::hosts) {
    thinning = thinning_of(population, kMostUsualRows);
    rise.nth_usual = thinning.port;
    sql = "SELECT bits, port, count(*) FROM (SELECT src, bit_or(" + bits + ") AS bits, " + thinning.for_port() + " AS port " + rows;
    if (!thinning.all()) sql += " AND (" + thinning.for_port() + " OR ((" + population.members + ") AND " + thinning.for_members() + "))";
    sql += " GROUP BY src, CAST(hour AS DATE)) GROUP BY bits, port";
  }
  auto answer = session.run_raw(sql);
  if (!answer) return answer.error();
  for (const auto& row : answer->rows) {
    const bool port = flag(row[1]);
    const double count = real(row[2]) * population.usual_factor;
    each_of(rise, whole(row[0]), [&](MeasuredPart& part, bool member) {
      if (member) part.usual += count * static_cast<double>(thinning.members);
      if (!member && port) part.usual_port += count * static_cast<double>(thinning.port);
    });
  }
  return {};
}

}  // namespace

Result<MeasuredRise> measure_rise(QuerySession& session, const Population& population, Metric metric,
                                  const std::vector<std::string>& conditions) {
  assert(conditions.size() <= kMostConditions);
  MeasuredRise rise;
  rise.parts.resize(conditions.size());
  const std::string bits = bits_of(population, conditions);
  if (auto peak = measure_peak(session, population, metric, bits, rise); !peak) return peak.error();
  if (auto usual = measure_usual(session, population, metric, bits, rise); !usual) return usual.error();
  return rise;
}

}  // namespace nightjar
