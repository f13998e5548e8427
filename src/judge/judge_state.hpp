#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "judge/wave.hpp"
#include "store/lake.hpp"

namespace nightjar {

/// By UTC day what a version holds that a judgement depends on (flows, sensor days, minutes, backscatter, requests, sessions, payloads), as
/// 16 hexadecimal digits: changes when a batch adds to the day, the same before and after compaction.
std::map<std::int64_t, std::string> inputs_by_day(const LakeVersion& version);

/// How far a lake was judged by some rules, and the waves that were found: with it judging goes on a day later without reading what lies
/// before. A cache: it names the inputs that it was made from, and is not believed for others. It says as well that the table holds the
/// incidents up to its end: keep it only once they are committed, and forget it before others are written in their place.
struct JudgeState {
  std::int64_t from_day = 0, to_day = 0;       ///< judged days, the end not included
  std::map<std::int64_t, std::string> inputs;  ///< of these days
  std::vector<Wave> waves;
};

std::string judge_state_text(const JudgeState& state);
/// Nothing for a text that is none.
std::optional<JudgeState> judge_state_of(std::string_view text);

/// Files of such states: lake/judged/RULES/DAY.json.
class JudgeStates {
 public:
  JudgeStates(const std::filesystem::path& lake, std::string_view rules);

  /// Keeps a state, and of older ones the latest two and one in thirty days. A failure costs time later, nothing else.
  void keep(const JudgeState& state) const;
  /// Forgets those that go further than `to_day`. One that cannot be removed is believed still.
  void forget_after(std::int64_t to_day) const;
  /// The state that goes furthest and whose inputs are just those of `inputs` before its end, at most to `to_day`.
  std::optional<JudgeState> latest(const std::map<std::int64_t, std::string>& inputs, std::int64_t to_day) const;

 private:
  std::vector<std::int64_t> days() const;
  std::filesystem::path file(std::int64_t day) const;

  std::filesystem::path folder_;
};

}  // namespace nightjar
