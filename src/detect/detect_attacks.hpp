#pragma once
#include <cstdint>
#include <optional>

#include "base/result.hpp"
#include "detect/attack_definition.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct DetectAttacksOptions {
  std::optional<std::int64_t> from_day, to_day;  ///< UTC days since 1970 in which the attacks begin, `to_day` not included; none: all
  int threads = 0;                               ///< of the engine; 0: one a core
  std::uint64_t memory_bytes = 0;                ///< of the engine; 0: a quarter of the machine, at most 4 GB
};

struct DetectedAttacks {
  bool no_requests = false;         ///< the lake has none: nothing was written
  bool up_to_date = false;          ///< judged before, by the same parameters, from the same requests: nothing was written
  std::uint64_t attacks = 0;        ///< of level 1: those that count
  std::uint64_t multi_service = 0;  ///< of level 2: several services on one victim
  std::uint64_t carpets = 0;        ///< of level 2: many addresses of one prefix
  std::uint64_t lone_carpets = 0;   ///< of them those without any attack of level 1, since no address was asked for often enough
  std::uint64_t rows_read = 0;
  std::size_t most_held = 0;  ///< attacks of one victim held at a time
};

/// Judges the requests of a lake by a definition and writes table `attacks`: in one commit the rows that this definition made before (of
/// those days) are replaced; those of other definitions stay. All requests are read, whatever days are asked for, since an attack may have
/// begun before. A part names its attack of level 2 only where the lake holds that one too: in these days, or in others that were judged
/// from the same requests. Fails with "Conflict" in the sentence when another process judged by the same definition at the same time.
Result<DetectedAttacks> detect_attacks(Lake& lake, const AttackDefinition& definition, const DetectAttacksOptions& options = {});

}  // namespace nightjar
