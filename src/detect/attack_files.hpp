#pragma once
#include <filesystem>

#include "base/result.hpp"
#include "detect/attack_definition.hpp"
#include "detect/attack_spool.hpp"
#include "store/judged_attacks.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// Writes what a spool holds as files of `attacks`, a file a day, and says what replaces what: the files that a judgement by this
/// definition wrote into the same days. Where nothing was found one file without rows keeps the judgement.
Result<Change> write_attack_files(const std::filesystem::path& root, const LakeVersion& version, const Writer& writer,
                                  const AttackJudgement& judgement, const Names& sensors, AttackSpool& spool);

}  // namespace nightjar
