#include "store/compact.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "base/failpoint.hpp"
#include "store/day_merge.hpp"
#include "store/derived.hpp"
#include "store/lake_layout.hpp"
#include "store/repeated_keys.hpp"

namespace nightjar {
namespace {

/// Whether the files of a day and table are those of one earlier merge, so that no key comes twice.
bool is_merged(const std::vector<const LakeFile*>& files) {
  std::set<std::string_view> merges;
  for (const LakeFile* file : files) {
    const std::string_view merge = merge_of(file->path);
    if (merge.empty()) return false;
    merges.insert(merge);
  }
  return merges.size() == 1;
}

using DayFiles = std::map<Table, std::vector<const LakeFile*>>;

/// Days with something to merge, and their files by table (derived tables aside).
std::map<std::int64_t, DayFiles> days_to_merge(const LakeVersion& version, const CompactOptions& options) {
  std::map<std::int64_t, DayFiles> days;
  for (const LakeFile& file : version.files) {
    if (file.day < options.from_day || file.day >= options.to_day || schema_of(file.table).derived) continue;
    days[file.day][file.table].push_back(&file);
  }
  for (auto day = days.begin(); day != days.end();) {
    std::erase_if(day->second, [](const auto& table) { return is_merged(table.second); });
    day = day->second.empty() ? days.erase(day) : std::next(day);
  }
  return days;
}

/// Merged files of one day, not visible yet.
struct MergedDay {
  std::int64_t day = 0;
  Change change;
  CompactSummary summary;  ///< of this day alone
};

/// Counts that tell the truth about a day still do when only its rows were merged: they are listed again as made from the new files.
void carry_counts(const LakeVersion& version, std::vector<MergedDay>& merged) {
  std::map<std::int64_t, MergedDay*> days;
  std::unordered_set<std::string_view> removed;
  for (MergedDay& day : merged) {
    days.emplace(day.day, &day);
    removed.insert(day.change.removed.begin(), day.change.removed.end());
  }
  std::map<std::int64_t, LakeVersion> next;  // as far as the day is concerned
  for (const LakeFile& file : version.files) {
    if (days.contains(file.day) && !removed.contains(file.path)) next[file.day].files.push_back(file);
  }
  for (const MergedDay& day : merged) {
    auto& files = next[day.day].files;
    files.insert(files.end(), day.change.added.begin(), day.change.added.end());
  }
  for (const LakeFile* file : fresh_counts(version)) {
    const auto day = days.find(file->day);
    if (day == days.end()) continue;
    Change& change = day->second->change;
    change.removed.push_back(file->path);
    change.added.push_back(*file);
    change.added.back().derived_from = derivation_of(next[file->day], file->day);
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

void add(CompactSummary& summary, const CompactSummary& day) {
  summary.days += 1;
  summary.files_before += day.files_before;
  summary.files_after += day.files_after;
  summary.rows_before += day.rows_before;
  summary.rows_after += day.rows_after;
  summary.bytes_before += day.bytes_before;
  summary.bytes_after += day.bytes_after;
}

Result<MergedDay> merge_day(const Writer& writer, const LakeVersion& version, std::int64_t day, const DayFiles& tables, DayMerge& merge) {
  MergedDay done;
  done.day = day;
  for (const auto& [table, files] : tables) {
    const std::string name = writer.token() + "-" + std::to_string(version.number) + "-merged-";
    auto merged = merge.merge(table, day, files, name);
    if (!merged) return merged.error();
    add(done.summary, files, *merged);
    for (const LakeFile* file : files) done.change.removed.push_back(file->path);
    done.change.added.insert(done.change.added.end(), merged->begin(), merged->end());
  }
  return done;
}

bool is_conflict(const Error& error) { return error.sentence.starts_with("Conflict"); }

/// Makes merged days visible in one commit; when another process changed some of them meanwhile, day by day without those.
Result<void> publish(Lake& lake, const Writer& writer, const LakeVersion& version, std::vector<MergedDay> merged, CompactSummary& summary) {
  if (merged.empty()) return {};
  if (auto point = failpoint("compact.merged"); !point) return point.error();
  carry_counts(version, merged);
  Change all;
  for (const MergedDay& day : merged) {
    all.removed.insert(all.removed.end(), day.change.removed.begin(), day.change.removed.end());
    all.added.insert(all.added.end(), day.change.added.begin(), day.change.added.end());
  }
  auto committed = lake.commit(writer, std::move(all));
  if (!committed && !is_conflict(committed.error())) return committed.error();
  for (MergedDay& day : merged) {
    if (!committed) {
      auto alone = lake.commit(writer, std::move(day.change));
      if (!alone && !is_conflict(alone.error())) return alone.error();
      if (!alone) {
        ++summary.skipped;
        continue;
      }
    }
    add(summary, day.summary);
  }
  (void)failpoint("compact.published");
  return {};
}

}  // namespace

Result<CompactSummary> compact(Lake& lake, const CompactOptions& options) {
  CompactSummary summary;
  auto seen = lake.snapshot();
  if (!seen) return seen.error();
  std::set<std::int64_t> left;
  for (const auto& [day, unused] : days_to_merge((*seen)->version(), options)) left.insert(day);
  if (left.empty()) return summary;
  if (options.on_begin) options.on_begin(left.size());
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  auto merge = DayMerge::open(lake.root(), options);
  if (!merge) return merge.error();
  while (!left.empty()) {
    // Each group by the newest version: the one before may be ours already.
    auto snapshot = lake.snapshot();
    if (!snapshot) return snapshot.error();
    const LakeVersion& version = (*snapshot)->version();
    const auto days = days_to_merge(version, options);
    std::vector<MergedDay> merged;
    std::uint64_t bytes = 0;
    Result<void> outcome;
    while (outcome && !left.empty() && merged.size() < options.commit_days && bytes < options.commit_bytes) {
      const auto tables = days.find(left.extract(left.begin()).value());
      if (tables == days.end()) continue;
      if (options.on_day) options.on_day(tables->first);
      auto day = merge_day(*writer, version, tables->first, tables->second, **merge);
      if (!day) {
        outcome = day.error();
        continue;
      }
      bytes += day->summary.bytes_before;
      merged.push_back(std::move(*day));
    }
    // Days that were merged before one failed are kept.
    if (auto published = publish(lake, *writer, version, std::move(merged), summary); !published) return published.error();
    if (!outcome) return outcome.error();
  }
  return summary;
}

}  // namespace nightjar
