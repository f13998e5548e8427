#pragma once
#include <hs/hs.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "payload/signature.hpp"

namespace nightjar {

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using Database = std::unique_ptr<hs_database_t, FreeDatabase>;
struct FreeScratch {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};
using Scratch = std::unique_ptr<hs_scratch_t, FreeScratch>;

/// A signature's case with its patterns as numbers.
struct CompiledCase {
  std::uint32_t signature;
  std::vector<std::uint32_t> all, any, none;
  const SignatureCase* written;
};

/// One database for all patterns, which are looked for in one pass; where a match begins is asked afterwards, of the pattern
/// alone (vectorscan could tell it itself, but takes few expressions then).
struct CompiledSignatures {
  struct Pattern {
    std::size_t fixed = 0;             ///< bytes it matches, where that is known
    Database alone;                    ///< of this pattern; null where `fixed` is known
    bool at_start = false;             ///< it matches at the payload's first byte only
    std::vector<std::uint32_t> cases;  ///< that are to be judged when it matches
  };
  std::vector<Pattern> patterns;
  std::vector<CompiledCase> cases;
  std::vector<std::uint32_t> injection_cases;  ///< that need no pattern
  Database database;                           ///< null without patterns
  Scratch scratch;                             ///< to be cloned, one a thread
};

}  // namespace nightjar
