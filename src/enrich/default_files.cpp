#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>

#include "enrich/geolocation.hpp"

namespace nightjar {
namespace {

namespace fs = std::filesystem;

/// All mmdb and CSV files below a folder, in the order of their names; each set of data once: ip-location-db ships the same
/// ranges as NAME.mmdb and in halves as NAME-ipv4.mmdb, and as text (NAME.csv) beside numbers (NAME-num.csv).
std::vector<fs::path> files_below(const fs::path& folder) {
  std::set<fs::path> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path extension = entry->path().extension();
    if ((extension == ".mmdb" || extension == ".csv") && entry->is_regular_file(error)) found.insert(entry->path());
  }
  const auto has = [&](const fs::path& path, std::string_view stem) {
    return found.contains(path.parent_path() / (std::string(stem) + path.extension().string()));
  };
  std::vector<fs::path> files;
  for (const fs::path& path : found) {
    const std::string stem = path.stem().string();
    const bool is_half = stem.ends_with("-ipv4") || stem.ends_with("-ipv6");
    if (path.extension() == ".mmdb" && is_half && has(path, stem.substr(0, stem.size() - 5))) continue;
    if (path.extension() == ".csv" && has(path, stem + "-num")) continue;
    files.push_back(path);
  }
  return files;
}

/// A list as in PATH; files are taken as they are, so that one that is missing is said to be.
std::vector<fs::path> files_of_list(std::string_view list) {
  std::vector<fs::path> files;
  while (!list.empty()) {
    const std::size_t colon = std::min(list.find(':'), list.size());
    const fs::path path(list.substr(0, colon));
    list.remove_prefix(std::min(colon + 1, list.size()));
    std::error_code error;
    if (path.empty()) continue;
    if (fs::is_directory(path, error)) {
      const auto below = files_below(path);
      files.insert(files.end(), below.begin(), below.end());
    } else {
      files.push_back(path);
    }
  }
  return files;
}

}  // namespace

std::vector<fs::path> default_geolocation_files() {
  if (const char* list = std::getenv("NIGHTJAR_GEODATA"); list != nullptr) return files_of_list(list);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  std::vector<fs::path> folders;
  for (fs::path at = program.parent_path(); !at.empty(); at = at.parent_path()) {
    folders.push_back(at / "node_modules" / "@ip-location-db");
    folders.push_back(at / "share" / "nightjar" / "geo");  // beside bin/, where the package puts them
    if (at == at.parent_path()) break;
  }
  folders.emplace_back("/usr/share/nightjar/geo");
  for (const fs::path& folder : folders) {
    auto files = files_below(folder);
    if (!files.empty()) return files;
  }
  return {};
}

}  // namespace nightjar
