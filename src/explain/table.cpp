#include "explain/table.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/time.hpp"
#include "schema/rows.hpp"

namespace nightjar {
namespace {

/// Sources of which a sample of packets always has all rows: the share of one that is loud must not be left to luck.
constexpr std::size_t kMostLoudSources = 200;

/// "src IN (1, 2, 3)": the loudest sources.
Result<std::string> loud_sources(QuerySession& session, const Population& population) {
  auto answer = session.run_raw("SELECT src " + population.rows() + " GROUP BY src ORDER BY sum(packets) DESC, src LIMIT " +
                                std::to_string(kMostLoudSources));
  if (!answer) return answer.error();
  std::string list;
  for (const auto& row : answer->rows) list += (list.empty() ? "src IN (" : ", ") + std::to_string(whole(row[0]));
  return list.empty() ? "FALSE" : list + ")";
}

std::uint16_t country_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr || text->size() != 2 ? CountryCode{0} : country_code((*text)[0], (*text)[1]);
}

/// Adds the rows of one source after the other to a level; a source counts once a day.
class LevelSum {
 public:
  /// Amounts of the population (0: the row is none of it) and of the whole port.
  void add(bool today, std::uint32_t source, bool once, double member, double port) {
    if (member > 0 && !(once && member_source_ == source)) {
      (today ? level_.now : level_.usual) += member;
      member_source_ = source;
    }
    if (!today && port > 0 && !(once && port_source_ == source)) {
      level_.usual_port += port;
      port_source_ = source;
    }
  }
  const Level& level() const { return level_; }

 private:
  Level level_;
  std::uint32_t member_source_ = 0, port_source_ = 0;
};

}  // namespace

Result<RiseTable> RiseTable::read(QuerySession& session, const Population& population, Metric metric, std::size_t most_rows) {
  const Thinning thinning = thinning_of(population, most_rows);
  std::string loud = "FALSE";
  if (!thinning.all() && metric == Metric::packets) {
    auto sources = loud_sources(session, population);
    if (!sources) return sources.error();
    loud = *std::move(sources);
  }
  const std::string member = "(" + population.members + ")";
  std::string sql = "SELECT CAST(hour AS DATE) - DATE '1970-01-01' AS day, src, " + member + ", " + loud + ", " + thinning.for_members() +
                    ", " + thinning.for_port() + ", country, asn, facts, \"window\", port, src_port, protocol, class, sensor, packets " +
                    population.rows();
  if (!thinning.all()) sql += " AND (" + loud + " OR " + thinning.for_port() + " OR (" + member + " AND " + thinning.for_members() + "))";

  std::unordered_map<std::string, std::uint16_t> sensors;
  for (std::size_t i = 0; i < population.sensors.size(); ++i) sensors[population.sensors[i]] = static_cast<std::uint16_t>(i);
  std::unordered_map<std::int64_t, std::int32_t> days = {{population.peak_day, 0}};
  for (const std::int64_t day : population.usual_days) days.emplace(day, static_cast<std::int32_t>(days.size()));

  RiseTable table;
  table.hosts_ = metric == Metric::hosts;
  table.usual_factor_ = population.usual_factor;
  std::array<std::unordered_map<std::uint64_t, std::uint32_t>, kAttributes> numbers;
  for (auto& values : table.values_) values.push_back(0);
  const auto take = [&](const std::vector<Value>& row) -> Result<void> {
    Row kept;
    kept.src = whole(row[1]);
    kept.day = days[static_cast<std::int64_t>(whole(row[0]))];
    kept.member = flag(row[2]) ? (flag(row[3]) ? 1 : flag(row[4]) ? static_cast<double>(thinning.members) : 0) : 0;
    kept.port = flag(row[3]) ? 1 : flag(row[5]) ? static_cast<double>(thinning.port) : 0;
    kept.packets = real(row[15]);
    AttributeRow raw;
    raw.src = kept.src;
    raw.country = country_of(row[6]);
    raw.asn = static_cast<std::uint32_t>(whole(row[7]));
    raw.facts = static_cast<std::uint32_t>(whole(row[8]));
    raw.window = static_cast<std::uint16_t>(whole(row[9]));
    raw.port = static_cast<std::uint16_t>(whole(row[10]));
    raw.src_port = static_cast<std::uint16_t>(whole(row[11]));
    raw.protocol = static_cast<std::uint8_t>(whole(row[12]));
    raw.traffic_class = static_cast<std::uint8_t>(whole(row[13]));
    raw.sensor = sensors[std::get<std::string>(row[14])];
    for (std::size_t i = 0; i < kAttributes; ++i) {
      const auto attribute = static_cast<Attribute>(i);
      // Of a rise of hosts each source is one of many: which, explains nothing.
      if (attribute == Attribute::src && table.hosts_) continue;
      const std::uint64_t value = code_of(attribute, raw);
      if (value == 0) continue;
      const auto [place, added] = numbers[i].try_emplace(value, static_cast<std::uint32_t>(table.values_[i].size()));
      if (added) table.values_[i].push_back(value);
      kept.codes[i] = place->second;
    }
    table.rows_.push_back(kept);
    return {};
  };
  auto read = session.run_raw_streaming(
      sql, [](const std::vector<std::string>&) -> Result<void> { return {}; }, take);
  if (!read) return read.error();
  std::sort(table.rows_.begin(), table.rows_.end(),
            [](const Row& a, const Row& b) { return std::tie(a.day, a.src) < std::tie(b.day, b.src); });
  return table;
}

bool RiseTable::has(const Row& row, const Traits& traits) {
  return std::all_of(traits.begin(), traits.end(),
                     [&](const Trait& trait) { return row.codes[static_cast<std::size_t>(trait.attribute)] == trait.code; });
}

template <class SumOf>
void RiseTable::each(const Traits& traits, SumOf sum_of) const {
  std::uint32_t source = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    if (i == 0 || row.src != rows_[i - 1].src || row.day != rows_[i - 1].day) ++source;
    if (!has(row, traits)) continue;
    const bool today = row.day == 0;
    const double amount = (hosts_ ? 1 : row.packets) * (today ? 1 : usual_factor_);
    sum_of(row).add(today, source, hosts_, row.member * amount, row.port * amount);
  }
}

std::vector<Level> RiseTable::levels(Attribute attribute, const Traits& traits) const {
  const auto column = static_cast<std::size_t>(attribute);
  std::vector<LevelSum> sums(values_[column].size());
  each(traits, [&](const Row& row) -> LevelSum& { return sums[row.codes[column]]; });
  std::vector<Level> levels;
  levels.reserve(sums.size());
  for (const LevelSum& sum : sums) levels.push_back(sum.level());
  levels[0] = {};
  return levels;
}

Level RiseTable::level(const Traits& traits) const {
  LevelSum sum;
  each(traits, [&](const Row&) -> LevelSum& { return sum; });
  return sum.level();
}

}  // namespace nightjar
