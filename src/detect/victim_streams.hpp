#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "detect/reflections.hpp"
#include "detect/victim_attack.hpp"
#include "detect/victim_definition.hpp"

namespace nightjar {

/// Makes attacks on one victim after the other out of backscatter that comes by victim, protocol, sensor and minute
/// (BackscatterWalk::by_victim). Memory: one stream.
class VictimStreams {
 public:
  /// Gets each stream when it ended, without id; `attack`: whether it is one.
  using Finish = std::function<void(Attack&& stream, bool attack)>;

  VictimStreams(const VictimDefinition& definition, const Reflections& reflections, Finish finish)
      : definition_(definition), reflections_(reflections), finish_(std::move(finish)) {}

  void add(const BackscatterSeen& seen);
  /// After the last row.
  void end();

 private:
  bool same_victim(const BackscatterSeen& seen) const;
  void close_minute();
  void close_stream();

  const VictimDefinition& definition_;
  const Reflections& reflections_;
  Finish finish_;
  std::optional<BackscatterSeen> minute_;  ///< all of the victim in one minute; its port is that of the first row
  std::vector<std::uint16_t> minute_ports_;
  std::optional<Attack> open_;
  PortSet ports_;                             ///< of the stream
  std::int64_t last_minute_ = 0;              ///< of the stream
  std::array<std::uint64_t, 6> last_bins_{};  ///< of that minute
};

}  // namespace nightjar
