#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// A folder into which somebody else drops captures: which of its files are complete and not taken yet. It is looked through again and
/// again, not told by the kernel: that works over NFS, and misses nothing while nobody looks. Owned by one thread.
class FolderWatch {
 public:
  /// Says a sentence to the operator; names of files are bytes from outside.
  using Say = std::function<void(const std::string&)>;
  struct Options {
    std::filesystem::path folder;     ///< the folders in it belong to it
    std::chrono::seconds settle{10};  ///< a file is complete when it did not change for so long
  };
  FolderWatch(Options options, Say say) : options_(std::move(options)), say_(std::move(say)) {}

  /// Captures that are complete and neither taken nor wrong, in the order of their names, at most `most`. `steady` never goes back.
  /// Files whose names begin with '.' or end in .part, .partial or .tmp are not complete; symbolic links and what is no file is left alone,
  /// and so is what is no capture, until it changes: each is said once. Fails when the folder cannot be read.
  Result<std::vector<std::filesystem::path>> complete(std::chrono::steady_clock::time_point steady, std::size_t most);

  /// It is in the lake, as far as it goes now: it comes again when it has changed.
  void taken(const std::filesystem::path& file);
  /// It could not be taken: it comes again after a pause, which doubles each time, up to an hour.
  void failed(const std::filesystem::path& file, std::chrono::steady_clock::time_point steady);

  std::size_t files() const { return files_.size(); }

 private:
  struct Known {
    std::uint64_t bytes = 0;
    std::filesystem::file_time_type time;
    std::chrono::steady_clock::time_point since, not_before;
    std::chrono::seconds pause{0};
    bool done = false;   ///< taken, or wrong
    bool right = false;  ///< it was looked into: a capture
  };
  Result<std::set<std::string>> look(std::chrono::steady_clock::time_point steady);
  void look_at(const std::filesystem::directory_entry& entry, std::chrono::steady_clock::time_point steady);
  void say_once(const std::string& path, const std::string& sentence);

  Options options_;
  Say say_;
  std::map<std::string, Known> files_;
  std::set<std::string> said_;  ///< paths
};

}  // namespace nightjar
