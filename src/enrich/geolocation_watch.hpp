#pragma once
#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "enrich/geolocation.hpp"

namespace nightjar {

/// Geolocation data that can be replaced while the program runs: put the new file in place (best by rename), then
/// `refresh`. Whoever holds what `current` gave goes on with it undisturbed. All members may be called by any thread.
class GeolocationWatch {
 public:
  /// Loads the files for the first time.
  static Result<std::unique_ptr<GeolocationWatch>> open(std::vector<std::filesystem::path> files);

  /// The newest data that could be loaded; never null.
  std::shared_ptr<const Geolocation> current() const;

  /// Looks whether a file was replaced (other inode, size or time) and loads all anew if so. True: there are new
  /// data. False: nothing changed. An error: the new file is broken or missing, the old data stay; said again at every
  /// call until a file changes, without reading it again.
  Result<bool> refresh();

 private:
  struct Stamp {
    std::uint64_t device, inode;
    std::int64_t size, modified_ns, changed_ns;
    friend auto operator<=>(const Stamp&, const Stamp&) = default;
  };
  using Stamps = std::vector<std::optional<Stamp>>;  ///< one a file; nothing for one that is not there

  explicit GeolocationWatch(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}
  Stamps stamps() const;

  const std::vector<std::filesystem::path> files_;
  mutable std::mutex current_mutex_;  ///< guards current_ alone, and is held for a pointer's copy only
  std::shared_ptr<const Geolocation> current_;
  std::mutex refresh_mutex_;  ///< guards the rest; held while files are loaded
  Stamps tried_;              ///< of the last attempt, whether it worked or not
  std::optional<Error> broken_;
};

}  // namespace nightjar
