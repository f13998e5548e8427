#include <algorithm>
#include <future>
#include <set>
#include <unordered_set>

#include "base/failpoint.hpp"
#include "base/time.hpp"
#include "store/derived_rows.hpp"
#include "store/judged_attacks.hpp"
#include "store/lake.hpp"
#include "store/lake_layout.hpp"
#include "store/version_json.hpp"
#include "store/view_sql.hpp"

namespace nightjar {
namespace {

/// Flushes folders. Several at a time: each waits for the disk, and a change may have a folder a table and day of a year.
Result<void> sync_all(const std::vector<std::filesystem::path>& folders) {
  constexpr std::size_t kAtATime = 8;
  std::vector<std::future<Result<void>>> waiting;
  for (std::size_t first = 0; first < std::min(kAtATime, folders.size()); ++first) {
    waiting.push_back(std::async(std::launch::async, [&folders, first]() -> Result<void> {
      for (std::size_t i = first; i < folders.size(); i += kAtATime) {
        if (auto synced = sync_path(folders[i]); !synced) return synced;
      }
      return {};
    }));
  }
  Result<void> all;
  for (auto& done : waiting) {
    if (auto synced = done.get(); !synced) all = std::move(synced);
  }
  return all;
}

/// Files that a change adds are there, whole, and in the folder their table and day ask for; folders are flushed.
Result<void> check_added_files(const LakeLayout& layout, const std::vector<LakeFile>& added) {
  std::set<std::filesystem::path> folders;
  for (const LakeFile& file : added) {
    const auto place = place_of_file(file.path);
    if (!place || place->table != file.table || place->day != file.day) {
      return Error{"the file " + file.path + " cannot be added to the lake: its path does not name its table and day"};
    }
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(layout.root / file.path, error);
    if (error) return Error{"the file " + file.path + " cannot be added to the lake: " + error.message()};
    if (bytes != file.bytes) {
      return Error{"the file " + file.path + " cannot be added to the lake: it has " + std::to_string(bytes) + " bytes, not the " +
                   std::to_string(file.bytes) + " that were written"};
    }
    const auto folder = (layout.root / file.path).parent_path();
    folders.insert(folder);
    folders.insert(folder.parent_path());
    folders.insert(layout.root);
  }
  return sync_all({folders.begin(), folders.end()});
}

/// Of two derived files of one day whether they answer the same question: attacks of several definitions stand side by side.
bool derived_alike(const LakeFile& a, const LakeFile& b) {
  if (a.table == Table::incidents || a.table == Table::scans) return made_by(a) == made_by(b);
  if (a.table != Table::attacks) return true;
  const auto one = judgement_of(a.derived_from), other = judgement_of(b.derived_from);
  return !one || !other || one->definition == other->definition;
}

Error conflict(const std::string& what) { return Error{"Conflict: " + what}; }

/// Two stretches of bytes of one capture that share a byte.
bool overlap(const ManifestCapture& a, const ManifestCapture& b) {
  return a.from_bytes < b.readable_bytes && b.from_bytes < a.readable_bytes;
}

/// Whether both hold the same bytes of the same capture. `grown`: also where they are the beginnings of one capture that two
/// writers read at different lengths (told by their heads, since neither digest covers the other).
bool same_bytes(const ManifestCapture& a, const ManifestCapture& b, bool grown) {
  if (a.sensor != b.sensor || !overlap(a, b)) return false;
  if (a.bytes == b.bytes && a.digest == b.digest) return true;
  if (a.readable_bytes == b.readable_bytes && a.readable_digest == b.readable_digest) return true;
  return grown && a.head_bytes == b.head_bytes && a.head_digest == b.head_digest;
}

Result<void> check_captures(const LakeLayout& layout, const LakeVersion& newest, const Change& change) {
  std::unordered_set<std::uint64_t> known;
  if (change.made_from) {
    for (const LakeBatch& batch : change.made_from->version().batches) {
      known.insert(batch.id);
      known.insert(batch.more.begin(), batch.more.end());
    }
  }
  for (const LakeBatch& batch : newest.batches) {
    if (batch.holds(change.manifest->batch)) return conflict("batch " + std::to_string(change.manifest->batch) + " is in the lake already");
    // Of merged ones all or none should be known; if not, the captures of the known ones are compared in vain.
    if (known.contains(batch.id) && std::ranges::all_of(batch.more, [&](std::uint64_t id) { return known.contains(id); })) continue;
    const auto file = layout.root / batch.manifest;
    auto text = read_file(file, 8ULL << 30);
    if (!text) return text.error();
    auto manifest = manifest_from_json(*text, file.string());
    if (!manifest) return manifest.error();
    for (const ManifestCapture& added : manifest->captures) {
      for (const ManifestCapture& capture : change.manifest->captures) {
        if (!same_bytes(added, capture, change.made_from != nullptr)) continue;
        return conflict("the capture " + capture.path + " has meanwhile been added by another writer (batch " + std::to_string(batch.id) +
                        ", as " + added.path + ")");
      }
    }
  }
  return {};
}

Result<void> apply_files(LakeVersion& version, const Change& change) {
  std::unordered_set<std::string_view> removed(change.removed.begin(), change.removed.end());
  std::unordered_set<std::string> listed;
  std::vector<LakeFile> kept;
  kept.reserve(version.files.size() + change.added.size());
  for (LakeFile& file : version.files) {
    if (removed.erase(file.path) > 0) continue;
    listed.insert(file.path);
    kept.push_back(std::move(file));
  }
  if (!removed.empty()) return conflict("the file " + std::string(*removed.begin()) + " is no longer in the lake's newest version");
  for (const LakeFile& file : change.added) {
    const bool made_twice = !file.derived_from.empty() && std::any_of(kept.begin(), kept.end(), [&](const LakeFile& other) {
      return other.table == file.table && other.day == file.day && derived_alike(other, file);
    });
    if (made_twice) return conflict(file.path + " is derived, and another writer has meanwhile derived the same day");
    if (!listed.insert(file.path).second) return conflict("the file " + file.path + " is in the lake already");
    kept.push_back(file);
  }
  std::sort(kept.begin(), kept.end(), [](const LakeFile& a, const LakeFile& b) { return a.path < b.path; });
  version.files = std::move(kept);
  return {};
}

/// Writes the manifest of a batch, or of merged ones, and adds it to the version.
Result<void> apply_manifest(const LakeLayout& layout, LakeVersion& version, const Manifest& manifest) {
  LakeBatch batch;
  batch.id = manifest.batch;
  batch.more = manifest.more;
  batch.manifest = manifest_path(manifest.batch, manifest.more);
  for (const ManifestCapture& capture : manifest.captures) {
    batch.packets += capture.packets;
    batch.modelled |= capture.modelled;
  }
  if (auto written = write_file_atomically(layout.root / batch.manifest, manifest_to_json(manifest)); !written) return written;
  version.next_batch = std::max(version.next_batch, manifest.batch + 1);
  version.batches.push_back(std::move(batch));
  return failpoint("store.manifest-written");
}

/// Puts a merged manifest in the place of those that it was made of.
Result<void> apply_merged(const LakeLayout& layout, LakeVersion& version, const Manifest& merged) {
  std::size_t replaced = 0;
  LakeBatch whole;
  whole.id = merged.batch;
  whole.more = merged.more;
  for (const LakeBatch& batch : version.batches)
    if (whole.holds(batch.id)) replaced += 1 + batch.more.size();
  if (replaced != 1 + merged.more.size()) return conflict("manifests that were to be merged have meanwhile been merged otherwise");
  std::erase_if(version.batches, [&](const LakeBatch& batch) { return whole.holds(batch.id); });
  if (auto applied = apply_manifest(layout, version, merged); !applied) return applied;
  std::ranges::sort(version.batches, {}, &LakeBatch::id);
  return {};
}

/// Makes the version visible: whole aside, then by one rename. An error after the rename says that the version is visible.
Result<void> publish(const LakeLayout& layout, const LakeVersion& version) {
  const auto file = layout.version(version.number);
  auto aside = file;
  aside += ".prepared";
  if (auto written = write_file_atomically(aside, version_to_json(version)); !written) return written;
  if (auto point = failpoint("store.version-prepared"); !point) return point;
  std::error_code error;
  std::filesystem::rename(aside, file, error);
  if (error) return Error{"cannot rename " + aside.string() + " to " + file.string() + ": " + error.message()};
  // From here on the version stays: readers may hold it already, and taking it back could fail as well.
  auto safe = sync_path(layout.versions());
  if (safe) safe = failpoint("store.version-published");
  if (!safe) {
    return Error{"version " + std::to_string(version.number) +
                 " of the lake is visible, but not known to be safe on the disk: " + safe.error().sentence};
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> Lake::commit(const Writer& writer, Change change) {
  const LakeLayout layout{root_};
  if (!writer.lock_) return Error{"cannot change the lake " + root_.string() + ": this writer is not registered with it"};
  if (auto checked = check_added_files(layout, change.added); !checked) return checked.error();
  if (auto point = failpoint("store.files-synced"); !point) return point.error();

  auto committing = FileLock::take(layout.commit_lock(), FileLock::Kind::exclusive, true);
  if (!committing) return committing.error();
  auto newest = open_newest();
  if (!newest) return newest.error();
  LakeVersion next = (*newest)->version();
  // Never back in time: how long ago a version was replaced is judged by these.
  next.created_ns = std::max(now_ns(), next.created_ns + 1);
  ++next.number;
  if (change.manifest) {
    if (auto checked = check_captures(layout, next, change); !checked) return checked.error();
  }
  if (auto applied = apply_files(next, change); !applied) return applied.error();
  if (change.manifest) {
    if (auto applied = apply_manifest(layout, next, *change.manifest); !applied) return applied.error();
  }
  for (const Manifest& merged : change.merged) {
    if (auto applied = apply_merged(layout, next, merged); !applied) return applied.error();
  }
  if (auto published = publish(layout, next); !published) return published.error();
  // The change stands now: what fails from here on can be made again and must not look like a failed commit.
  (void)write_file_atomically(layout.view_sql(), view_sql(next));
  auto committed = std::make_shared<Snapshot>();
  committed->root_ = root_;
  auto lock = FileLock::take(layout.version(next.number), FileLock::Kind::shared, false, FileLock::Missing::fail);
  if (lock) committed->lock_ = std::move(*lock);
  committed->version_ = std::move(next);
  return std::shared_ptr<const Snapshot>(std::move(committed));
}

}  // namespace nightjar
