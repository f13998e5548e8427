#pragma once
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "capture/peeked_input.hpp"
#include "ingest/known_captures.hpp"
#include "store/duckdb/spill_folder.hpp"

namespace nightjar {

/// Standard input as a capture that may be known already. It is read as it comes, unless it begins like one that the lake knows, or ends
/// within its head: all of that is put aside in a spill folder of the lake first, because it must be read twice.
class StandardInput {
 public:
  explicit StandardInput(std::filesystem::path lake) : lake_(std::move(lake)) {}
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

  Result<Admission> admit(const KnownCaptures& known);
  /// What holds it: "-", or the file where it was put aside.
  const std::filesystem::path& path() const { return path_; }
  /// Reads it from its beginning; once, after `admit`.
  Result<std::unique_ptr<CaptureReader>> open(const CaptureReader::Options& options);

 private:
  Result<void> put_aside();

  std::filesystem::path lake_;
  std::filesystem::path path_ = "-";
  PeekedInput input_;
  std::optional<duckdb_store::SpillFolder> aside_;  ///< gone with this, or with the next writer after a crash
};

}  // namespace nightjar
