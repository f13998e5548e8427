#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace nightjar {

/// The rule at the end of a time zone file for times after its last listed change: POSIX TZ as extended by RFC 8536,
/// e.g. "EST5EDT,M3.2.0,M11.1.0" or "<+0930>-9:30".
class PosixZone {
 public:
  static std::optional<PosixZone> parse(std::string_view text);

  /// Seconds east of UTC at a time (seconds since 1970).
  std::int32_t offset_at(std::int64_t second) const;

 private:
  /// When a change falls in a year.
  struct Change {
    enum class Kind : std::uint8_t { julian_without_leap, day_of_year, week_of_month } kind = Kind::day_of_year;
    int month = 0, week = 0, day = 0;
    std::int32_t time = 2 * 3600;  ///< seconds of local time, may be negative or above a day

    /// Seconds since 1970 as if the local clock were UTC.
    std::int64_t local_second(int year) const;
  };
  struct Reader;

  std::int32_t standard_ = 0;
  std::optional<std::int32_t> daylight_;
  Change start_, end_;
};

}  // namespace nightjar
