#pragma once
#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "detect/victim_definition.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct DetectVictimsOptions {
  std::optional<std::int64_t> from_day, to_day;  ///< UTC days since 1970 in which the attacks begin, `to_day` not included; none: all
  int threads = 0;                               ///< of the engine; 0: one a core
  std::uint64_t memory_bytes = 0;                ///< of the engine; 0: a quarter of the machine, at most 4 GB
};

struct DetectedVictims {
  bool no_backscatter = false;     ///< the lake has none: nothing was written
  bool up_to_date = false;         ///< these days were judged before, from the same backscatter: nothing was written
  std::uint64_t days = 0;          ///< judged now: those with backscatter that is new to them, and whose attacks went on into such days
  std::uint64_t attacks = 0;       ///< of level 1 that begin on these days: those that count
  std::uint64_t carpets = 0;       ///< of level 2: many addresses of one prefix
  std::uint64_t lone_carpets = 0;  ///< of them those without any attack of level 1: no address was attacked hard enough by itself
  /// Reflections (reflections.hpp) that were left out: minutes, most hosts in one of them, packets.
  std::uint64_t reflected_minutes = 0, reflecting_hosts = 0, reflected_packets = 0;
  std::uint64_t rows_read = 0;
};

/// Judges the backscatter that darknets saw by a definition and writes table `attacks`: a file for each day, of the attacks that begin on
/// it. Only days are judged whose judgement does not hold any more (store/judged_victims.hpp): of a lake that grows by a day that is the
/// new one, the one before, and those on which attacks began that go on still. In one commit the rows that this definition made of those
/// days are replaced; those of other definitions stay. What comes out does not depend on what was judged when, nor on batches. Fails with
/// "Conflict" in the sentence when another process judged by the same definition at the same time.
Result<DetectedVictims> detect_victims(Lake& lake, const VictimDefinition& definition, const DetectVictimsOptions& options = {});

}  // namespace nightjar
