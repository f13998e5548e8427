#include "ingest/shared_beginning.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "base/time.hpp"
#include "capture/reader.hpp"
#include "ingest/file_look.hpp"

namespace nightjar {
namespace {

/// Packets of several queues or interfaces may be out of order by this.
constexpr std::int64_t kDisorderNs = kNanosPerSecond;
/// No record of any format is longer: enough to see whether one goes beyond a limit.
constexpr std::uint64_t kBeyondLimit = 32 << 20;

/// The last milestone of a known capture that the file shares.
struct Place {
  const ManifestCapture* capture;
  std::size_t stone;

  const ManifestMilestone& at() const { return capture->milestones[stone]; }
  const ManifestMilestone* next() const { return stone + 1 < capture->milestones.size() ? &capture->milestones[stone + 1] : nullptr; }
  /// The known capture's bytes between here and there are what the file's rest may be the beginning of. Would it end just there,
  /// the digest there would be the same.
  std::uint64_t limit() const { return next() != nullptr ? next()->offset : capture->readable_bytes; }
};

/// The packets of the file from a milestone on.
struct Rest {
  std::uint64_t readable_bytes = 0;
  std::uint64_t packets = 0;
  bool failed = false;  ///< the disk failed: there may be more
  std::int64_t first_read_ns = 0, first_ns = 0, last_ns = 0;
};

/// The places as far in the file as any of the captures goes with it.
Result<std::vector<Place>> furthest_places(const std::filesystem::path& path, const std::vector<const ManifestCapture*>& known,
                                           std::uint64_t from, std::uint64_t to) {
  std::set<std::uint64_t> offsets;
  for (const ManifestCapture* capture : known) {
    for (const ManifestMilestone& stone : capture->milestones) {
      if (stone.offset >= from && stone.offset <= to) offsets.insert(stone.offset);
    }
  }
  const std::vector<std::uint64_t> sizes(offsets.begin(), offsets.end());
  const auto digests = digest_prefixes(path, sizes);
  if (!digests) return digests.error();
  std::map<std::uint64_t, std::uint64_t> digest_at;
  for (std::size_t i = 0; i < digests->size(); ++i) digest_at[sizes[i]] = (*digests)[i].low;

  std::vector<Place> places;
  for (const ManifestCapture* capture : known) {
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < capture->milestones.size(); ++i) {
      const ManifestMilestone& stone = capture->milestones[i];
      const auto digest = digest_at.find(stone.offset);
      if (digest == digest_at.end() || digest->second != stone.digest) continue;
      last = i;
    }
    // Before the first packet there is only the header, which all captures of one tool share.
    if (!last || (*last == 0 && capture->from_bytes == 0)) continue;
    const Place place{capture, *last};
    if (!places.empty() && place.at().offset > places.front().at().offset) places.clear();
    if (places.empty() || place.at().offset == places.front().at().offset) places.push_back(place);
  }
  return places;
}

Result<Rest> read_rest(const std::filesystem::path& path, const std::vector<Place>& places) {
  CaptureReader::Options options;
  options.skip_bytes = places.front().at().offset;
  options.stop_bytes = options.skip_bytes;
  for (const Place& place : places) options.stop_bytes = std::max(options.stop_bytes, place.limit());
  options.stop_bytes += kBeyondLimit;
  options.hash = false;
  auto opened = CaptureReader::open(path, options);
  if (!opened) return opened.error();
  Rest rest;
  PacketBlock block;
  while ((*opened)->next(block)) {
    if (rest.packets == 0) rest.first_read_ns = block.packets.front().time_ns;
    rest.packets += block.packets.size();
  }
  const CaptureFacts& facts = (*opened)->facts();
  rest.readable_bytes = facts.readable_bytes;
  rest.failed = facts.failure.has_value();
  rest.first_ns = facts.first_ns.value_or(0);
  rest.last_ns = facts.last_ns.value_or(0);
  return rest;
}

/// Whether the known capture's own file begins with all readable bytes of this one; nothing if it cannot be asked any more.
std::optional<bool> is_beginning_of_file(const std::filesystem::path& path, const Rest& rest, const ManifestCapture& known) {
  const FileLook look = look_at(known.path);
  if (look.size == 0 || look.size != known.file_size || look.modified_ns != known.modified_ns) return std::nullopt;
  const auto theirs = digest_prefixes(known.path, {rest.readable_bytes});
  const auto ours = digest_prefixes(path, {rest.readable_bytes});
  if (!theirs || !ours || theirs->empty() || ours->empty()) return std::nullopt;
  return theirs->front() == ours->front();
}

bool times_agree(const Place& place, const Rest& rest) {
  const std::int64_t begin = place.at().time_ns;
  constexpr std::int64_t kFarthest = std::numeric_limits<std::int64_t>::max() - 2 * kSecondsPerMinute * kNanosPerSecond;
  if (rest.first_read_ns != begin || begin > kFarthest || begin < -kFarthest) return false;
  const std::int64_t next = place.next() != nullptr ? place.next()->time_ns : place.capture->last_ns.value_or(begin);
  const std::int64_t end = std::min(std::max(begin, next), begin + kSecondsPerMinute * kNanosPerSecond);
  return rest.first_ns >= begin - kDisorderNs && rest.last_ns <= end + kDisorderNs;
}

}  // namespace

Result<SharedBeginning> find_shared_beginning(const std::filesystem::path& path, const std::vector<const ManifestCapture*>& known,
                                              std::uint64_t from, std::uint64_t to) {
  SharedBeginning shared;
  const auto places = furthest_places(path, known, from, to);
  if (!places) return places.error();
  if (places->empty()) return shared;
  const auto rest = read_rest(path, *places);
  if (!rest) return rest.error();
  shared.bytes = places->front().at().offset;
  shared.readable_bytes = rest->readable_bytes;
  shared.known_as = places->front().capture->path;
  for (const Place& place : *places) {
    if (rest->failed) break;
    if (rest->packets > 0 && rest->readable_bytes >= place.limit()) continue;
    auto proof = SharedBeginning::Proof::none;
    if (rest->packets == 0) {
      proof = SharedBeginning::Proof::digest;
    } else if (const auto begins = is_beginning_of_file(path, *rest, *place.capture)) {
      if (*begins) proof = SharedBeginning::Proof::digest;
    } else if (times_agree(place, *rest)) {
      proof = SharedBeginning::Proof::times;
    }
    if (proof == SharedBeginning::Proof::none) continue;
    shared.whole = proof;
    shared.known_as = place.capture->path;
    shared.last_packets = rest->packets;
    if (proof == SharedBeginning::Proof::digest) break;
  }
  return shared;
}

}  // namespace nightjar
