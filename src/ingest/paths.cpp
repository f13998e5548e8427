#include "ingest/paths.hpp"

#include <algorithm>
#include <set>

namespace nightjar {
namespace {

namespace fs = std::filesystem;
constexpr const char* kConfigName = "nightjar.toml";

Result<void> find_in_folder(const fs::path& folder, std::vector<fs::path>& found) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::follow_directory_symlink, error), end;
  if (error) return Error{"cannot read the folder " + folder.string() + ": " + error.message()};
  std::vector<fs::path> files;
  while (at != end) {
    const fs::path path = at->path();
    const std::string name = path.filename().string();
    const bool hidden = name.starts_with(".");
    if (hidden) at.disable_recursion_pending();
    std::error_code ignored;
    if (!hidden && name != kConfigName && at->is_regular_file(ignored)) files.push_back(path);
    at.increment(error);
    if (error) return Error{"cannot read the folder " + folder.string() + ": " + error.message()};
  }
  std::sort(files.begin(), files.end());
  found.insert(found.end(), files.begin(), files.end());
  return {};
}

/// Adds the sensors of a configuration to the list; the same name twice must mean the same sensor.
Result<void> add_config(const fs::path& file, std::vector<SensorConfig>& configs, CaptureList& list) {
  auto config = read_sensor_config(file);
  if (!config) return config.error();
  for (const SensorConfig& known : configs) {
    for (const Sensor& mine : known.sensors) {
      for (const Sensor& theirs : config->sensors) {
        if (mine.name == theirs.name)
          return Error{"the sensor " + mine.name + " stands in " + known.file.string() + " and in " + file.string()};
      }
    }
  }
  list.sensors.insert(list.sensors.end(), config->sensors.begin(), config->sensors.end());
  list.geolocation.insert(list.geolocation.end(), config->geolocation.begin(), config->geolocation.end());
  configs.push_back(std::move(*config));
  return {};
}

/// The sensor of a name, added without prefixes if nobody configured it.
std::uint16_t sensor_index(CaptureList& list, const std::string& name, std::optional<SensorKind> kind) {
  for (std::size_t i = 0; i < list.sensors.size(); ++i) {
    if (list.sensors[i].name == name) return static_cast<std::uint16_t>(i);
  }
  Sensor sensor;
  sensor.name = name;
  sensor.kind = kind.value_or(SensorKind::darknet);
  list.sensors.push_back(sensor);
  return static_cast<std::uint16_t>(list.sensors.size() - 1);
}

Result<std::uint16_t> assign(const fs::path& capture, const std::vector<SensorConfig>& configs, const SensorChoice& choice,
                             CaptureList& list) {
  if (choice.sensor) return sensor_index(list, *choice.sensor, choice.kind);
  std::size_t first = 0;
  for (const SensorConfig& config : configs) {
    auto sensor = sensor_of_capture(config, capture);
    if (!sensor) return sensor.error();
    if (*sensor) return static_cast<std::uint16_t>(first + **sensor);
    first += config.sensors.size();
  }
  if (configs.empty() || list.sensors.empty()) return sensor_index(list, kDefaultSensor, choice.kind);
  if (list.sensors.size() == 1 && list.sensors.front().captures.empty()) return std::uint16_t{0};
  return Error{"no sensor of " + configs.front().file.string() + " claims " + capture.string() +
               "; add it to the captures of one, or name the sensor with --sensor"};
}

}  // namespace

Result<CaptureList> find_captures(const std::vector<std::string>& paths, const SensorChoice& choice) {
  CaptureList list;
  std::vector<SensorConfig> configs;
  if (choice.config) {
    if (auto added = add_config(*choice.config, configs, list); !added) return added.error();
  }
  std::vector<std::pair<fs::path, bool>> found;
  std::set<fs::path> read;
  for (const std::string& text : paths) {
    const fs::path path(text);
    std::error_code error;
    if (text == "-") {
      found.emplace_back(path, true);
    } else if (fs::is_directory(path, error)) {
      const fs::path config = path / kConfigName;
      if (!choice.config && fs::exists(config, error) && read.insert(fs::weakly_canonical(config, error)).second) {
        if (auto added = add_config(config, configs, list); !added) return added.error();
      }
      std::vector<fs::path> files;
      if (auto walked = find_in_folder(path, files); !walked) return walked.error();
      for (fs::path& file : files) found.emplace_back(std::move(file), false);
    } else if (fs::exists(path, error)) {
      found.emplace_back(path, true);
    } else {
      return Error{"cannot open " + text + ": " + (error ? error.message() : std::string("there is no such file or folder"))};
    }
  }
  if (choice.kind && !choice.sensor && !configs.empty())
    return Error{"--kind goes with --sensor; the kinds of other sensors stand in " + configs.front().file.string()};
  for (const auto& [path, named] : found) {
    auto sensor = assign(path, configs, choice, list);
    if (!sensor) return sensor.error();
    list.captures.push_back({path, *sensor, named});
  }
  if (choice.sensor && choice.kind) {
    const Sensor& sensor = list.sensors[sensor_index(list, *choice.sensor, choice.kind)];
    if (sensor.kind != *choice.kind)
      return Error{"the sensor " + sensor.name + " is a " + kSensorKindNames[static_cast<std::size_t>(sensor.kind)] +
                   " by its configuration"};
  }
  return list;
}

}  // namespace nightjar
