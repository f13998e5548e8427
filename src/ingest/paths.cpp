#include "ingest/paths.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "ingest/unread.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;
constexpr const char* kConfigName = "nightjar.toml";
constexpr std::size_t kMostSensors = 65'536;  ///< CapturePath names them by 16 bits

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
    const auto kind = at->status(ignored).type();
    // A link to a capture that is not there (a disk that is not mounted) is found, so that somebody says it cannot be read.
    const bool dead_link = kind == fs::file_type::not_found && is_named_like_capture(path);
    if (!hidden && name != kConfigName && (kind == fs::file_type::regular || dead_link)) files.push_back(path);
    at.increment(error);
    if (error) return Error{"cannot read the folder " + folder.string() + ": " + error.message()};
  }
  std::sort(files.begin(), files.end());
  found.insert(found.end(), files.begin(), files.end());
  return {};
}

/// A nightjar.toml that was read.
struct ReadConfig {
  SensorConfig config;
  std::vector<std::uint16_t> sensors;  ///< its sensors in CaptureList::sensors, once it is used for more than its mark
  bool used = false;
};

/// A capture, and which configurations hold for it.
struct Found {
  fs::path path;
  bool named;
  fs::path folder;                   ///< that was named; empty for a capture named itself
  std::vector<ReadConfig*> configs;  ///< the nearest first
  bool modelled = false;
};

class CaptureFinder {
 public:
  explicit CaptureFinder(const SensorChoice& choice) : choice_(choice) {}

  Result<CaptureList> find(const std::vector<std::string>& paths);

 private:
  Result<void> walk(const std::string& text);
  /// The configuration of a folder, read once; nothing if there is none.
  Result<ReadConfig*> config_in(const fs::path& folder);
  Result<ReadConfig*> read(const fs::path& file);
  Result<void> use(ReadConfig& config);
  /// Finds the configurations between a capture and the folder that was named.
  Result<void> configure(Found& found);
  /// Whether a configuration beside a capture that was named itself speaks of it.
  Result<bool> speaks_of(const ReadConfig& config, const fs::path& capture) const;
  /// The sensor of a configuration in use that claims a capture by its globs.
  Result<std::optional<std::uint16_t>> claimed_by(const ReadConfig& config, const fs::path& capture) const;
  Result<std::uint16_t> assign(Found& found);
  /// The sensor of a name, added without prefixes if nobody configured it.
  std::uint16_t index_of(const std::string& name);
  Error unknown_sensor() const;

  const SensorChoice& choice_;
  std::map<fs::path, ReadConfig> read_;        ///< by file, without links
  std::map<fs::path, ReadConfig*> by_folder_;  ///< as it was walked
  ReadConfig* given_ = nullptr;                ///< --config
  std::vector<Found> found_;
  CaptureList list_;
};

Result<ReadConfig*> CaptureFinder::read(const fs::path& file) {
  std::error_code error;
  const fs::path key = fs::weakly_canonical(file, error);
  if (const auto known = read_.find(key); known != read_.end()) return &known->second;
  auto config = read_sensor_config(file);
  if (!config) return config.error();
  ReadConfig& added = read_[key];
  added.config = std::move(*config);
  return &added;
}

Result<ReadConfig*> CaptureFinder::config_in(const fs::path& folder) {
  if (const auto known = by_folder_.find(folder); known != by_folder_.end()) return known->second;
  const fs::path file = folder / kConfigName;
  std::error_code error;
  ReadConfig* config = nullptr;
  if (fs::exists(file, error)) {
    auto done = read(file);
    if (!done) return done.error();
    config = *done;
  }
  return by_folder_[folder] = config;
}

