#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sensor/sensors.hpp"
#include "service/settings.hpp"

namespace nightjar::cli {

/// What one look at the machine said.
struct Finding {
  enum class Level { ok, warn, fail };
  Level level = Level::ok;
  std::string about;   ///< "interface", "clock" ... for programs that read it
  std::string what;    ///< a sentence without its end
  std::string advice;  ///< what to do; empty where all is well
};
using Findings = std::vector<Finding>;

/// What is looked at; nothing of it is changed.
struct Examined {
  std::optional<Settings> settings;  ///< none without a file
  SensorConfig sensors;
  std::string lake;  ///< folder

  bool answers() const { return settings && (settings->reflector || settings->honeypot); }
  std::string user() const { return settings ? settings->run.text("user") : std::string(); }
};

/// Interfaces, addresses, settings of the kernel, rules of the firewall, ports that are taken.
void check_network(const Examined& examined, Findings& findings);
/// Rights, users, the clock.
void check_machine(const Examined& examined, Findings& findings);
/// Folders, disks, the lake, geolocation data.
void check_data(const Examined& examined, Findings& findings);

}  // namespace nightjar::cli
