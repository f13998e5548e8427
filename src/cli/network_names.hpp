#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace nightjar::cli {

/// The names of networks, read from these files when the first is asked for; empty where unknown or where the files cannot be read.
std::function<std::string(std::uint32_t asn)> lazy_as_names(std::vector<std::filesystem::path> files);

}  // namespace nightjar::cli
