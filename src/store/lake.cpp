#include "store/lake.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/time.hpp"
#include "store/lake_layout.hpp"
#include "store/leftovers.hpp"
#include "store/version_json.hpp"

namespace nightjar {

Writer::~Writer() {
  // The lock goes first out of the folder, then out of the hand: nobody can find it free and still there.
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

Writer::Writer(Writer&& other) noexcept
    : token_(std::move(other.token_)), lock_(std::exchange(other.lock_, std::nullopt)), file_(std::exchange(other.file_, {})) {}

Writer& Writer::operator=(Writer&& other) noexcept {
  std::swap(token_, other.token_);
  std::swap(lock_, other.lock_);
  std::swap(file_, other.file_);
  return *this;
}

Result<std::shared_ptr<Snapshot>> Lake::open_newest() const {
  const LakeLayout layout{root_};
  auto opened = std::make_shared<Snapshot>();
  opened->root_ = root_;
  auto state = look_at_lake(layout);
  if (!state) return state.error();
  if (*state == LakeState::absent) return opened;
  // Only versions that a newer one replaced are ever deleted, so another look finds that one. The limit is there for
  // file systems whose locks do not work.
  constexpr int kLooks = 1000;
  std::string last_failure;
  for (int look = 0; look < kLooks; ++look) {
    auto numbers = layout.version_numbers();
    if (!numbers) return numbers.error();
    if (numbers->empty()) return opened;
    const auto file = layout.version(numbers->back());
    auto lock = FileLock::take(file, FileLock::Kind::shared, false, FileLock::Missing::fail);
    std::error_code gone;
    if (!lock || !std::filesystem::exists(file, gone)) {
      last_failure = lock ? file.string() + " was deleted" : lock.error().sentence;
      continue;
    }
    auto version = read_version(layout, numbers->back());
    if (!version) return version.error();
    opened->version_ = std::move(*version);
    opened->lock_ = std::move(*lock);
    return opened;
  }
  return Error{"cannot hold the newest version of the lake " + root_.string() + ": " + last_failure};
}

Result<std::shared_ptr<const Snapshot>> Lake::snapshot() const {
  auto opened = open_newest();
  if (!opened) return opened.error();
  return std::shared_ptr<const Snapshot>(std::move(*opened));
}

Result<Writer> Lake::begin_write() {
  const LakeLayout layout{root_};
  if (auto state = look_at_lake(layout); !state) return state.error();
  if (auto made = make_lake(layout); !made) return made.error();
  // Nobody may take a lock file that was made but is not locked yet for that of a dead writer.
  auto registering = FileLock::take(layout.writers_lock(), FileLock::Kind::exclusive, true);
  if (!registering) return registering.error();
  {
    auto committing = FileLock::take(layout.commit_lock(), FileLock::Kind::exclusive, true);
    if (!committing) return committing.error();
    if (auto removed = remove_leftovers(layout); !removed) return removed.error();
  }
  return register_writer(layout);
}

Result<std::optional<Writer>> Lake::begin_write_if_alone() {
  const LakeLayout layout{root_};
  std::error_code error;
  if (!std::filesystem::exists(layout.marker(), error)) return std::optional<Writer>();
  if (auto made = make_lake(layout); !made) return made.error();
  const auto registering = FileLock::take(layout.writers_lock(), FileLock::Kind::exclusive, false);
  if (!registering) return std::optional<Writer>();
  for (std::filesystem::directory_iterator entry(layout.writers(), error); !error && entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    // A dead writer's file is free: what it left is for the next one that waits.
    if (!FileLock::take(entry->path(), FileLock::Kind::exclusive, false, FileLock::Missing::fail)) return std::optional<Writer>();
  }
  if (error) return Error{"cannot read the folder " + layout.writers().string() + ": " + error.message()};
  auto writer = register_writer(layout);
  if (!writer) return writer.error();
  return std::optional<Writer>(std::move(*writer));
}

Result<Writer> Lake::register_writer(const LakeLayout& layout) {
  Writer writer;
  const std::string token = make_token();
  auto lock = FileLock::take(layout.writer(token), FileLock::Kind::exclusive, false);
  if (!lock) return lock.error();
  writer.token_ = token;
  writer.file_ = layout.writer(token);
  writer.lock_ = std::move(*lock);
  return writer;
}

Result<std::uint64_t> Lake::reserve_batch(const Writer&) {
  const LakeLayout layout{root_};
  auto lock = FileLock::take(layout.batch_lock(), FileLock::Kind::exclusive, true);
  if (!lock) return lock.error();
  auto newest = open_newest();
  if (!newest) return newest.error();
  std::uint64_t next = (*newest)->version().next_batch;
  std::error_code missing;
  if (std::filesystem::exists(layout.next_batch(), missing)) {
    auto text = read_file(layout.next_batch(), 64);
    if (!text) return text.error();
    std::uint64_t reserved = 0;
    const auto [end, bad] = std::from_chars(text->data(), text->data() + text->size(), reserved);
    if (bad != std::errc() || std::string_view(end) != "\n") {
      return Error{layout.next_batch().string() + " is damaged: it does not hold the number of the next batch; remove it if no batch is " +
                   "being written"};
    }
    next = std::max(next, reserved);
  }
  if (auto written = write_file_atomically(layout.next_batch(), std::to_string(next + 1) + "\n"); !written) return written.error();
  return next;
}

Result<std::vector<Manifest>> Lake::manifests(const Snapshot& snapshot) const {
  std::vector<Manifest> all;
  all.reserve(snapshot.version().batches.size());
  for (const LakeBatch& batch : snapshot.version().batches) {
    const auto file = snapshot.root() / batch.manifest;
    auto text = read_file(file, 8ULL << 30);
    if (!text) return text.error();
    auto manifest = manifest_from_json(*text, file.string());
    if (!manifest) return manifest.error();
    all.push_back(std::move(*manifest));
  }
  std::sort(all.begin(), all.end(), [](const Manifest& a, const Manifest& b) { return a.batch < b.batch; });
  return all;
}

}  // namespace nightjar
