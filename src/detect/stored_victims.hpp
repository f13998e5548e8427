#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "detect/known_carpets.hpp"
#include "schema/rows.hpp"
#include "store/query.hpp"

namespace nightjar {

/// What a definition of victims wrote into `attacks` before.
class StoredVictims {
 public:
  /// Nothing is read where the lake has none. `names`: of sensors; grows.
  static Result<StoredVictims> open(std::shared_ptr<const Snapshot> snapshot, const std::string& definition, int threads,
                                    std::uint64_t memory_bytes, Names& names);

  const std::vector<KnownCarpet>& carpets() const { return carpets_; }
  /// Days on which stored attacks of level 1 begin that touch one of these.
  Result<std::set<std::int64_t>> days_of_parts(const std::vector<KnownCarpet>& carpets, const VictimDefinition& definition);

 private:
  std::string definition_;
  Names* names_ = nullptr;
  std::unique_ptr<QuerySession> session_;  ///< none: there are no files
  std::vector<KnownCarpet> carpets_;
};

}  // namespace nightjar
