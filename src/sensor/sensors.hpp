#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "schema/rows.hpp"
#include "schema/services.hpp"

namespace nightjar {

/// A prefix that a sensor observes from one day to another.
struct DatedPrefix {
  Prefix prefix;
  std::int64_t from_day;  ///< days since 1970, included; smallest number = always
  std::int64_t to_day;    ///< excluded; largest number = still
  friend bool operator==(const DatedPrefix&, const DatedPrefix&) = default;
};

/// A place that watches: its name, kind, addresses by date, and which captures are its.
struct Sensor {
  std::string name;
  SensorKind kind = SensorKind::darknet;
  std::vector<DatedPrefix> prefixes;  ///< empty: everything is observed, the size is unknown
  std::vector<std::string> captures;  ///< globs, relative to the folder of nightjar.toml
  bool modelled = false;              ///< its captures come from `simulate`
  std::vector<Service> services;      ///< of a reflector: what it offers; requests for others are none. Empty: whatever is asked
};

enum class Direction : std::uint8_t { observed, outbound, outside };

/// Where a packet goes, seen from one sensor on one day; made once per (sensor, day), asked once per packet.
class DayView {
 public:
  /// The sensor's prefixes of that day must not overlap (read_sensor_config sees to it). Does not keep the sensor.
  DayView(const Sensor& sensor, std::int64_t day);
  /// `destination_index`: place of the destination among the sensor's addresses of that day in the order of its prefixes,
  /// modulo 64 (without prefixes: its lowest 6 bits); 0 where the packet is not observed.
  Direction direction(const Packet& packet, std::uint8_t& destination_index) const;
  /// Addresses observed that day (IPv6 prefixes longer than /64 count addresses, shorter ones saturate); 0 = unknown, or
  /// a sensor none of whose prefixes was in use.
  std::uint64_t addresses() const { return addresses_; }

 private:
  struct Range4 {
    std::uint32_t first, last_offset;  ///< the last address is first + last_offset
    std::uint32_t index;               ///< of `first`, modulo 64
  };
  struct Range6 {
    std::uint64_t first, first_low, last, last_low;
    std::uint64_t index;
  };
  bool find4(std::uint32_t address, std::uint8_t& index) const;
  bool find6(std::uint64_t high, std::uint64_t low, std::uint8_t& index) const;

  std::vector<Range4> ranges4_;  ///< few: in the order of the prefixes; many: ascending
  std::vector<Range6> ranges6_;
  std::uint64_t addresses_ = 0;
  bool everything_ = false;
};

/// Whether a text may be the name of a sensor, wherever it comes from: 1 to 64 characters of UTF-8, no '/', no control characters.
Result<void> check_sensor_name(std::string_view name);

/// nightjar.toml as far as it concerns sensors and geolocation.
struct SensorConfig {
  std::filesystem::path file;  ///< where it was read, empty if from nowhere
  std::vector<Sensor> sensors;
  std::vector<std::filesystem::path> geolocation;  ///< [geolocation] files = [...], relative ones made complete
  bool has_geolocation = false;                    ///< [geolocation] files is there: an empty list means "no data"
  bool modelled = false;                           ///< origin = "modelled": all captures beside the file come from `simulate`
  std::string timezone;                            ///< [display] timezone as written, unchecked; empty if not set
};

/// Reads nightjar.toml; every mistake is a sentence with file, line and what is possible there.
Result<SensorConfig> read_sensor_config(const std::filesystem::path& file);
/// The same for text that is already there; `file` is for sentences and relative paths, and need not exist.
Result<SensorConfig> parse_sensor_config(std::string_view text, const std::filesystem::path& file);

/// The sensor that a capture belongs to by the globs of a configuration; nothing if none claims it, an error if two do.
Result<std::optional<std::size_t>> sensor_of_capture(const SensorConfig& config, const std::filesystem::path& capture);

}  // namespace nightjar
