#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/lake.hpp"

namespace nightjar {

/// The merge (compact) that a file is of, "" if of none. No key lies in two files of one merge.
std::string_view merge_of(std::string_view path);

/// Hours since 1970, ascending, of the days [from_day, to_day) in which `flows` may have several rows of one key and one of these
/// sensors: several files have rows of the hour, or a file does not say what it holds (LakeFile::once). In all other hours every row is
/// whole: what it says of "all packets of the row" is true of all packets of its key.
std::vector<std::int64_t> hours_of_repeated_keys(const LakeVersion& version, const std::vector<std::string>& sensors, std::int64_t from_day,
                                                 std::int64_t to_day);

}  // namespace nightjar
