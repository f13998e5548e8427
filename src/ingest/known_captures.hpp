#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "capture/reader.hpp"
#include "ingest/file_look.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// What to do with a capture that is offered to the lake.
struct Admission {
  /// What the known capture is to it.
  enum class Share {
    all_of,        ///< all of the known one: it is the same, or has grown
    beginning_of,  ///< it is the beginning of the known one, which is longer
    parted,        ///< both begin the same, and go different ways then
  };
  bool known = false;            ///< every packet of it is in the lake already
  std::uint64_t skip_bytes = 0;  ///< packets before this offset (decompressed) are in the lake already
  std::string known_as;          ///< path under which the lake knows it, if it does
  Share share = Share::all_of;
  std::uint64_t told_by_times = 0;  ///< with beginning_of: so many packets at its end are known by their times only, not by digest
  std::uint64_t head_bytes = 0;     ///< for the manifest
  std::string head_digest;
};

/// "PATH adds nothing: the lake has it already, as the beginning of OTHER": of a capture that is known.
std::string adds_nothing(const std::string& path, const Admission& admission);
/// "PATH has grown: packets from byte N on are new": of one whose beginning is known.
std::string goes_on(const std::string& path, const Admission& admission);

/// The captures that a lake holds, found again by content, whatever their names. A capture is known by the digest of its first
/// kHeadBytes first; only one that begins like a known one is read through before it is ingested. Files that are gone are known as well.
/// The beginning of a known capture is known by its milestones; see find_shared_beginning for what they cannot tell.
class KnownCaptures {
 public:
  void add(const ManifestCapture& capture);

  /// Compares a file (not a pipe) with all captures known. Reads its head; the whole of it only where it begins like a known one.
  Result<Admission> admit(const std::filesystem::path& path, const FileLook& look) const;
  /// False where it is certain that a capture with these first kHeadBytes bytes has no beginning in common with a known one; true of a
  /// shorter head, unless nothing is known.
  bool may_begin_like(std::span<const std::uint8_t> head) const;

  /// A known capture of the same sensor whose times overlap with these, other than `self`: both may hold the same packets.
  const ManifestCapture* overlapping(const ManifestCapture& self) const;

 private:
  std::vector<ManifestCapture> captures_;  ///< without their minutes; 24 bytes a milestone
};

}  // namespace nightjar
