#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/judged_attacks.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// What attacks seen as backscatter were judged from. They are judged day by day, each by a judgement of its own: attacks that begin on
/// a day depend on the backscatter of the day before (was the victim attacked already?), of that day, and of those after it as far as one
/// of them went on. So `AttackJudgement::requests` says "victims", the last of these days and the mark of their batches.
class BackscatterDays {
 public:
  explicit BackscatterDays(const LakeVersion& version);

  /// UTC days since 1970 that have backscatter.
  std::vector<std::int64_t> days() const;
  bool empty() const { return batches_.empty(); }
  /// The judgement of a day whose attacks were open until `last_day` at most, from what this version holds.
  AttackJudgement judgement(const std::string& definition, const std::string& parameters, std::int64_t day, std::int64_t last_day) const;
  /// Whether a judgement of victims would be made from the same backscatter now.
  bool still_holds(const AttackJudgement& judgement) const;

 private:
  std::map<std::int64_t, std::set<std::uint64_t>> batches_;
};

/// Whether a judgement is one of victims.
bool is_of_victims(const AttackJudgement& judgement);

}  // namespace nightjar
