#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// The batches whose requests a version holds, as far as an attack depends on them. The same before and after compaction.
struct RequestsState {
  std::string hash;                         ///< 16 hexadecimal digits; empty: the lake has no requests
  std::uint64_t batches = 0;                ///< how many
  std::int64_t first_day = 0, end_day = 0;  ///< UTC days that have requests, the end not included
  friend bool operator==(const RequestsState&, const RequestsState&) = default;
};
RequestsState requests_of(const LakeVersion& version);

/// What a file of `attacks` was made from and by which definition: LakeFile::derived_from.
struct AttackJudgement {
  std::string definition, parameters;
  std::string requests;       ///< RequestsState::hash of the version that was read
  std::uint64_t batches = 0;  ///< RequestsState::batches of it
  /// UTC days in which the judged attacks begin, the end not included; attacks of other days were not written.
  std::int64_t from_day = std::numeric_limits<std::int64_t>::min();
  std::int64_t to_day = std::numeric_limits<std::int64_t>::max();

  bool covers(std::int64_t from, std::int64_t to) const { return from_day <= from && to_day >= to; }
  friend bool operator==(const AttackJudgement&, const AttackJudgement&) = default;
};
std::string to_text(const AttackJudgement& judgement);
/// Nothing for a text that is none.
std::optional<AttackJudgement> judgement_of(std::string_view derived_from);

/// Each judgement of a version once.
std::vector<AttackJudgement> judgements(const LakeVersion& version);

/// How far the rows of one definition can be believed.
struct JudgedAttacks {
  std::string parameters;
  std::vector<std::string> remarks;  ///< the attacks are older than the requests, or only those of some days were judged
};
/// Whether a definition of these parameters keeps the attacks of each sensor apart; else those that several saw name none.
bool keeps_sensors_apart(std::string_view parameters);

/// Of UTC days [from_day, to_day). An error that says what to run where nobody judged by that definition yet.
Result<JudgedAttacks> judged_attacks(const LakeVersion& version, const std::string& definition, std::int64_t from_day, std::int64_t to_day);

}  // namespace nightjar
