#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "enrich/geolocation.hpp"
#include "simulate/capture_writer.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// Arguments of a run; the same ones and the same geolocation data make the same bytes.
struct Settings {
  std::filesystem::path out;             ///< folder; made if it is not there; must be empty
  std::string to_standard_output;        ///< name of the one sensor whose capture goes there instead; empty: none
  std::uint32_t addresses = 64;          ///< of the darknet, 1 to kMostAddresses
  std::optional<std::int64_t> from, to;  ///< seconds since 1970, inside the scenario's span
  std::uint64_t seed = 2017;
  std::optional<std::uint32_t> reflectors;  ///< pots, at most 250, instead of the scenario's number
  double attack_scale = 0.001;              ///< share of the scenario's attacks, above 0, at most 1
  Rotate rotate = Rotate::day;
  bool zstd = false;
  std::filesystem::path truth;  ///< where the truth is written; empty: nowhere
};

/// How far a run is; read by other threads. Set `stop` to end it: what was written stays, files not whole keep their .part.
struct Progress {
  std::atomic<std::uint64_t> packets{0};
  std::atomic<std::int64_t> days_done{0}, days{0};
  std::atomic<bool> stop{false};
};

/// What was written.
struct Written {
  struct Sensor {
    std::string name;
    std::uint64_t packets = 0, bytes = 0, files = 0;  ///< bytes before compression
  };
  std::vector<Sensor> sensors;
  bool stopped = false;
};

/// Writes the captures of a scenario and, into the same folder, the nightjar.toml that `ingest` needs.
Result<Written> simulate(const Scenario& scenario, const Geolocation& geolocation, const Settings& settings, Progress& progress);

}  // namespace nightjar::simulate
