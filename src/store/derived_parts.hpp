#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/derived_rows.hpp"
#include "store/query.hpp"

namespace nightjar {

/// Rows that are too many to be held, or too dear to be made twice, and go to several files.
struct DerivedParts {
  std::string sql;                 ///< SELECT with macros over the tables of the version; its rows are the table `derived`, which may spill
  std::vector<DerivedRows> files;  ///< what each becomes; their SQL reads `derived`, with macros
};

/// Writes the files as `write_derived_rows` does, in their order. `limits.timeout_seconds` has no meaning here; without a limit the
/// memory is a quarter of the machine, at most 1.5 GB.
Result<std::vector<LakeFile>> write_derived_parts(const std::shared_ptr<const Snapshot>& snapshot, const Writer& writer,
                                                  const QueryOptions& limits, const DerivedParts& parts);

}  // namespace nightjar
