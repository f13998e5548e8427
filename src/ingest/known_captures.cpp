#include "ingest/known_captures.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "capture/stream_digest.hpp"
#include "ingest/shared_beginning.hpp"

namespace nightjar {

namespace {

/// Finds the known captures whose every byte the file begins with: it is the same as the longest of them, or has grown.
Result<void> compare_ends(const std::filesystem::path& path, const std::vector<const ManifestCapture*>& alike, Admission& admission) {
  std::set<std::uint64_t> ends;
  for (const ManifestCapture* known : alike) ends.insert(known->readable_bytes);
  if (ends.empty()) return {};
  const std::vector<std::uint64_t> end_sizes(ends.begin(), ends.end());
  const auto digests = digest_prefixes(path, end_sizes);
  if (!digests) return digests.error();
  for (std::size_t i = 0; i < digests->size(); ++i) {
    for (const ManifestCapture* known : alike) {
      if (known->readable_bytes != end_sizes[i] || known->readable_digest != format((*digests)[i])) continue;
      if (admission.known_as.empty() || known->readable_bytes > admission.skip_bytes) admission.known_as = known->path;
      admission.skip_bytes = std::max(admission.skip_bytes, known->readable_bytes);
    }
  }
  return {};
}

/// Finds what the file shares with known captures that go on behind that.
Result<void> compare_milestones(const std::filesystem::path& path, const std::vector<const ManifestCapture*>& longer, std::uint64_t to,
                                Admission& admission) {
  const auto shared = find_shared_beginning(path, longer, admission.skip_bytes, to);
  if (!shared) return shared.error();
  const bool whole = shared->whole != SharedBeginning::Proof::none;
  const std::uint64_t bytes = whole ? shared->readable_bytes : shared->bytes;
  if (shared->known_as.empty() || bytes <= admission.skip_bytes) return {};
  admission.skip_bytes = bytes;
  admission.known_as = shared->known_as;
  admission.known = whole;
  admission.share = whole ? Admission::Share::beginning_of : Admission::Share::parted;
  if (shared->whole == SharedBeginning::Proof::times) admission.told_by_times = shared->last_packets;
  return {};
}

}  // namespace

std::string adds_nothing(const std::string& path, const Admission& admission) {
  const bool same_path = admission.known_as == path;
  std::string sentence = path + " adds nothing: the lake has it already";
  if (admission.share != Admission::Share::beginning_of) return sentence + (same_path ? "" : ", as " + admission.known_as);
  sentence += same_path ? ", from when it was longer" : ", as the beginning of " + admission.known_as;
  if (admission.told_by_times > 0) {
    const bool one = admission.told_by_times == 1;
    sentence += " (" + std::string(one ? "its last packet" : "its last " + with_thousands(admission.told_by_times) + " packets") + " by " +
                (one ? "its time" : "their times") + " only)";
  }
  return sentence;
}

std::string goes_on(const std::string& path, const Admission& admission) {
  const std::string from = std::to_string(admission.skip_bytes);
  if (admission.share != Admission::Share::parted) return path + " has grown: packets from byte " + from + " on are new";
  return path + " begins like " + admission.known_as + ": packets up to byte " + from + " are in the lake already, those behind count";
}

void KnownCaptures::add(const ManifestCapture& capture) {
  captures_.push_back(capture);
  captures_.back().minutes.clear();
}

Result<Admission> KnownCaptures::admit(const std::filesystem::path& path, const FileLook& look) const {
  for (const ManifestCapture& known : captures_) {
    if (known.whole && look.size != 0 && known.path == look.path && known.file_size == look.size && known.modified_ns == look.modified_ns) {
      Admission admission;
      admission.known = true;
      admission.known_as = known.path;
      return admission;
    }
  }
  // Captures below kHeadBytes are known by the digest of all their bytes.
  std::set<std::uint64_t> head_sizes{kHeadBytes};
  for (const ManifestCapture& known : captures_) head_sizes.insert(known.head_bytes);
  const std::vector<std::uint64_t> sizes(head_sizes.begin(), head_sizes.end());
  auto heads = digest_prefixes(path, sizes);
  if (!heads) return heads.error();
  Admission admission;
  std::map<std::uint64_t, std::string> head_digests;
  for (std::size_t i = 0; i < heads->size(); ++i) head_digests[sizes[i]] = format((*heads)[i]);
  if (const auto at = head_digests.find(kHeadBytes); at != head_digests.end()) {
    admission.head_bytes = kHeadBytes;
    admission.head_digest = at->second;
  }

  // All captures of one tool begin with the same header: without packets they are one capture only if they are one file.
  const auto is_bare_header = [&](const ManifestCapture& known) {
    return known.packets == 0 && (known.path != look.path || known.file_size == 0);
  };
  std::vector<const ManifestCapture*> alike, longer;
  for (const ManifestCapture& known : captures_) {
    if (is_bare_header(known)) continue;
    const auto head = head_digests.find(known.head_bytes);
    if (head != head_digests.end() && head->second == known.head_digest) alike.push_back(&known);
    // Of a capture that is shorter than a head, the milestones alone tell whether it is the beginning of another.
    if (head == head_digests.end() && known.from_bytes == 0) longer.push_back(&known);
  }
  if (auto compared = compare_ends(path, alike, admission); !compared) return compared.error();
  for (const ManifestCapture* known : alike) {
    if (known->readable_bytes > admission.skip_bytes && !known->milestones.empty()) longer.push_back(known);
  }
  if (longer.empty()) return admission;
  const bool shorter_than_head = admission.head_bytes == 0;
  if (auto compared = compare_milestones(path, longer, shorter_than_head ? kHeadBytes : ~0ULL, admission); !compared)
    return compared.error();
  return admission;
}

bool KnownCaptures::may_begin_like(std::span<const std::uint8_t> head) const {
  if (captures_.empty() || head.size() < kHeadBytes) return !captures_.empty();
  std::map<std::uint64_t, std::string> digests;
  return std::any_of(captures_.begin(), captures_.end(), [&](const ManifestCapture& known) {
    if (known.packets == 0) return false;
    // Of captures that came over standard input older programs kept no head.
    if (known.head_bytes > head.size()) return true;
    std::string& digest = digests[known.head_bytes];
    if (digest.empty()) {
      StreamDigest beginning;
      beginning.update(head.data(), static_cast<std::size_t>(known.head_bytes));
      digest = format(beginning.value());
    }
    return digest == known.head_digest;
  });
}

const ManifestCapture* KnownCaptures::overlapping(const ManifestCapture& self) const {
  if (!self.first_ns || !self.last_ns) return nullptr;
  for (const ManifestCapture& known : captures_) {
    if (known.sensor != self.sensor || !known.first_ns || !known.last_ns || known.path == self.path) continue;
    if (*known.first_ns < *self.last_ns && *self.first_ns < *known.last_ns) return &known;
  }
  return nullptr;
}

}  // namespace nightjar
