#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "store/counts.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Counts one day of a version and writes the cells as one file of `counts` called NAME.parquet, flushed. `derived_from` is set.
Result<LakeFile> count_day(const std::filesystem::path& root, const LakeVersion& version, std::int64_t day, const std::string& name,
                           const CountsOptions& options);

}  // namespace nightjar
