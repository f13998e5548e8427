#pragma once
#include <filesystem>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "ingest/known_captures.hpp"
#include "store/duckdb/spill_folder.hpp"

namespace nightjar {

/// Standard input as a capture that may be known already. Into an empty lake it is read as it comes; otherwise all of it is
/// put aside in a spill folder of the lake first, because a capture that begins like a known one must be read twice.
class StandardInput {
 public:
  explicit StandardInput(std::filesystem::path lake) : lake_(std::move(lake)) {}
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

  Result<Admission> admit(const KnownCaptures& known);
  /// What to open: "-", or the file that holds it.
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path lake_;
  std::filesystem::path path_ = "-";
  std::optional<duckdb_store::SpillFolder> aside_;  ///< gone with this, or with the next writer after a crash
};

}  // namespace nightjar
