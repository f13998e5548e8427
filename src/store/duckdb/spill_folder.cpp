#include "store/duckdb/spill_folder.hpp"

namespace nightjar::duckdb_store {

SpillFolder::SpillFolder(const LakeLayout& layout) {
  std::error_code error;
  if (!std::filesystem::exists(layout.marker(), error)) return;
  std::filesystem::create_directory(layout.tmp(), error);
  const std::string token = make_token();
  const auto file = layout.tmp() / (token + ".lock");
  auto lock = FileLock::take(file, FileLock::Kind::exclusive, false);
  // Gone again: somebody who removes leftovers saw it before it was locked.
  if (!lock || !std::filesystem::exists(file, error)) return;
  lock_ = std::move(*lock);
  folder_ = std::filesystem::absolute(layout.tmp()).lexically_normal() / token;
}

SpillFolder::~SpillFolder() {
  if (folder_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
  std::filesystem::path lock = folder_;
  std::filesystem::remove(lock += ".lock", ignored);
}

}  // namespace nightjar::duckdb_store
