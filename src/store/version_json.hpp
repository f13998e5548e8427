#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/lake.hpp"
#include "store/lake_layout.hpp"

namespace nightjar {

/// lake/versions/N.json and lake/batches/ID.json as text. Reading checks every field: a file that was cut, edited or is
/// something else gives an error that names `name` and the place, never half a version.
std::string version_to_json(const LakeVersion& version);
Result<LakeVersion> version_from_json(std::string_view text, const std::string& name);

/// lake/versions/N.json as it lies on the disk; also an error if it calls itself another version.
Result<LakeVersion> read_version(const LakeLayout& layout, std::uint64_t number);

/// Ascending numbers with runs of three or more as [first, last]: [1, 2, [4, 2880]]. Read back they are bounded, and a mistake is a
/// complaint that names `name`.
nlohmann::ordered_json numbers_to_json(const std::vector<std::uint64_t>& numbers);
std::vector<std::uint64_t> numbers_from_json(const nlohmann::json& list, const std::string& name, std::string& complaint);

std::string manifest_to_json(const Manifest& manifest);
Result<Manifest> manifest_from_json(std::string_view text, const std::string& name);

}  // namespace nightjar
