#pragma once
#include <filesystem>
#include <optional>

#include "base/file.hpp"
#include "store/lake_layout.hpp"

namespace nightjar::duckdb_store {

/// A folder below lake/tmp for what does not fit the memory; DuckDB makes it when needed. Held by a lock beside it, removed at
/// the end; those of the dead go when the next writer begins.
class SpillFolder {
 public:
  explicit SpillFolder(const LakeLayout& layout);
  ~SpillFolder();
  SpillFolder(const SpillFolder&) = delete;
  SpillFolder& operator=(const SpillFolder&) = delete;

  /// Empty where the lake cannot be written: what does not fit the memory fails then.
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::optional<FileLock> lock_;
};

}  // namespace nightjar::duckdb_store
