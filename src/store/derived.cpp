#include "store/derived.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>

#include "base/hash.hpp"
#include "fingerprint/catalogue.hpp"

namespace nightjar {
namespace {

/// Raise it when counts are made in another way: all are made anew then.
constexpr std::uint64_t kWayOfCounting = 1;

void mix_in(std::uint64_t& hash, std::string_view text) {
  for (const char c : text) hash = mix64(hash ^ static_cast<unsigned char>(c));
  hash = mix64(hash + 1);
}

/// The files that a day's counts are made from.
struct Sources {
  std::vector<std::string_view> paths;  ///< sorted
  bool has_flows = false;

  std::string hash() const {
    if (!has_flows) return {};
    std::uint64_t hash = kWayOfCounting;
    mix_in(hash, catalogue_version());
    for (const std::string_view path : paths) mix_in(hash, path);
    std::array<char, 17> text{};
    std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
    return text.data();
  }
};

/// One pass over the files, since a lake of years has many.
std::map<std::int64_t, Sources> sources_by_day(const LakeVersion& version) {
  std::map<std::int64_t, Sources> days;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::flows && file.table != Table::sensor_days) continue;
    Sources& day = days[file.day];
    day.has_flows |= file.table == Table::flows;
    day.paths.push_back(file.path);
  }
  for (auto& [day, sources] : days) std::sort(sources.paths.begin(), sources.paths.end());
  return days;
}

}  // namespace

std::string derivation_of(const LakeVersion& version, std::int64_t day) {
  const auto days = sources_by_day(version);
  const auto found = days.find(day);
  return found == days.end() ? std::string() : found->second.hash();
}

std::vector<const LakeFile*> fresh_counts(const LakeVersion& version) {
  const auto sources = sources_by_day(version);
  std::vector<const LakeFile*> fresh;
  for (const LakeFile& file : version.files) {
    if (file.table != Table::counts) continue;
    const auto day = sources.find(file.day);
    if (day != sources.end() && file.derived_from == day->second.hash()) fresh.push_back(&file);
  }
  return fresh;
}

std::vector<std::int64_t> days_without_counts(const LakeVersion& version, std::int64_t from_day, std::int64_t to_day) {
  std::set<std::int64_t> made;
  for (const LakeFile* file : fresh_counts(version)) made.insert(file->day);
  std::vector<std::int64_t> missing;
  for (const auto& [day, sources] : sources_by_day(version)) {
    if (day >= from_day && day < to_day && sources.has_flows && !made.contains(day)) missing.push_back(day);
  }
  return missing;
}

}  // namespace nightjar
