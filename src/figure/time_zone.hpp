#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "figure/posix_zone.hpp"

namespace nightjar {

/// A time zone of the IANA database, read from its TZif file (RFC 8536).
class TimeZone {
 public:
  /// UTC needs no file.
  TimeZone() = default;
  /// "Asia/Tokyo". A name that is none gets a sentence with the nearest one; the name never leaves `folder`.
  static Result<TimeZone> load(std::string_view name, const std::filesystem::path& folder = "/usr/share/zoneinfo");
  /// The bytes of a TZif file; nothing if they are none.
  static std::optional<TimeZone> parse(std::string name, std::string_view bytes);

  const std::string& name() const { return name_; }
  /// Seconds east of UTC at a time (seconds since 1970).
  std::int32_t offset_at(std::int64_t second) const;
  /// Day (days since 1970 of the local calendar) that the clock of the zone shows at a time.
  std::int64_t day_at(std::int64_t second) const;
  /// The first whole UTC hour (hours since 1970) of a local day. Days follow one another without gap: a day of a clock
  /// change has 23 or 25 hours, one that a zone skipped has none.
  std::int64_t first_hour(std::int64_t local_day) const;

  /// A stretch of UTC hours with one offset.
  struct Stretch {
    std::int64_t from_hour;  ///< included; the first stretch holds for all earlier hours too
    std::int32_t offset;     ///< seconds, a whole number of hours
  };
  /// The stretches between two UTC hours. An error for offsets of 30 or 45 minutes: rows of the lake are UTC hours.
  Result<std::vector<Stretch>> stretches(std::int64_t from_hour, std::int64_t to_hour) const;

 private:
  std::string name_ = "UTC";
  std::vector<std::int64_t> times_;      ///< of changes, rising
  std::vector<std::int32_t> offsets_;    ///< from the change on
  std::int32_t before_ = 0;              ///< offset before the first change
  std::optional<PosixZone> afterwards_;  ///< after the last change
};

}  // namespace nightjar
