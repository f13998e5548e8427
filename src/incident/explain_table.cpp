#include "incident/explain_table.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>

#include "base/time.hpp"
#include "schema/rows.hpp"

namespace nightjar {
namespace {

/// Sources that are always in the sample: who sends a twentieth of a thousandth of a rise of packets must not be left to luck.
constexpr std::size_t kMostHeavySources = 200;

/// Every how manieth source is read: of the population's, and of the others that have the port.
struct Thinning {
  std::uint64_t members = 1, others = 1;
  std::string heavy;  ///< "(1, 2, 3)": sources that are read in any case; empty: none
};

std::string rows_of(const Population& population) {
  std::vector<std::int64_t> days = population.usual_days;
  days.push_back(population.peak_day);
  std::string rows = "FROM flows WHERE " + within_days(days) + " AND " + population.port;
  // Of the others only the usual days are asked for.
  if (!population.whole_port)
    rows += " AND ((" + population.members + ") OR NOT " + within_days(population.peak_day, population.peak_day + 1) + ")";
  return rows;
}

Result<Thinning> thinning_of(QuerySession& session, const Population& population, Metric metric, std::size_t most_rows) {
  auto sizes = session.run_raw("SELECT " + population.members + " AS member, count(*) " + rows_of(population) + " GROUP BY 1");
  if (!sizes) return sizes.error();
  std::uint64_t members = 0, others = 0;
  for (const auto& row : sizes->rows) (std::get_if<bool>(&row[0]) != nullptr && std::get<bool>(row[0]) ? members : others) = whole(row[1]);
  Thinning thinning;
  if (members + others <= most_rows) return thinning;
  // Each gets half, and what the other leaves.
  const std::uint64_t half = most_rows / 2;
  const std::uint64_t for_members = std::max<std::uint64_t>(half, most_rows - std::min<std::uint64_t>(others, half));
  const std::uint64_t for_others = std::max<std::uint64_t>(half, most_rows - std::min<std::uint64_t>(members, half));
  thinning.members = std::max<std::uint64_t>(1, (members + for_members - 1) / for_members);
  thinning.others = std::max<std::uint64_t>(1, (others + for_others - 1) / for_others);
  if (metric != Metric::packets) return thinning;
  auto heavy = session.run_raw("SELECT src " + rows_of(population) + " GROUP BY src ORDER BY sum(packets) DESC, src LIMIT " +
                               std::to_string(kMostHeavySources));
  if (!heavy) return heavy.error();
  for (const auto& row : heavy->rows) thinning.heavy += (thinning.heavy.empty() ? "(" : ", ") + std::to_string(whole(row[0]));
  if (!thinning.heavy.empty()) thinning.heavy += ")";
  return thinning;
}

std::uint16_t country_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr || text->size() != 2 ? CountryCode{0} : country_code((*text)[0], (*text)[1]);
}

/// Adds the rows of one source after the other to a level; a source counts once a day.
class LevelSum {
 public:
  void add(bool today, bool member, std::uint32_t source, bool once, double amount) {
    if (member && !(once && member_source_ == source)) {
      (today ? level_.now : level_.usual) += amount;
      member_source_ = source;
    }
    if (!today && !(once && any_source_ == source)) {
      level_.usual_port += amount;
      any_source_ = source;
    }
  }
  const Level& level() const { return level_; }

 private:
  Level level_;
  std::uint32_t member_source_ = 0, any_source_ = 0;
};

}  // namespace

Result<RiseTable> RiseTable::read(QuerySession& session, const Population& population, Metric metric, std::size_t most_rows) {
  auto thinning = thinning_of(session, population, metric, most_rows);
  if (!thinning) return thinning.error();
  const std::string heavy = thinning->heavy.empty() ? "FALSE" : "src IN " + thinning->heavy;
  const std::string member = "(" + population.members + ")";
  const std::string every =
      "(CASE WHEN " + member + " THEN " + std::to_string(thinning->members) + " ELSE " + std::to_string(thinning->others) + " END)";
  std::string sql = "SELECT CAST(hour AS DATE) - DATE '1970-01-01' AS day, src, " + member + ", " + heavy +
                    " AS heavy, country, asn, facts, \"window\", port, src_port, protocol, class, sensor, packets " + rows_of(population);
  if (thinning->members > 1 || thinning->others > 1) sql += " AND (" + heavy + " OR hash(src) % CAST(" + every + " AS UBIGINT) = 0)";

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
    const bool is_member = std::get<bool>(row[2]);
    const double weight = std::get<bool>(row[3]) ? 1 : static_cast<double>(is_member ? thinning->members : thinning->others);
    AttributeRow raw;
    raw.src = whole(row[1]);
    raw.country = country_of(row[4]);
    raw.asn = static_cast<std::uint32_t>(whole(row[5]));
    raw.facts = static_cast<std::uint32_t>(whole(row[6]));
    raw.window = static_cast<std::uint16_t>(whole(row[7]));
    raw.port = static_cast<std::uint16_t>(whole(row[8]));
    raw.src_port = static_cast<std::uint16_t>(whole(row[9]));
    raw.protocol = static_cast<std::uint8_t>(whole(row[10]));
    raw.traffic_class = static_cast<std::uint8_t>(whole(row[11]));
    raw.sensor = sensors[std::get<std::string>(row[12])];
    Row kept{.src = raw.src,
             .day = days[static_cast<std::int64_t>(whole(row[0]))],
             .member = is_member,
             .codes = {},
             .packets = weight * real(row[13]),
             .host = weight};
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
    sum_of(row).add(today, row.member, source, hosts_, (hosts_ ? row.host : row.packets) * (today ? 1 : usual_factor_));
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
