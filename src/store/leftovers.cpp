#include "store/leftovers.hpp"

#include "base/file.hpp"
#include "store/version_json.hpp"

namespace nightjar {
namespace {

using Paths = std::set<std::string, std::less<>>;

/// Calls `visit` with each entry of a folder; a folder that is not there has none.
template <class Visit>
Result<void> each_entry(const std::filesystem::path& folder, Visit visit) {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory) return {};
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (auto visited = visit(*entry); !visited) return visited;
  }
  if (error) return Error{"cannot read the folder " + folder.string() + ": " + error.message()};
  return {};
}

/// Which data files and manifests a version lists. The newest version answers for nearly all of them; the older ones are read
/// only when something is asked for that it does not list, since there may be very many.
class Listing {
 public:
  /// Nothing if the newest version cannot be read.
  static Result<std::optional<Listing>> open(const LakeLayout& layout) {
    auto numbers = layout.version_numbers();
    if (!numbers) return numbers.error();
    Listing listing(layout);
    if (!numbers->empty()) {
      if (!listing.add(numbers->back())) return std::optional<Listing>();
      numbers->pop_back();
      listing.older_ = std::move(*numbers);
    }
    return std::optional(std::move(listing));
  }

  /// True too while a version cannot be read: it may list any file.
  bool lists(const std::string& path) {
    if (paths_.contains(path)) return true;
    for (; !older_.empty(); older_.pop_back()) {
      if (!add(older_.back())) return true;
    }
    return paths_.contains(path);
  }

 private:
  explicit Listing(const LakeLayout& layout) : layout_(layout) {}

  bool add(std::uint64_t number) {
    auto version = read_version(layout_, number);
    if (!version) return false;
    for (LakeFile& lake_file : version->files) paths_.insert(std::move(lake_file.path));
    for (LakeBatch& batch : version->batches) paths_.insert(std::move(batch.manifest));
    return true;
  }

  LakeLayout layout_;
  Paths paths_;
  std::vector<std::uint64_t> older_;  ///< not read yet
};

/// Locks in `folder` that somebody holds, by their names without ".lock". The others are removed.
Result<Paths> living_locks(const std::filesystem::path& folder) {
  Paths living;
  auto done = each_entry(folder, [&](const std::filesystem::directory_entry& entry) -> Result<void> {
    if (entry.path().extension() != ".lock") return {};
    const auto lock = FileLock::take(entry.path(), FileLock::Kind::exclusive, false, FileLock::Missing::fail);
    if (!lock) {
      living.insert(entry.path().stem());
      return {};
    }
    if (auto removed = remove_if_there(entry.path()); !removed) return removed.error();
    return {};
  });
  if (!done) return done.error();
  return living;
}

Result<std::size_t> remove_files_of_the_dead(const LakeLayout& layout, Listing& listing, const Paths& living) {
  std::size_t count = 0;
  for (const TableSchema& table : all_tables()) {
    auto done = each_entry(layout.root / table.name, [&](const std::filesystem::directory_entry& day) -> Result<void> {
      if (!day.is_directory()) return {};
      return each_entry(day.path(), [&](const std::filesystem::directory_entry& entry) -> Result<void> {
        const std::string name = entry.path().filename();
        const std::string_view token = token_of_file_name(name);
        if (token.empty() || living.contains(token)) return {};
        if (listing.lists(std::string(table.name) + "/" + day.path().filename().string() + "/" + name)) return {};
        auto removed = remove_if_there(entry.path());
        if (!removed) return removed.error();
        count += *removed ? 1 : 0;
        return {};
      });
    });
    if (!done) return done.error();
  }
  return count;
}

Result<void> remove_half_written_json(const std::filesystem::path& folder) {
  return each_entry(folder, [&](const std::filesystem::directory_entry& entry) -> Result<void> {
    const auto extension = entry.path().extension();
    if (extension != ".tmp" && extension != ".prepared") return {};
    if (auto removed = remove_if_there(entry.path()); !removed) return removed.error();
    return {};
  });
}

Result<void> remove_unlisted_manifests(const LakeLayout& layout, Listing& listing) {
  return each_entry(layout.batches(), [&](const std::filesystem::directory_entry& entry) -> Result<void> {
    const std::string path = "batches/" + entry.path().filename().string();
    if (entry.path().extension() != ".json" || listing.lists(path)) return {};
    if (auto removed = remove_if_there(entry.path()); !removed) return removed.error();
    return {};
  });
}

/// Spill folders are called as the lock beside them.
Result<void> remove_spill_of_the_dead(const LakeLayout& layout) {
  auto living = living_locks(layout.tmp());
  if (!living) return living.error();
  return each_entry(layout.tmp(), [&](const std::filesystem::directory_entry& entry) -> Result<void> {
    if (!entry.is_directory() || living->contains(entry.path().filename().string())) return {};
    std::error_code ignored;
    std::filesystem::remove_all(entry.path(), ignored);
    return {};
  });
}

}  // namespace

Result<bool> remove_if_there(const std::filesystem::path& file) {
  std::error_code error;
  const bool removed = std::filesystem::remove(file, error);
  if (error) return Error{"cannot remove " + file.string() + ": " + error.message()};
  return removed;
}

Result<std::size_t> remove_leftovers(const LakeLayout& layout) {
  auto living = living_locks(layout.writers());
  if (!living) return living.error();
  auto listing = Listing::open(layout);
  if (!listing) return listing.error();
  if (!*listing) return std::size_t{0};
  auto count = remove_files_of_the_dead(layout, **listing, *living);
  if (!count) return count;
  for (const auto& folder : {layout.versions(), layout.batches()}) {
    if (auto removed = remove_half_written_json(folder); !removed) return removed.error();
  }
  if (auto removed = remove_unlisted_manifests(layout, **listing); !removed) return removed.error();
  if (auto removed = remove_spill_of_the_dead(layout); !removed) return removed.error();
  return count;
}

}  // namespace nightjar
