#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {

/// A capture that is to be read, and the sensor it belongs to.
struct CapturePath {
  std::filesystem::path path;  ///< "-" for standard input
  std::uint16_t sensor = 0;    ///< index into CaptureList::sensors
  bool named = true;           ///< named by the user; false: found in a folder, where what is no capture is passed over
};

struct CaptureList {
  std::vector<Sensor> sensors;
  std::vector<CapturePath> captures;
  std::vector<std::filesystem::path> geolocation;  ///< of the configuration, if it names any
};

/// What the user said of sensors on the command line.
struct SensorChoice {
  std::optional<std::filesystem::path> config;  ///< --config: a nightjar.toml
  std::optional<std::string> sensor;            ///< --sensor: every capture belongs to it
  std::optional<SensorKind> kind;               ///< --kind
};

/// Name of the sensor where nothing names one.
inline constexpr const char* kDefaultSensor = "darknet";

/// Finds the captures behind the paths of a command line: files as they are, folders with all files below them in the order of their
/// names (hidden ones and nightjar.toml left out). Sensors come from --config or from the nightjar.toml of an ingested folder. Fails
/// with a sentence for a path that is not there, and for a capture that no sensor of the configuration claims.
Result<CaptureList> find_captures(const std::vector<std::string>& paths, const SensorChoice& choice);

}  // namespace nightjar
