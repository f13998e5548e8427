#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "cli/doctor_checks.hpp"
#include "enrich/geolocation.hpp"
#include "machine/kernel_state.hpp"
#include "machine/privileges.hpp"
#include "store/lake.hpp"

namespace nightjar::cli {
namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

/// Networks change hands: of ten, one is somebody else's within a year or two.
constexpr std::int64_t kOldGeolocationDays = 365;
constexpr std::uint64_t kMostManifest = 1ULL << 30;
/// Below this a lake and its queries will not work for long.
constexpr std::uint64_t kLittleRoom = 5'000'000'000;

void check_folder(const std::string& what, const fs::path& folder, std::uint64_t keep_free, const std::string& user, Findings& findings) {
  if (!user.empty() && !is_root()) {
    findings.push_back({Level::warn, "folder", fmt::format("whether {} may write the folder of {} was not looked at", user, what),
                        "start doctor as root (sudo)"});
  } else if (const auto may = as_user(user, [&] { return check_may_write(folder); }); !may) {
    findings.push_back({Level::fail, "folder", fmt::format("folder of {}: {}", what, may.error().sentence), "do that, then look again"});
    return;
  } else {
    findings.push_back({Level::ok, "folder", fmt::format("folder of {} can be written: {}", what, folder.string()), ""});
  }
  const auto room = disk_room(folder);
  if (!room) {
    findings.push_back({Level::warn, "disk", room.error().sentence, "look at it with df"});
  } else if (room->free_bytes <= keep_free) {
    findings.push_back({Level::fail, "disk",
                        fmt::format("the disk of {} has {} free: no packets would be kept", what, human_bytes(room->free_bytes)),
                        "make room (keep_days and keep_gb of [[capture]] delete old segments)"});
  } else if (room->free_bytes < keep_free + kLittleRoom) {
    findings.push_back(
        {Level::warn, "disk",
         fmt::format("the disk of {} has only {} free, of {}", what, human_bytes(room->free_bytes), human_bytes(room->all_bytes)),
         "make room, or set keep_days or keep_gb of [[capture]]"});
  } else {
    findings.push_back({Level::ok, "disk",
                        fmt::format("the disk of {} has {} free, of {}", what, human_bytes(room->free_bytes), human_bytes(room->all_bytes)),
                        ""});
  }
}

void check_folders(const Examined& examined, Findings& findings) {
  const std::string user = examined.user();
  check_folder("the lake", examined.lake, 0, user, findings);
  if (!examined.settings) return;
  check_folder("state", examined.settings->path(examined.settings->run, "state"), 0, user, findings);
  std::set<std::string> seen;
  for (const SectionValues& capture : examined.settings->captures) {
    const std::string folder = examined.settings->path(capture, "segments");
    const auto keep_free = static_cast<std::uint64_t>(capture.number("keep_free_mb")) << 20;
    if (seen.insert(folder).second) check_folder("segments", folder, keep_free, user, findings);
  }
  for (const SectionValues& watch : examined.settings->watches) {
    const std::string folder = examined.settings->path(watch, "folder");
    std::error_code error;
    if (fs::is_directory(folder, error)) {
      findings.push_back({Level::ok, "folder", "watched folder is there: " + folder, ""});
    } else {
      findings.push_back({Level::fail, "folder", "watched folder is not there: " + folder, "make it, or name another in [[watch]]"});
    }
  }
}

/// When the newest batch was made, UTC; 0 if it cannot be told.
std::int64_t newest_batch_ns(const Snapshot& snapshot) {
  if (snapshot.version().batches.empty()) return 0;
  const LakeBatch& newest = *std::max_element(snapshot.version().batches.begin(), snapshot.version().batches.end(),
                                              [](const LakeBatch& a, const LakeBatch& b) { return a.id < b.id; });
  const auto text = read_file(snapshot.root() / newest.manifest, kMostManifest);
  if (!text) return 0;
  const auto manifest = nlohmann::json::parse(*text, nullptr, false);
  if (!manifest.is_object() || !manifest.contains("created_ns") || !manifest["created_ns"].is_number_integer()) return 0;
  return manifest["created_ns"].get<std::int64_t>();
}

void check_lake(const Examined& examined, Findings& findings) {
  std::error_code error;
  if (!fs::exists(examined.lake, error)) {
    findings.push_back({Level::ok, "lake", "there is no lake yet; the first packets make it: " + examined.lake, ""});
    return;
  }
  const auto snapshot = Lake(examined.lake).snapshot();
  if (!snapshot) {
    findings.push_back({Level::fail, "lake", snapshot.error().sentence, "name the right folder, or use the program that wrote it"});
    return;
  }
  const LakeVersion& version = (*snapshot)->version();
  findings.push_back({Level::ok, "lake",
                      fmt::format("lake of format {} can be read: version {}, {} batches, {} files", version.schema, version.number,
                                  with_thousands(version.batches.size()), with_thousands(version.files.size())),
                      ""});
  const std::int64_t newest = newest_batch_ns(**snapshot);
  if (newest == 0) return;
  const std::int64_t age = second_of(now_ns() - newest);
  const std::int64_t fresh = examined.settings ? examined.settings->run.number("fresh_seconds") : 0;
  const std::string said = fmt::format("the newest batch is {} old", human_duration(static_cast<double>(std::max<std::int64_t>(age, 0))));
  const bool fed = examined.settings && !examined.settings->captures.empty();
  if (age < -60) {
    findings.push_back(
        {Level::warn, "batch", "the newest batch was made in the future", "the clock was set back: see that a time service runs"});
  } else if (fed && age > fresh) {
    findings.push_back(
        {Level::warn, "batch", said, "if packets come, see whether nightjar run works: its messages, or journalctl -u nightjar"});
  } else {
    findings.push_back({Level::ok, "batch", said, ""});
  }
}

/// Days since a file's data were made: by its own words ("2025-11-03"), else by when it was written.
std::int64_t age_in_days(const GeolocationSource& source) {
  int year = 0, month = 0, day = 0;
  const std::int64_t today = day_of(now_ns());
  if (std::sscanf(source.built.c_str(), "%4d-%2d-%2d", &year, &month, &day) == 3 && month >= 1 && month <= 12 && day >= 1 && day <= 31)
    return today - days_from_date(year, month, day);
  std::error_code error;
  const auto written = fs::last_write_time(source.path, error);
  if (error) return 0;
  const auto ago = fs::file_time_type::clock::now() - written;
  return std::chrono::duration_cast<std::chrono::hours>(ago).count() / 24;
}

void check_geolocation(const Examined& examined, Findings& findings) {
  const auto files = examined.sensors.has_geolocation ? examined.sensors.geolocation : default_geolocation_files();
  if (files.empty()) {
    findings.push_back({Level::warn, "geolocation", "no geolocation data: countries and networks stay unknown",
                        "install the package's, or name files in [geolocation] files (docs/operations.md)"});
    return;
  }
  const auto data = Geolocation::load(files);
  if (!data) {
    findings.push_back({Level::fail, "geolocation", data.error().sentence, "name other files in [geolocation] files"});
    return;
  }
  for (const GeolocationSource& source : (*data)->sources()) {
    const std::int64_t age = age_in_days(source);
    const std::string name = fs::path(source.path).filename().string();
    if (age > kOldGeolocationDays) {
      findings.push_back({Level::warn, "geolocation",
                          fmt::format("{} is {} days old", name, with_thousands(static_cast<std::uint64_t>(age))),
                          "fetch newer data and name them in [geolocation] files"});
    } else {
      findings.push_back({Level::ok, "geolocation", fmt::format("{} is {} days old", name, std::max<std::int64_t>(age, 0)), ""});
    }
  }
}

}  // namespace

void check_data(const Examined& examined, Findings& findings) {
  check_folders(examined, findings);
  check_lake(examined, findings);
  check_geolocation(examined, findings);
}

}  // namespace nightjar::cli
