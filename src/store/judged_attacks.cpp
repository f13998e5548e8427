#include "store/judged_attacks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <set>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "store/judged_victims.hpp"

namespace nightjar {
namespace {

constexpr char kBetween = '\t';
constexpr std::size_t kFields = 6;
constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// UTC days, the end not included.
struct Days {
  std::int64_t from, to;
};

std::string text_of(const Days& days) {
  const bool from = days.from != std::numeric_limits<std::int64_t>::min(), to = days.to != kEver;
  return (from ? " from " + format_day(days.from) : std::string()) + (to ? " before " + format_day(days.to) : "");
}

/// The days of all of them, ascending; those that meet are one.
std::vector<Days> joined(const std::vector<AttackJudgement>& list) {
  std::vector<Days> all;
  for (const AttackJudgement& one : list) all.push_back({one.from_day, one.to_day});
  std::ranges::sort(all, {}, &Days::from);
  std::vector<Days> together;
  for (const Days& days : all) {
    if (together.empty() || days.from > together.back().to)
      together.push_back(days);
    else
      together.back().to = std::max(together.back().to, days.to);
  }
  return together;
}

}  // namespace

RequestsState requests_of(const LakeVersion& version) {
  RequestsState state;
  std::set<std::uint64_t> batches;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::requests) continue;
    const bool first = state.hash.empty();
    state.first_day = first ? file.day : std::min(state.first_day, file.day);
    state.end_day = first ? file.day + 1 : std::max(state.end_day, file.day + 1);
    batches.insert(file.batches.begin(), file.batches.end());
    state.hash = "some";
  }
  if (state.hash.empty()) return state;
  std::uint64_t hash = mix64(static_cast<std::uint64_t>(state.first_day));
  for (const std::uint64_t batch : batches) hash = mix64(hash ^ batch);
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  state.hash = text.data();
  state.batches = batches.size();
  return state;
}

std::string to_text(const AttackJudgement& judgement) {
  return judgement.definition + kBetween + judgement.parameters + kBetween + judgement.requests + kBetween +
         std::to_string(judgement.batches) + kBetween + std::to_string(judgement.from_day) + kBetween + std::to_string(judgement.to_day);
}

std::optional<AttackJudgement> judgement_of(std::string_view derived_from) {
  std::array<std::string_view, kFields> fields;
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t end = derived_from.find(kBetween);
    if ((end == std::string_view::npos) != (i + 1 == kFields)) return std::nullopt;
    fields[i] = derived_from.substr(0, end);
    derived_from.remove_prefix(end == std::string_view::npos ? derived_from.size() : end + 1);
  }
  const auto batches = number<std::uint64_t>(fields[3]);
  const auto from = number<std::int64_t>(fields[4]), to = number<std::int64_t>(fields[5]);
  if (fields[0].empty() || !batches || !from || !to) return std::nullopt;
  return AttackJudgement{std::string(fields[0]), std::string(fields[1]), std::string(fields[2]), *batches, *from, *to};
}

std::vector<AttackJudgement> judgements(const LakeVersion& version) {
  std::set<std::string_view> texts;
  std::vector<AttackJudgement> all;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::attacks || !texts.insert(file.derived_from).second) continue;
    if (auto judgement = judgement_of(file.derived_from)) all.push_back(*std::move(judgement));
  }
  return all;
}

namespace {

/// How far the attacks of days [from_day, to_day) can be believed that were judged day by day.
std::vector<std::string> remarks_of_victims(const LakeVersion& version, const std::vector<AttackJudgement>& ours,
                                            const std::string& command, std::int64_t from_day, std::int64_t to_day) {
  const BackscatterDays backscatter(version);
  std::set<std::int64_t> judged, fresh;
  for (const AttackJudgement& judgement : ours) {
    judged.insert(judgement.from_day);
    if (backscatter.still_holds(judgement)) fresh.insert(judgement.from_day);
  }
  std::uint64_t stale = 0, missing = 0;
  for (const std::int64_t day : backscatter.days()) {
    if (day < from_day || day >= to_day || fresh.contains(day)) continue;
    ++(judged.contains(day) ? stale : missing);
  }
  const auto days = [](std::uint64_t number) { return std::to_string(number) + (number == 1 ? " day" : " days"); };
  std::vector<std::string> remarks;
  if (missing > 0)
    remarks.push_back(days(missing) + " with backscatter " + (missing == 1 ? "was" : "were") + " not judged: run " + command);
  if (stale > 0)
    remarks.push_back("the attacks of " + days(stale) + " were judged before more backscatter came: run " + command + " again");
  return remarks;
}

}  // namespace

bool keeps_sensors_apart(std::string_view parameters) {
  if (parameters.starts_with("key=victim+protocol+sensor ")) return true;
  return parameters.find("+sensor ") != std::string_view::npos && parameters.find(" count=sum ") != std::string_view::npos;
}

Result<JudgedAttacks> judged_attacks(const LakeVersion& version, const std::string& definition, std::int64_t from_day,
                                     std::int64_t to_day) {
  std::vector<AttackJudgement> ours = judgements(version);
  std::erase_if(ours, [&](const AttackJudgement& judgement) { return judgement.definition != definition; });
  const std::string command =
      "nightjar detect attacks --definition " + (definition.find(' ') == std::string::npos ? definition : "'" + definition + "'");
  if (ours.empty()) return Error{"nobody has looked for attacks by the definition " + definition + " yet: run " + command + " first"};
  const RequestsState now = requests_of(version);
  JudgedAttacks judged;
  std::ranges::sort(ours, {}, &AttackJudgement::batches);
  judged.parameters = ours.back().parameters;
  if (is_of_victims(ours.back())) {
    judged.remarks = remarks_of_victims(version, ours, command, from_day, to_day);
    return judged;
  }
  // Days without requests need no judgement.
  from_day = std::max(from_day, now.first_day);
  to_day = std::min(to_day, now.end_day);
  const auto is_stale = [&](const AttackJudgement& judgement) { return judgement.requests != now.hash; };
  std::vector<AttackJudgement> fresh = ours;
  std::erase_if(fresh, is_stale);
  if (std::ranges::any_of(joined(fresh), [&](const Days& days) { return days.from <= from_day && days.to >= to_day; })) return judged;
  const auto stale =
      std::ranges::find_if(ours, [&](const auto& one) { return is_stale(one) && one.from_day < to_day && one.to_day > from_day; });
  if (stale != ours.end()) {
    const std::uint64_t more = now.batches > stale->batches ? now.batches - stale->batches : 0;
    const std::string what = more == 0 ? "the requests changed" : std::to_string(more) + (more == 1 ? " batch came" : " batches came");
    judged.remarks.push_back("the attacks were judged before " + what + ": run " + command + " again");
  } else {
    std::string spans;
    for (const Days& days : joined(ours)) spans += (spans.empty() ? "" : ", and") + text_of(days);
    judged.remarks.push_back("only attacks that began" + spans + " were judged: run " + command + " for all");
  }
  return judged;
}

}  // namespace nightjar
