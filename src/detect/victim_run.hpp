#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "detect/attack.hpp"
#include "detect/backscatter_walk.hpp"
#include "detect/detect_victims.hpp"
#include "detect/victim_definition.hpp"
#include "store/lake.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Judges days that lie together: reads them, and as many after them as the attacks that begin on them go on.
class VictimRun {
 public:
  VictimRun(std::shared_ptr<const Snapshot> snapshot, const VictimDefinition& definition, const DetectVictimsOptions& options,
            const DarknetSizes& sizes, JudgedSpan span, Names& names);

  /// Gets what begins in the span, with its id, its destinations, and without parent.
  using Visit = std::function<Result<void>(Attack&& attack)>;
  Result<void> carpets(const Visit& visit);
  Result<void> attacks(const Visit& visit);

  /// The last day on which more backscatter would change what begins on this one. After both of the above.
  std::int64_t last_day(std::int64_t day) const;
  bool covers(std::int64_t day) const { return day >= span_.from_day && day < span_.to_day; }
  /// Of the last reading.
  const Reflections& reflections() const { return reflections_; }
  std::uint64_t rows() const { return rows_; }

 private:
  template <class Streams, class Read>
  Result<void> judge(const Visit& visit, Read read);
  /// Notes until when the days depend on more; true if it began in the span.
  bool begins_here(const Attack& stream);

  std::shared_ptr<const Snapshot> snapshot_;
  const VictimDefinition& definition_;
  const DetectVictimsOptions& options_;
  const DarknetSizes& sizes_;
  JudgedSpan span_;
  Names& names_;
  std::int64_t lake_end_ = 0;                        ///< day after the last one with backscatter
  std::int64_t read_end_ = 0;                        ///< day after the last one that is read
  std::map<std::int64_t, std::int64_t> open_until_;  ///< by day of the beginning, milliseconds since 1970
  Reflections reflections_;
  std::uint64_t rows_ = 0;
};

}  // namespace nightjar
