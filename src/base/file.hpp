#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace nightjar {

/// The whole content of a file; fails for one larger than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit = 1ULL << 30);

/// Writes `content` beside `path`, flushes it to the disk and renames it to `path`: after a crash there is the
/// old content or the new one, never a part. Flushes the folder too. Of several at once each writes its own whole content.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Flushes a file's (or a folder's) content to the disk.
Result<void> sync_path(const std::filesystem::path& path);

/// Makes a folder and its parents, flushed to the disk; fine if it is there.
Result<void> make_folders(const std::filesystem::path& path);

/// A lock that other processes see (flock), held until destroyed.
class FileLock {
 public:
  enum class Kind { shared, exclusive };
  enum class Missing { create, fail };
  /// Opens `path` (creates it if missing, unless told otherwise) and locks it. `wait`: block until free; otherwise fail
  /// at once with a sentence.
  static Result<FileLock> take(const std::filesystem::path& path, Kind kind, bool wait, Missing missing = Missing::create);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace nightjar
