#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "store/lake.hpp"

namespace nightjar {

/// What the derived files of a day must say they were made from to be believed: changes when the day's flows or sensor days
/// change, or the fingerprint catalogue, or the way counts are made. Empty for a day without flows.
std::string derivation_of(const LakeVersion& version, std::int64_t day);

/// Files of `counts` that still tell the truth about their day.
std::vector<const LakeFile*> fresh_counts(const LakeVersion& version);

/// Days with flows in [from_day, to_day), ascending, whose derived counts are missing or stale.
std::vector<std::int64_t> days_without_counts(const LakeVersion& version, std::int64_t from_day, std::int64_t to_day);

}  // namespace nightjar
