#include "live/folder_watch.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "capture/reader.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::steady_clock::time_point;

constexpr int kMostDepth = 16;
/// A folder with more files than this is taken part by part.
constexpr std::size_t kMostFiles = 1'000'000;
constexpr std::chrono::seconds kFirstPause{10}, kLongestPause{3'600};

bool unfinished(const std::string& name) {
  return name.starts_with('.') || name.ends_with(".part") || name.ends_with(".partial") || name.ends_with(".tmp");
}

}  // namespace

void FolderWatch::say_once(const std::string& path, const std::string& sentence) {
  if (said_.size() < kMostFiles && said_.insert(path).second) say_(sentence);
}

void FolderWatch::look_at(const fs::directory_entry& entry, Time steady) {
  std::error_code error;
  const std::string path = entry.path().string();
  const std::uint64_t bytes = entry.file_size(error);
  if (error) return;  // gone meanwhile
  const fs::file_time_type time = entry.last_write_time(error);
  if (error) return;
  const auto found = files_.find(path);
  if (found != files_.end() && found->second.bytes == bytes && found->second.time == time) return;
  if (found == files_.end() && files_.size() >= kMostFiles) return;
  Known& known = files_[path];
  const bool first = found == files_.end();
  known = {bytes, time, steady, steady, std::chrono::seconds(0), false, false};
  said_.erase(path);
  // What was last written to long ago is not being written to, also when it is seen for the first time.
  if (first && fs::file_time_type::clock::now() - time >= options_.settle) known.since = steady - options_.settle;
}

Result<std::set<std::string>> FolderWatch::look(Time steady) {
  std::set<std::string> seen;
  std::error_code error;
  fs::recursive_directory_iterator entry(options_.folder, fs::directory_options::skip_permission_denied, error);
  if (error) return Error{"cannot read the folder " + options_.folder.string() + ": " + error.message()};
  for (; entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (error) return Error{"cannot read the folder " + options_.folder.string() + ": " + error.message()};
    std::error_code gone;
    const fs::file_status status = entry->symlink_status(gone);
    const std::string name = entry->path().filename().string();
    if (status.type() == fs::file_type::directory) {
      if (name.starts_with('.') || entry.depth() >= kMostDepth) entry.disable_recursion_pending();
      continue;
    }
    if (gone || unfinished(name)) continue;
    if (status.type() != fs::file_type::regular) {
      if (status.type() != fs::file_type::not_found)
        say_once(entry->path().string(), entry->path().string() + " is left alone: only files are taken, no links to others");
      continue;
    }
    seen.insert(entry->path().string());
    look_at(*entry, steady);
  }
  if (error) return Error{"cannot read the folder " + options_.folder.string() + ": " + error.message()};
  return seen;
}

Result<std::vector<fs::path>> FolderWatch::complete(Time steady, std::size_t most) {
  auto seen = look(steady);
  if (!seen) return seen.error();
  std::erase_if(files_, [&](const auto& one) { return !seen->contains(one.first); });
  std::vector<fs::path> list;
  for (auto& [path, known] : files_) {
    if (list.size() == most) break;
    if (known.done || steady - known.since < options_.settle || steady < known.not_before) continue;
    if (!known.right) {
      CaptureReader::Options one_look;
      one_look.hash = false;
      const auto opened = CaptureReader::open(path, one_look);
      if (!opened) {
        known.done = true;
        say_once(path, opened.error().sentence + "; it is looked at again when it changes");
        continue;
      }
      known.right = true;
    }
    list.emplace_back(path);
  }
  return list;
}

void FolderWatch::taken(const fs::path& file) {
  if (const auto known = files_.find(file.string()); known != files_.end()) known->second.done = true;
}

void FolderWatch::failed(const fs::path& file, Time steady) {
  const auto known = files_.find(file.string());
  if (known == files_.end()) return;
  known->second.pause = std::clamp(known->second.pause * 2, kFirstPause, kLongestPause);
  known->second.not_before = steady + known->second.pause;
}

}  // namespace nightjar
