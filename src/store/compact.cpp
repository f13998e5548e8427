#include "store/compact.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/failpoint.hpp"
#include "store/day_merge.hpp"
#include "store/derived.hpp"
#include "store/lake_layout.hpp"

namespace nightjar {
namespace {

constexpr std::string_view kMergedMark = "-merged-";

/// Whether the files of a day and table are those of one earlier merge, so that no key comes twice.
bool is_merged(const std::vector<const LakeFile*>& files) {
  std::set<std::string_view> merges;
  for (const LakeFile* file : files) {
    const std::string_view path(file->path);
    const std::size_t mark = path.find(kMergedMark);
    if (mark == std::string_view::npos) return false;
    merges.insert(path.substr(0, mark));
  }
  return merges.size() == 1;
}

using DayFiles = std::map<Table, std::vector<const LakeFile*>>;

/// Days with something to merge, and their files by table (derived tables aside).
std::map<std::int64_t, DayFiles> days_to_merge(const LakeVersion& version, const CompactOptions& options) {
  std::map<std::int64_t, DayFiles> days;
  for (const LakeFile& file : version.files) {
    if (file.day < options.from_day || file.day >= options.to_day || schema_of(file.table).row_size == 0) continue;
    days[file.day][file.table].push_back(&file);
  }
  for (auto day = days.begin(); day != days.end();) {
    std::erase_if(day->second, [](const auto& table) { return is_merged(table.second); });
    day = day->second.empty() ? days.erase(day) : std::next(day);
  }
  return days;
}

/// Counts that tell the truth about a day still do when only its rows were merged: they are listed again as made from the new files.
void carry_counts(const LakeVersion& version, std::int64_t day, Change& change) {
  LakeVersion next = version;
  std::erase_if(next.files, [&](const LakeFile& file) {
    return std::find(change.removed.begin(), change.removed.end(), file.path) != change.removed.end();
  });
  next.files.insert(next.files.end(), change.added.begin(), change.added.end());
  for (const LakeFile* file : fresh_counts(version)) {
    if (file->day != day) continue;
    change.removed.push_back(file->path);
    change.added.push_back(*file);
    change.added.back().derived_from = derivation_of(next, day);
  }
}

void add(CompactSummary& summary, const std::vector<const LakeFile*>& before, const std::vector<LakeFile>& after) {
  for (const LakeFile* file : before) {
    ++summary.files_before;
    summary.rows_before += file->rows;
    summary.bytes_before += file->bytes;
  }
  for (const LakeFile& file : after) {
    ++summary.files_after;
    summary.rows_after += file.rows;
    summary.bytes_after += file.bytes;
  }
}

/// Merges one day and publishes it; false: another process changed the day meanwhile.
Result<bool> compact_day(Lake& lake, const Writer& writer, const LakeVersion& version, std::int64_t day, const DayFiles& tables,
                         DayMerge& merge, CompactSummary& summary) {
  Change change;
  CompactSummary sum = summary;
  for (const auto& [table, files] : tables) {
    const std::string name = writer.token() + "-" + std::to_string(version.number) + std::string(kMergedMark);
    auto merged = merge.merge(table, day, files, name);
    if (!merged) return merged.error();
    add(sum, files, *merged);
    for (const LakeFile* file : files) change.removed.push_back(file->path);
    change.added.insert(change.added.end(), merged->begin(), merged->end());
  }
  if (auto point = failpoint("compact.merged"); !point) return point.error();
  carry_counts(version, day, change);
  auto committed = lake.commit(writer, std::move(change));
  if (!committed && committed.error().sentence.starts_with("Conflict")) return false;
  if (!committed) return committed.error();
  (void)failpoint("compact.published");
  summary = sum;
  ++summary.days;
  return true;
}

}  // namespace

Result<CompactSummary> compact(Lake& lake, const CompactOptions& options) {
  CompactSummary summary;
  auto seen = lake.snapshot();
  if (!seen) return seen.error();
  if (days_to_merge((*seen)->version(), options).empty()) return summary;
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  auto merge = DayMerge::open(lake.root(), options);
  if (!merge) return merge.error();
  for (const auto& [day, unused] : days_to_merge((*seen)->version(), options)) {
    // Each day by the newest version: the one before may be ours already.
    auto snapshot = lake.snapshot();
    if (!snapshot) return snapshot.error();
    const auto days = days_to_merge((*snapshot)->version(), options);
    const auto tables = days.find(day);
    if (tables == days.end()) continue;
    if (options.on_day) options.on_day(day);
    auto done = compact_day(lake, *writer, (*snapshot)->version(), day, tables->second, **merge, summary);
    if (!done) return done.error();
    summary.skipped += *done ? 0 : 1;
  }
  return summary;
}

}  // namespace nightjar
