#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/address.hpp"
#include "net/packet.hpp"
#include "schema/rows.hpp"

namespace nightjar {

/// A prefix that a sensor observes from one day to another.
struct DatedPrefix {
  Prefix prefix;
  std::int64_t from_day;  ///< days since 1970, included; smallest number = always
  std::int64_t to_day;    ///< excluded; largest number = still
};

/// A place that watches: its name, kind, addresses by date, and which captures are its.
struct Sensor {
  std::string name;
  SensorKind kind = SensorKind::darknet;
  std::vector<DatedPrefix> prefixes;  ///< empty: everything is observed, the size is unknown
  std::vector<std::string> captures;  ///< globs, relative to the folder of nightjar.toml
  bool modelled = false;              ///< its captures come from `simulate`
};

enum class Direction : std::uint8_t { observed, outbound, outside };

/// Where a packet goes, seen from one sensor on one day; made once per (sensor, day), asked once per packet.
class DayView {
 public:
  DayView(const Sensor& sensor, std::int64_t day);
  /// `destination_index`: place of the destination among the sensor's addresses of that day, modulo 64
  /// (without prefixes: its lowest 6 bits).
  Direction direction(const Packet& packet, std::uint8_t& destination_index) const;
  /// Addresses observed that day (IPv6 prefixes longer than /64 count addresses, shorter ones saturate); 0 = unknown.
  std::uint64_t addresses() const { return addresses_; }

 private:
  struct Range {
    std::uint8_t version;
    std::uint64_t first, last, first_low, last_low, index;
  };
  std::vector<Range> ranges_;
  std::uint64_t addresses_ = 0;
  bool everything_ = false;
};

/// nightjar.toml as far as it concerns sensors and geolocation.
struct SensorConfig {
  std::filesystem::path file;  ///< where it was read, empty if from nowhere
  std::vector<Sensor> sensors;
  std::vector<std::filesystem::path> geolocation;  ///< [geolocation] files = [...]
};

/// Reads nightjar.toml; every mistake is a sentence with file, line and what is possible there.
Result<SensorConfig> read_sensor_config(const std::filesystem::path& file);

/// The sensor that a capture belongs to by the globs of a configuration; nothing if none claims it, an error if two do.
Result<std::optional<std::size_t>> sensor_of_capture(const SensorConfig& config, const std::filesystem::path& capture);

}  // namespace nightjar
