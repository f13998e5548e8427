#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// A capture segment: one file of a capture that goes on for years.
struct Segment {
  std::filesystem::path path;
  std::int64_t begun_ns = 0;  ///< from its name
  std::uint32_t queue = 0;    ///< number of the ring, from its name
  std::uint64_t bytes = 0;    ///< on the disk
  bool compressed = false;    ///< .zst: closed, and in the lake if there is one
};

/// "alpha-20261123T201736.123456789Z.pcapng", with "-q1" before the ending for the second ring and on.
std::string segment_name(const std::string& sensor, std::int64_t begun_ns, std::uint32_t queue);

/// The segments of a sensor in a folder, oldest first. Other files are passed over. Fails when the folder cannot be read.
Result<std::vector<Segment>> list_segments(const std::filesystem::path& folder, const std::string& sensor);

}  // namespace nightjar
