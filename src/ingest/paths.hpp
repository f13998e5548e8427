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
  bool modelled = false;       ///< it comes from `simulate`, whatever its sensor
};

struct CaptureList {
  std::vector<Sensor> sensors;
  std::vector<CapturePath> captures;
  /// [geolocation] files of the configurations, if one has that line: an empty list means "no data".
  std::optional<std::vector<std::filesystem::path>> geolocation;
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
/// names (hidden ones and nightjar.toml left out). Their sensors come from --config, or else from the nightjar.toml in the capture's
/// folder and those above it up to the folder that was named, the nearest first; for a capture that was named itself from the one
/// beside it, if that claims it. The nearest nightjar.toml with origin = "modelled" marks its captures whatever sensor they belong to.
/// Fails with a sentence for a path that is not there, for a capture that no sensor of its configuration claims, and for a --sensor that is
/// no name, or none of those configured.
Result<CaptureList> find_captures(const std::vector<std::string>& paths, const SensorChoice& choice);

}  // namespace nightjar
