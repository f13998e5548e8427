#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// What a capture has in common with a longer or another one that the lake holds.
struct SharedBeginning {
  enum class Proof {
    none,    ///< its end is not known to be in the lake: packets from `bytes` on must count
    digest,  ///< all its packets are, by digest
    times,   ///< all are, the last ones by their times only
  };
  std::uint64_t bytes = 0;  ///< packets whose records begin before are in the lake, by digest
  Proof whole = Proof::none;
  std::uint64_t last_packets = 0;  ///< Proof::times: packets from `bytes` on
  std::uint64_t readable_bytes = 0;
  std::string known_as;  ///< empty: nothing in common beyond `from`
};

/// Compares a capture with known ones by their milestones. The packets up to the last milestone that has the same digest are known for
/// certain. Those between it and the capture's end are known for certain where the known capture still lies unchanged where it was
/// read. Otherwise their times decide: the first one's must be the milestone's to the nanosecond, and all must lie within a minute
/// from it, before the known capture's next milestone, and before its bytes come to the next one. Not told by this: a capture that
/// goes another way within those bytes and that minute.
/// `from`: packets before are known already. `known` lists captures that go on behind it. Milestones behind `to` are not looked at (the
/// file is known to be shorter). Reads the file up to three times.
Result<SharedBeginning> find_shared_beginning(const std::filesystem::path& path, const std::vector<const ManifestCapture*>& known,
                                              std::uint64_t from, std::uint64_t to = ~0ULL);

}  // namespace nightjar
