#include "store/judged_victims.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/hash.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kMark = "victims ";

/// The last day that a judgement was made from.
std::optional<std::int64_t> last_day_of(const AttackJudgement& judgement) {
  std::string_view text = judgement.requests;
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  std::int64_t day = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), day);
  if (bad != std::errc() || end == text.data() + text.size() || *end != ' ') return std::nullopt;
  return day;
}

}  // namespace

bool is_of_victims(const AttackJudgement& judgement) { return judgement.requests.starts_with(kMark); }

BackscatterDays::BackscatterDays(const LakeVersion& version) {
  for (const LakeFile& file : version.files)
    if (file.table == Table::backscatter) batches_[file.day].insert(file.batches.begin(), file.batches.end());
}

std::vector<std::int64_t> BackscatterDays::days() const {
  std::vector<std::int64_t> all;
  for (const auto& [day, batches] : batches_) all.push_back(day);
  return all;
}

AttackJudgement BackscatterDays::judgement(const std::string& definition, const std::string& parameters, std::int64_t day,
                                           std::int64_t last_day) const {
  std::uint64_t hash = mix64(static_cast<std::uint64_t>(day)), batches = 0;
  for (auto at = batches_.lower_bound(day - 1); at != batches_.end() && at->first <= last_day; ++at) {
    hash = mix64(hash ^ static_cast<std::uint64_t>(at->first));
    for (const std::uint64_t batch : at->second) hash = mix64(hash ^ batch);
    batches += at->second.size();
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return {definition, parameters, std::string(kMark) + std::to_string(last_day) + " " + text.data(), batches, day, day + 1};
}

bool BackscatterDays::still_holds(const AttackJudgement& made) const {
  const auto last_day = last_day_of(made);
  return last_day && judgement(made.definition, made.parameters, made.from_day, *last_day) == made;
}

}  // namespace nightjar