Result<void> CaptureFinder::use(ReadConfig& config) {
  if (config.used) return {};
  config.used = true;
  for (const Sensor& sensor : config.config.sensors) {
    for (const auto& [key, other] : read_) {
      if (!other.used || &other == &config) continue;
      for (const Sensor& known : other.config.sensors) {
        if (known.name == sensor.name && (known.kind != sensor.kind || known.prefixes != sensor.prefixes))
          return Error{"the sensor " + sensor.name + " stands in " + other.config.file.string() + " and in " + config.config.file.string() +
                       ", with another kind or other prefixes"};
      }
    }
    std::size_t at = 0;
    while (at < list_.sensors.size() && list_.sensors[at].name != sensor.name) ++at;
    if (at == list_.sensors.size()) list_.sensors.push_back(sensor);
    config.sensors.push_back(static_cast<std::uint16_t>(at));
  }
  if (config.config.has_geolocation) {
    if (!list_.geolocation) list_.geolocation.emplace();
    list_.geolocation->insert(list_.geolocation->end(), config.config.geolocation.begin(), config.config.geolocation.end());
  }
  return {};
}

Result<std::optional<std::uint16_t>> CaptureFinder::claimed_by(const ReadConfig& config, const fs::path& capture) const {
  auto sensor = sensor_of_capture(config.config, capture);
  if (!sensor) return sensor.error();
  if (*sensor) return std::optional(config.sensors[**sensor]);
  return std::optional<std::uint16_t>();
}

Result<bool> CaptureFinder::speaks_of(const ReadConfig& config, const fs::path& capture) const {
  const std::vector<Sensor>& sensors = config.config.sensors;
  if (sensors.size() == 1 && sensors.front().captures.empty()) return true;
  if (choice_.sensor && std::any_of(sensors.begin(), sensors.end(), [&](const Sensor& s) { return s.name == *choice_.sensor; }))
    return true;
  const auto claimed = sensor_of_capture(config.config, capture);
  if (!claimed) return claimed.error();
  return claimed->has_value();
}

Result<void> CaptureFinder::configure(Found& found) {
  if (given_ != nullptr) {
    found.configs.push_back(given_);
    found.modelled = given_->config.modelled;
  }
  if (found.path == "-") return {};
  bool nearest = true;
  for (fs::path folder = found.path.parent_path();; folder = folder.parent_path()) {
    auto config = config_in(folder);
    if (!config) return config.error();
    if (*config != nullptr) {
      // The mark is of the captures beside the file, whatever else is said of their sensor.
      if (nearest) found.modelled = found.modelled || (*config)->config.modelled;
      nearest = false;
      auto applies = found.named ? speaks_of(**config, found.path) : Result<bool>(true);
      if (!applies) return applies.error();
      if (given_ == nullptr && *applies) found.configs.push_back(*config);
    }
    if (found.named || folder == found.folder || folder == folder.parent_path()) break;
  }
  for (ReadConfig* config : found.configs) {
    if (auto used = use(*config); !used) return used;
  }
  return {};
}

std::uint16_t CaptureFinder::index_of(const std::string& name) {
  for (std::size_t i = 0; i < list_.sensors.size(); ++i) {
    if (list_.sensors[i].name == name) return static_cast<std::uint16_t>(i);
  }
  Sensor sensor;
  sensor.name = name;
  sensor.kind = choice_.kind.value_or(SensorKind::darknet);
  list_.sensors.push_back(sensor);
  return static_cast<std::uint16_t>(list_.sensors.size() - 1);
}

