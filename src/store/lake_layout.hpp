#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "schema/columns.hpp"

namespace nightjar {

/// Where things lie in a lake (README.md of this room).
struct LakeLayout {
  std::filesystem::path root;

  std::filesystem::path marker() const { return root / "nightjar-lake.json"; }
  std::filesystem::path view_sql() const { return root / "view.sql"; }
  std::filesystem::path versions() const { return root / "versions"; }
  std::filesystem::path version(std::uint64_t number) const { return versions() / (std::to_string(number) + ".json"); }
  std::filesystem::path batches() const { return root / "batches"; }
  std::filesystem::path writers() const { return root / "writers"; }
  std::filesystem::path writer(const std::string& token) const { return writers() / (token + ".lock"); }
  std::filesystem::path tmp() const { return root / "tmp"; }
  std::filesystem::path locks() const { return root / "locks"; }
  std::filesystem::path commit_lock() const { return locks() / "commit"; }    ///< held while a version is made
  std::filesystem::path writers_lock() const { return locks() / "writers"; }  ///< held while writers register or leftovers go
  std::filesystem::path batch_lock() const { return locks() / "batch"; }
  std::filesystem::path next_batch() const { return locks() / "next_batch"; }

  /// Numbers of the versions in the folder, ascending; anything that is not N.json is ignored.
  Result<std::vector<std::uint64_t>> version_numbers() const;
};

enum class LakeState { absent, present };
/// Whether a folder is a lake of this schema; a folder with something else in it, or another schema, is an error.
Result<LakeState> look_at_lake(const LakeLayout& layout);

/// Makes the marker and the folders.
Result<void> make_lake(const LakeLayout& layout);

/// "batches/7.json"; of batches whose manifests were merged "batches/7-12-4.json": the lowest, the highest, and how many they are. Two
/// different sets that a lake ever merges never have one path: each holds all batches between its ends that no other holds.
std::string manifest_path(std::uint64_t batch, const std::vector<std::uint64_t>& more = {});

/// Table and day of "flows/day=2017-11-23/NAME.parquet"; nothing for any other text, so that what a version lists can
/// never lead out of the lake.
struct FilePlace {
  Table table;
  std::int64_t day;
};
std::optional<FilePlace> place_of_file(std::string_view path);

/// "flows/day=2017-11-23".
std::string day_folder(Table table, std::int64_t day);

/// The writer's token at the beginning of a file name of ours; empty for names that nobody here gave.
std::string_view token_of_file_name(std::string_view name);
/// A token that no other writer has.
std::string make_token();

}  // namespace nightjar
