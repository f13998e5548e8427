#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// What requests must share to be one stream.
struct AttackKey {
  bool port = true;      ///< the UDP port that was asked
  bool service = false;  ///< what was asked; of unknown services the port
  bool sensor = true;    ///< false: the requests that all sensors got together
  friend bool operator==(const AttackKey&, const AttackKey&) = default;
};

/// What one attack is, where streams of requests (those that agree in the key, without a longer pause) are long enough.
enum class AttackCount : std::uint8_t {
  sum,      ///< each such stream: what three sensors saw counts three times (footnote 10 of NICTER's report of 2017)
  sensors,  ///< all that the sensors together got of one victim and port (or service) without a longer pause, if one stream of it is
  victim,   ///< all that the sensors together got of one victim without a longer pause, whatever services, if one stream of it is
};

/// A definition of a DRDoS attack. Two attacks touch in time when no more than `gap_seconds` lie between the end of one and the beginning
/// of the other.
struct AttackDefinition {
  std::string name;
  AttackKey key;
  std::uint64_t min_requests = 100;  ///< of a stream, at one sensor at least
  std::int64_t gap_seconds = 3600;   ///< a longer pause ends a stream; at least kShortestGap
  AttackCount count = AttackCount::sensors;
  /// A carpet: so many addresses of one /24 (IPv6 /48), asked for at one sensor and port (or service) without a longer pause, each at
  /// least `carpet_requests` times, and together `min_requests` times. Plausible, not published: of fewer addresses some are attacked by
  /// chance at the same time, and an address asked for less often is a scanner's (Thomas et al. 2017 take up to 5 packets for a scan).
  std::uint64_t carpet_addresses = 10;
  std::uint64_t carpet_requests = 6;

  /// "key=victim+port+sensor min=100 gap=3600 count=sensors carpet=10 carpet-requests=6"
  std::string parameters() const;
  /// What requests of one victim must share to be of one attack.
  AttackKey told_apart_by() const {
    if (count == AttackCount::victim) return {false, false, false};
    return {key.port, key.service, key.sensor && count == AttackCount::sum};
  }
};

/// Rows of `requests` keep the first and the last request of a minute, so pauses within one are not known.
inline constexpr std::int64_t kShortestGap = 60;

struct AttackPreset {
  AttackDefinition definition;
  std::string_view sentence;  ///< what it is and where it comes from
};
std::span<const AttackPreset> attack_presets();

/// Changes of a preset.
struct AttackChanges {
  std::optional<std::uint64_t> min_requests;
  std::optional<std::int64_t> gap_seconds;
  std::optional<std::string> key;    ///< victim, +port, +service, +sensor
  std::optional<std::string> count;  ///< sum, sensors, victim
  std::optional<std::uint64_t> carpet_addresses;
};

/// "amppot", or "amppot with gap 900, min 50" as a changed one calls itself. The name of what comes out says what differs from the preset.
/// Errors: an unknown preset (with the nearest), a key or a way to count that is none, numbers out of range.
Result<AttackDefinition> attack_definition(std::string_view name, const AttackChanges& changes = {});

}  // namespace nightjar
