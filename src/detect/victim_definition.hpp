#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// What ends the backscatter of one victim.
enum class Silence : std::uint8_t {
  pause,     ///< more than VictimDefinition::gap_seconds between two packets (Corsaro 2)
  interval,  ///< a whole interval of gap_seconds without a packet; intervals begin at multiples of it since 1970 (Corsaro 3)
};

/// A definition of a denial of service that is seen as backscatter (Moore et al.): key victim, protocol and sensor.
struct VictimDefinition {
  std::string name;
  std::uint64_t min_packets = 25;
  std::int64_t min_seconds = 60;  ///< last - first
  std::uint64_t min_peak = 30;    ///< packets in some 60 seconds; the window slides by 10 s, from full ten seconds of the clock
  Silence silence = Silence::pause;
  std::int64_t gap_seconds = 300;  ///< at least kShortestSilence, whole minutes for `interval`
  /// A carpet: in some such window `min_peak` packets of one /24 (IPv6 /48), of which no address may bring more than
  /// min_peak / carpet_addresses: so at least so many addresses answer at the same time. Plausible, not published.
  std::uint64_t carpet_addresses = 10;

  /// "key=victim+protocol+sensor min=25 seconds=60 peak=30 pause=300 carpet=10"; `interval=` instead of `pause=`
  std::string parameters() const;
  /// How much of an address counts towards a carpet's window.
  std::uint64_t carpet_share() const { return min_peak / carpet_addresses > 1 ? min_peak / carpet_addresses : 1; }
  /// Whether packets at `next_ms` still belong to what was seen last at `last_ms` (milliseconds since 1970).
  bool goes_on(std::int64_t last_ms, std::int64_t next_ms) const;
  /// The last time at which a packet would still belong to what was seen last at `last_ms`.
  std::int64_t open_until(std::int64_t last_ms) const;
};

/// Rows of `backscatter` keep the first and the last packet of a minute, so pauses within one are not known.
inline constexpr std::int64_t kShortestSilence = 60;

struct VictimPreset {
  VictimDefinition definition;
  std::string_view sentence;  ///< what it is and where it comes from
};
std::span<const VictimPreset> victim_presets();

/// Changes of a preset.
struct VictimChanges {
  std::optional<std::uint64_t> min_packets, min_peak, carpet_addresses;
  std::optional<std::int64_t> min_seconds, gap_seconds;
};

/// Whether a name is that of a preset here, or begins with it and " with ".
bool names_victims(std::string_view name);

/// "corsaro2", or "corsaro2 with min 10, gap 600" as a changed one calls itself: the name of what comes out says what differs from the
/// preset. Errors: an unknown preset, numbers out of range.
Result<VictimDefinition> victim_definition(std::string_view name, const VictimChanges& changes = {});

}  // namespace nightjar
