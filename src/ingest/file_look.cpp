#include "ingest/file_look.hpp"

#include <sys/stat.h>

#include <system_error>

#include "base/time.hpp"

namespace nightjar {

FileLook look_at(const std::filesystem::path& path) {
  FileLook look;
  if (path == "-") return {"-", 0, 0};
  std::error_code error;
  look.path = std::filesystem::absolute(path, error).lexically_normal().string();
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
    look.size = static_cast<std::uint64_t>(status.st_size);
    look.modified_ns = status.st_mtim.tv_sec * kNanosPerSecond + status.st_mtim.tv_nsec;
  }
  return look;
}

}  // namespace nightjar
