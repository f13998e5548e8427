#pragma once
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nightjar {

/// A fresh folder for one test, removed with all that is in it at the end.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nightjar-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

  /// Writes a file (and the folders it stands in); returns its path.
  std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::filesystem::remove(file);  // truncating it instead makes some file systems wait for the disk
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  /// The same by way of a file aside and a rename, as data are replaced in earnest.
  std::filesystem::path replace(const std::filesystem::path& name, std::string_view content) const {
    std::filesystem::path aside = name;
    aside += ".aside";
    std::filesystem::rename(write(aside, content), path_ / name);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace nightjar
