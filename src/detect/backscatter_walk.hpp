#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "detect/reflections.hpp"
#include "detect/victim_attack.hpp"
#include "detect/victim_definition.hpp"
#include "schema/rows.hpp"
#include "store/query.hpp"

namespace nightjar {

/// What is read for attacks that begin in UTC days [from_day, to_day): a little of the day before, since what goes on there began before;
/// and of what is still open at the end whatever follows, as far as the session sees it.
struct JudgedSpan {
  std::int64_t from_day = 0, to_day = 0;
};

/// Which sensors are darknets, and how large all of them were: read once for all days, since the sizes of a year lie in a file a day.
struct DarknetSizes {
  std::vector<std::string> others;                                          ///< sensors that are no darknets
  std::map<std::pair<std::string, std::int64_t>, std::uint64_t> addresses;  ///< by sensor and UTC day, the most
};
Result<DarknetSizes> darknet_sizes(QuerySession& session);

/// Reads `backscatter` of darknets in an order in which that of one victim follows one another, however it came into the lake. The engine
/// sorts and spills what does not fit its memory; a row at a time is held here.
class BackscatterWalk {
 public:
  /// `names`: what `sensor` of a row is an index into; grows while rows are read.
  BackscatterWalk(QuerySession& session, const VictimDefinition& definition, const DarknetSizes& sizes, JudgedSpan span, Names& names)
      : session_(session), definition_(definition), sizes_(sizes), span_(span), names_(names) {}

  /// Which minutes are a reflection. Before anything else.
  Result<void> look();

  using Visit = std::function<void(const BackscatterSeen&)>;
  /// By victim, protocol, sensor and minute; without those that have too few packets for an attack: a flood of victims that come once
  /// costs a sum each.
  Result<void> by_victim(const Visit& visit);
  /// By prefix (kCarpetBits4 or kCarpetBits6), protocol, sensor and minute; without prefixes that never have enough addresses at a time.
  Result<void> by_prefix(const Visit& visit);

  const Reflections& reflections() const { return reflections_; }
  /// Most addresses that a sensor observed on one of these days; 0: unknown.
  std::uint64_t addresses(std::uint16_t sensor, std::int64_t from_day, std::int64_t to_day) const;
  std::uint64_t rows() const { return rows_; }

 private:
  /// SQL of a table with the rows of the span, its keys (key columns) as given.
  std::string rows_sql(const std::string& from, const std::string& key) const;
  std::string darknets_sql() const;
  Result<void> walk(const std::string& from, const std::string& key, const Visit& visit);
  std::uint16_t sensor_index(const std::string& name);

  QuerySession& session_;
  const VictimDefinition& definition_;
  const DarknetSizes& sizes_;
  JudgedSpan span_;
  Names& names_;
  Reflections reflections_;
  std::uint64_t rows_ = 0;
};

}  // namespace nightjar
