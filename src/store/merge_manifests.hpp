#pragma once
#include <cstdint>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

struct MergeManifestsOptions {
  std::size_t fewest = 32;                ///< so many manifests of one size class make one of the next
  std::int64_t age_seconds = 3'600;       ///< younger ones are left alone: what is being ingested is compared with them
  std::uint64_t most_bytes = 16'000'000;  ///< larger files are left as they are
};

/// Merges small manifests, as a capture that goes on for years makes one every half a minute, each read by every ingest. Those of one size
/// class (1, 32, 1,024 ... batches), one catalogue and the same geolocation data become one; stretches of one capture that follow each
/// other become one entry. What each batch is asked for stays: its captures, their bytes, minutes and milestones, and its number. Returns
/// how many manifest files became fewer. A lake that others change meanwhile is left to the next time.
Result<std::size_t> merge_manifests(Lake& lake, std::int64_t now_ns, const MergeManifestsOptions& options = {});

/// Manifests in ascending order of their batches as one.
Manifest merged_manifest(const std::vector<Manifest>& manifests);

}  // namespace nightjar
