#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "service/settings.hpp"

namespace nightjar {

/// A process that `nightjar run` keeps alive, or starts from time to time.
struct ChildPlan {
  /// In the order in which they are asked to end: who answers strangers first, so that the last packets reach the lake.
  enum class Stage { door, capture };
  std::string name;                ///< "capture eth1": unique, and what lines about it begin with
  std::vector<std::string> words;  ///< program and arguments
  Stage stage = Stage::door;
  std::int64_t every_seconds = 0;  ///< from the end of one time to the begin of the next; 0: it should never end
  /// User that it becomes before it begins: of those that have no sockets to open and so no `--user`. Empty: stays who starts it.
  std::string user;

  bool operator==(const ChildPlan&) const = default;
};

/// Where what runs tells of itself.
struct RunFolders {
  std::filesystem::path lake, state;
};
RunFolders run_folders(const Settings& settings);

/// What the settings want to run, each a command line of `program`. Fails with a sentence for two captures of one sensor, and for
/// what this version does not do.
Result<std::vector<ChildPlan>> plan_children(const Settings& settings, const RunFolders& folders, const std::string& program);

}  // namespace nightjar
