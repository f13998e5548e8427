#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "relay/digest.hpp"

namespace nightjar {

/// What a sensor may bring, whoever uses its token.
struct InboxLimits {
  std::uint64_t segment_bytes = 4ULL << 30;    ///< most of one segment
  std::uint64_t sensor_bytes = 0;              ///< most of all that lies there of one sensor; 0: as much as the disk has
  std::uint64_t keep_free_bytes = 1ULL << 30;  ///< nothing is written where less would be left of the disk
  std::size_t parts = 4;                       ///< segments that are begun and not complete; the oldest is given up for another
};

/// Why a piece was not taken. `none`: it was.
enum class Refusal : std::uint8_t { none, bad_digest, too_large, wrong_offset, wrong_content, no_capture, over_quota, disk_full, failed };

/// How far a segment is.
struct InboxState {
  std::uint64_t have = 0;  ///< bytes of it that are here, from its beginning; all of them where it is complete
  bool complete = false;   ///< on the disk, flushed: the sensor may forget it
  Refusal refusal = Refusal::none;
  std::string sentence;  ///< of the refusal, for the sensor's operator
};

/// The segments that one sensor sent, in a folder of its own:
///
///   segments/DIGEST.pcapng.zst   complete; whoever takes them into a lake may delete them
///   parts/DIGEST.part            not complete
///   taken.list                   digests of all that ever were complete
///
/// A segment is named by the SHA-256 of its bytes alone: the same comes once, wherever a connection, the sensor or this program ended, and
/// nothing that a sensor says becomes a path. Owned by one thread.
class SegmentInbox {
 public:
  /// Makes the folder if need be. Parts that an earlier run left are gone on with.
  static Result<SegmentInbox> open(const std::filesystem::path& folder, const InboxLimits& limits);

  InboxState state(std::string_view digest) const;
  /// The next bytes of a segment of `size` bytes in all. `offset` must be what is here already (`wrong_offset` says how much that is).
  /// Without bytes at the end of one whose last piece was taken, and not finished when this program ended, it is finished. Complete ones
  /// answer that they are, whatever comes.
  InboxState append(std::string_view digest, std::uint64_t size, std::uint64_t offset, std::string_view bytes);

  /// Where complete segments lie.
  std::filesystem::path segments() const { return folder_ / "segments"; }

 private:
  struct Part {
    Sha256 digest;
    std::uint64_t bytes = 0;
  };
  SegmentInbox(std::filesystem::path folder, const InboxLimits& limits) : folder_(std::move(folder)), limits_(limits) {}
  std::filesystem::path part_file(std::string_view digest) const { return folder_ / "parts" / (std::string(digest) + ".part"); }
  Result<void> read_taken();
  InboxState may_begin(std::uint64_t size, std::string_view bytes);
  Result<Part*> part_of(const std::string& digest);
  InboxState finish(const std::string& digest);
  void give_up_oldest_parts();
  std::uint64_t bytes_here() const;

  std::filesystem::path folder_;
  InboxLimits limits_;
  std::set<std::string, std::less<>> taken_;
  std::map<std::string, Part, std::less<>> parts_;  ///< whose beginning was read, or written, by this run
};

}  // namespace nightjar
