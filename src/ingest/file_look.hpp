#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace nightjar {

/// How a file looks from outside.
struct FileLook {
  std::string path;  ///< absolute
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};
/// Of a pipe, "-" or a file that is not there size and time are 0.
FileLook look_at(const std::filesystem::path& path);

}  // namespace nightjar
