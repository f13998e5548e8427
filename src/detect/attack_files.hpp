#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "detect/attack_definition.hpp"
#include "detect/attack_spool.hpp"
#include "store/judged_attacks.hpp"
#include "store/lake.hpp"
#include "store/parquet_writer.hpp"

namespace nightjar {

/// Where files go, and into which version.
struct AttackFilePlace {
  const std::filesystem::path& root;
  const LakeVersion& version;
  const Writer& writer;
};

/// One file of `attacks`: those that begin on a day, also none. `made_from`: the table that was judged.
Result<LakeFile> write_attack_day(ParquetWriter& parquet, const AttackFilePlace& place, Table made_from, const AttackJudgement& judgement,
                                  const Names& sensors, std::int64_t day, const std::vector<AttackSpool::Entry>& entries);

/// Writes what a spool holds as files of `attacks`, a file a day, and says what replaces what: the files that a judgement by this
/// definition wrote into the same days. Where nothing was found one file without rows keeps the judgement.
Result<Change> write_attack_files(const std::filesystem::path& root, const LakeVersion& version, const Writer& writer,
                                  const AttackJudgement& judgement, const Names& sensors, AttackSpool& spool);

}  // namespace nightjar
