#include <string>

#include "sensor/glob.hpp"
#include "sensor/sensors.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;

/// A capture's path as it was named, and as it is behind all links; each complete, and seen from the configuration's folder.
struct CaptureNames {
  std::string complete[2], relative[2];
};

CaptureNames capture_names(const fs::path& capture, const fs::path& folder) {
  std::error_code error;
  const fs::path named = fs::absolute(capture, error).lexically_normal();
  const fs::path real = fs::weakly_canonical(capture, error);
  const fs::path named_folder = fs::absolute(folder, error).lexically_normal();
  const fs::path real_folder = fs::weakly_canonical(folder, error);
  return {{named.string(), real.string()},
          {named.lexically_relative(named_folder).string(), real.lexically_relative(real_folder).string()}};
}

bool claims(const std::string& glob, const CaptureNames& names) {
  const std::string pattern = fs::path(glob).lexically_normal().string();
  for (const std::string& name : pattern.starts_with('/') ? names.complete : names.relative) {
    if (!name.empty() && matches_glob(pattern, name)) return true;
  }
  return false;
}

}  // namespace

Result<std::optional<std::size_t>> sensor_of_capture(const SensorConfig& config, const fs::path& capture) {
  const fs::path folder = config.file.has_parent_path() ? config.file.parent_path() : fs::path(".");
  const CaptureNames names = capture_names(capture, folder);
  std::optional<std::size_t> owner;
  std::string owners_glob;
  for (std::size_t i = 0; i < config.sensors.size(); ++i) {
    for (const std::string& glob : config.sensors[i].captures) {
      if (!claims(glob, names)) continue;
      if (owner && *owner != i) {
        return Error{capture.string() + " is claimed by two sensors: \"" + config.sensors[*owner].name + "\" (captures \"" + owners_glob +
                     "\") and \"" + config.sensors[i].name + "\" (captures \"" + glob + "\"); narrow one of them in " +
                     config.file.string()};
      }
      owner = i;
      owners_glob = glob;
    }
  }
  return owner;
}

}  // namespace nightjar