Error CaptureFinder::unknown_sensor() const {
  std::vector<std::string> names;
  for (const Sensor& sensor : list_.sensors) names.push_back(sensor.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  const std::string meant = nearest(*choice_.sensor, names);
  std::string sentence = "no sensor " + *choice_.sensor + " is configured" + (meant.empty() ? "" : "; did you mean " + meant + "?") +
                         (meant.empty() ? "; p" : " P") + "ossible: ";
  for (std::size_t i = 0; i < names.size(); ++i) sentence += (i == 0 ? "" : ", ") + names[i];
  return Error{sentence};
}

Result<std::uint16_t> CaptureFinder::assign(Found& found) {
  if (choice_.sensor) return index_of(*choice_.sensor);
  const ReadConfig* nearest_with_sensors = nullptr;
  for (const ReadConfig* config : found.configs) {
    auto sensor = claimed_by(*config, found.path);
    if (!sensor) return sensor.error();
    found.modelled = found.modelled || (*sensor && config->config.modelled);
    if (*sensor) return **sensor;
    if (nearest_with_sensors != nullptr || config->sensors.empty()) continue;
    nearest_with_sensors = config;
    const Sensor& only = config->config.sensors.front();
    if (config->sensors.size() == 1 && only.captures.empty()) return config->sensors.front();
  }
  // The globs of a configuration may reach out of its folder.
  for (const auto& [key, config] : read_) {
    if (!config.used) continue;
    auto sensor = claimed_by(config, found.path);
    if (!sensor) return sensor.error();
    found.modelled = found.modelled || (*sensor && config.config.modelled);
    if (*sensor) return **sensor;
  }
  if (nearest_with_sensors == nullptr) return index_of(kDefaultSensor);
  return Error{"no sensor of " + nearest_with_sensors->config.file.string() + " claims " + found.path.string() +
               "; add it to the captures of one, or name the sensor with --sensor"};
}

Result<void> CaptureFinder::walk(const std::string& text) {
  const fs::path path(text);
  std::error_code error;
  if (text == "-") {
    found_.push_back({path, true, {}, {}, false});
  } else if (fs::is_directory(path, error)) {
    std::vector<fs::path> files;
    if (auto walked = find_in_folder(path, files); !walked) return walked.error();
    const fs::path folder = path.has_filename() ? path : path.parent_path();
    for (fs::path& file : files) found_.push_back({std::move(file), false, folder, {}, false});
  } else if (fs::exists(path, error)) {
    found_.push_back({path, true, {}, {}, false});
  } else {
    return Error{"cannot open " + text + ": " + (error ? error.message() : std::string("there is no such file or folder"))};
  }
  return {};
}

Result<CaptureList> CaptureFinder::find(const std::vector<std::string>& paths) {
  if (choice_.config) {
    auto config = read(*choice_.config);
    if (!config) return config.error();
    given_ = *config;
    if (auto used = use(*given_); !used) return used.error();
  }
  for (const std::string& text : paths) {
    if (auto walked = walk(text); !walked) return walked.error();
  }
  for (Found& found : found_) {
    if (auto configured = configure(found); !configured) return configured.error();
  }
  if (choice_.kind && !choice_.sensor && !list_.sensors.empty()) {
    const auto used = std::find_if(read_.begin(), read_.end(), [](const auto& at) { return !at.second.sensors.empty(); });
    return Error{"--kind goes with --sensor; the kinds of other sensors stand in " + used->second.config.file.string()};
  }
  if (choice_.sensor && !list_.sensors.empty() &&
      std::none_of(list_.sensors.begin(), list_.sensors.end(), [&](const Sensor& s) { return s.name == *choice_.sensor; }))
    return unknown_sensor();
  for (Found& found : found_) {
    auto sensor = assign(found);
    if (!sensor) return sensor.error();
    list_.captures.push_back({found.path, *sensor, found.named, found.modelled});
  }
  if (list_.sensors.size() > kMostSensors) return Error{"more than " + with_thousands(kMostSensors) + " sensors"};
  if (choice_.sensor && choice_.kind) {
    const Sensor& sensor = list_.sensors[index_of(*choice_.sensor)];
    if (sensor.kind != *choice_.kind)
      return Error{"the sensor " + sensor.name + " is a " + kSensorKindNames[static_cast<std::size_t>(sensor.kind)] +
                   " by its configuration"};
  }
  return std::move(list_);
}

}  // namespace

Result<CaptureList> find_captures(const std::vector<std::string>& paths, const SensorChoice& choice) {
  if (choice.sensor) {
    if (auto name = check_sensor_name(*choice.sensor); !name) return name.error();
  }
  return CaptureFinder(choice).find(paths);
}

}  // namespace nightjar
