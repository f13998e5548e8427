#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/compact.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Merges the files of one table and day into new ones.
class DayMerge {
 public:
  static Result<std::unique_ptr<DayMerge>> open(const std::filesystem::path& root, const CompactOptions& options);
  virtual ~DayMerge() = default;

  /// Writes NAME0.parquet, NAME1.parquet ... into the day's folder, flushed. Rows of one key land in one file.
  virtual Result<std::vector<LakeFile>> merge(Table table, std::int64_t day, const std::vector<const LakeFile*>& files,
                                              const std::string& name) = 0;
};

}  // namespace nightjar
