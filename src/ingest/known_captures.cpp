#include "ingest/known_captures.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/time.hpp"

namespace nightjar {

FileLook look_at(const std::filesystem::path& path) {
  FileLook look;
  if (path == "-") return {"-", 0, 0};
  std::error_code error;
  look.path = std::filesystem::absolute(path, error).lexically_normal().string();
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
    look.size = static_cast<std::uint64_t>(status.st_size);
    look.modified_ns = status.st_mtim.tv_sec * kNanosPerSecond + status.st_mtim.tv_nsec;
  }
  return look;
}

void KnownCaptures::add(const ManifestCapture& capture) {
  captures_.push_back(capture);
  captures_.back().minutes.clear();
}

Result<Admission> KnownCaptures::admit(const std::filesystem::path& path, const FileLook& look) const {
  for (const ManifestCapture& known : captures_) {
    if (known.whole && look.size != 0 && known.path == look.path && known.file_size == look.size && known.modified_ns == look.modified_ns) {
      return Admission{true, 0, known.path, known.head_bytes, known.head_digest};
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
  std::vector<const ManifestCapture*> alike;
  std::set<std::uint64_t> ends;
  for (const ManifestCapture& known : captures_) {
    const auto head = head_digests.find(known.head_bytes);
    if (head == head_digests.end() || head->second != known.head_digest || is_bare_header(known)) continue;
    alike.push_back(&known);
    ends.insert(known.readable_bytes);
  }
  if (alike.empty()) return admission;
  const std::vector<std::uint64_t> end_sizes(ends.begin(), ends.end());
  auto digests = digest_prefixes(path, end_sizes);
  if (!digests) return digests.error();
  for (std::size_t i = 0; i < digests->size(); ++i) {
    for (const ManifestCapture* known : alike) {
      if (known->readable_bytes != end_sizes[i] || known->readable_digest != format((*digests)[i])) continue;
      if (admission.known_as.empty() || known->readable_bytes > admission.skip_bytes) admission.known_as = known->path;
      admission.skip_bytes = std::max(admission.skip_bytes, known->readable_bytes);
    }
  }
  return admission;
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
