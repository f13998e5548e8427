#include <set>

#include "base/failpoint.hpp"
#include "base/time.hpp"
#include "store/lake.hpp"
#include "store/lake_layout.hpp"
#include "store/leftovers.hpp"
#include "store/version_json.hpp"

namespace nightjar {
namespace {

/// A version on the disk; `doomed` while its lock is held against readers, to be deleted.
struct StoredVersion {
  LakeVersion version;
  std::optional<FileLock> doomed;
};

Result<std::vector<StoredVersion>> read_versions(const LakeLayout& layout) {
  auto numbers = layout.version_numbers();
  if (!numbers) return numbers.error();
  std::vector<StoredVersion> versions;
  for (const std::uint64_t number : *numbers) {
    auto version = read_version(layout, number);
    if (!version) return version.error();
    versions.push_back({std::move(*version), std::nullopt});
  }
  return versions;
}

/// Takes the versions that were replaced long enough ago and that nobody reads. A reader that comes now finds them locked
/// and looks for the newest again.
void doom_old_versions(const LakeLayout& layout, std::vector<StoredVersion>& versions, std::int64_t keep_seconds) {
  const std::int64_t now = now_ns();
  for (std::size_t i = 0; i + 1 < versions.size(); ++i) {
    const std::int64_t replaced = versions[i + 1].version.created_ns;
    if (now < replaced || (now - replaced) / kNanosPerSecond < keep_seconds) continue;
    auto lock = FileLock::take(layout.version(versions[i].version.number), FileLock::Kind::exclusive, false, FileLock::Missing::fail);
    if (lock) versions[i].doomed = std::move(*lock);
  }
}

void insert_paths(std::set<std::string>& paths, const LakeVersion& version) {
  for (const LakeFile& file : version.files) paths.insert(file.path);
  for (const LakeBatch& batch : version.batches) paths.insert(batch.manifest);
}

}  // namespace

Result<std::size_t> Lake::sweep(std::int64_t keep_seconds) {
  const LakeLayout layout{root_};
  auto state = look_at_lake(layout);
  if (!state) return state.error();
  if (*state == LakeState::absent) return std::size_t{0};
  if (auto made = make_lake(layout); !made) return made.error();
  auto registering = FileLock::take(layout.writers_lock(), FileLock::Kind::exclusive, true);
  if (!registering) return registering.error();
  auto committing = FileLock::take(layout.commit_lock(), FileLock::Kind::exclusive, true);
  if (!committing) return committing.error();

  auto versions = read_versions(layout);
  if (!versions) return versions.error();
  doom_old_versions(layout, *versions, keep_seconds);
  std::set<std::string> replaced, listed;
  for (const StoredVersion& stored : *versions) insert_paths(stored.doomed ? replaced : listed, stored.version);
  if (auto point = failpoint("store.sweep"); !point) return point.error();
  std::size_t count = 0;
  // Data first, versions last: after a crash between them the version still says what is left to delete.
  for (const std::string& path : replaced) {
    if (listed.contains(path)) continue;
    auto removed = remove_if_there(layout.root / path);
    if (!removed) return removed.error();
    count += *removed && place_of_file(path) ? 1 : 0;
  }
  for (const StoredVersion& stored : *versions) {
    if (!stored.doomed) continue;
    if (auto removed = remove_if_there(layout.version(stored.version.number)); !removed) return removed.error();
  }
  auto leftovers = remove_leftovers(layout);
  if (!leftovers) return leftovers;
  return count + *leftovers;
}

}  // namespace nightjar
