#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/reader.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// How a file looks from outside.
struct FileLook {
  std::string path;  ///< absolute
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};
/// Of a pipe or "-" size and time are 0.
FileLook look_at(const std::filesystem::path& path);

/// What to do with a capture that is offered to the lake.
struct Admission {
  bool known = false;            ///< every byte of it is in the lake already
  std::uint64_t skip_bytes = 0;  ///< packets before this offset (decompressed) are in the lake already: it has grown
  std::string known_as;          ///< path under which the lake knows it, if it does
  std::uint64_t head_bytes = 0;  ///< for the manifest
  std::string head_digest;
};

/// The captures that a lake holds, found again by content, whatever their names. A capture is known by the digest of its first
/// kHeadBytes first; only one that begins like a known one is read through before it is ingested.
class KnownCaptures {
 public:
  void add(const ManifestCapture& capture);

  /// Compares a file (not a pipe) with all captures known. Reads its head; the whole of it only where it begins like a known one.
  Result<Admission> admit(const std::filesystem::path& path, const FileLook& look) const;
  /// True if nothing is known: whatever comes is new.
  bool empty() const { return captures_.empty(); }

  /// A known capture of the same sensor whose times overlap with these, other than `self`: both may hold the same packets.
  const ManifestCapture* overlapping(const ManifestCapture& self) const;

 private:
  std::vector<ManifestCapture> captures_;  ///< without their minutes
};

}  // namespace nightjar
