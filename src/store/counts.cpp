#include "store/counts.hpp"

#include <optional>

#include "store/day_counts.hpp"

namespace nightjar {
namespace {

/// Counts one day and publishes it; false: another process was faster or changed the day.
Result<bool> count_and_commit(Lake& lake, const Writer& writer, const LakeVersion& version, std::int64_t day,
                              const CountsOptions& options) {
  Change change;
  auto made = count_day(lake.root(), version, day, writer.token() + "-" + std::to_string(version.number) + "-counts", options);
  if (!made) return made.error();
  for (const LakeFile& file : version.files) {
    if (file.table == Table::counts && file.day == day) change.removed.push_back(file.path);
  }
  change.added.push_back(std::move(*made));
  auto committed = lake.commit(writer, std::move(change));
  if (!committed && committed.error().sentence.starts_with("Conflict")) return false;
  if (!committed) return committed.error();
  return true;
}

Result<std::optional<Writer>> begin(Lake& lake, const CountsOptions& options) {
  if (options.only_if_alone) return lake.begin_write_if_alone();
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  return std::optional<Writer>(std::move(*writer));
}

std::uint64_t rows_of(const LakeVersion& version, std::int64_t day) {
  std::uint64_t rows = 0;
  for (const LakeFile& file : version.files) rows += file.table == Table::flows && file.day == day ? file.rows : 0;
  return rows;
}

}  // namespace

Result<std::size_t> ensure_counts(Lake& lake, std::int64_t from_day, std::int64_t to_day, const CountsOptions& options) {
  auto seen = lake.snapshot();
  if (!seen) return seen.error();
  const auto days = days_without_counts((*seen)->version(), from_day, to_day);
  std::size_t made = 0;
  if (days.empty()) return made;
  auto writer = begin(lake, options);
  if (!writer) return writer.error();
  if (!*writer) return made;
  std::uint64_t rows = 0;
  for (const std::int64_t day : days) {
    auto snapshot = lake.snapshot();
    if (!snapshot) return snapshot.error();
    if (days_without_counts((*snapshot)->version(), day, day + 1).empty()) continue;
    if (options.most_rows != 0) {
      const std::uint64_t more = rows_of((*snapshot)->version(), day);
      if (rows + more > options.most_rows) continue;
      rows += more;
    }
    if (options.on_day) options.on_day(day);
    auto done = count_and_commit(lake, **writer, (*snapshot)->version(), day, options);
    if (!done) return done.error();
    made += *done ? 1 : 0;
  }
  return made;
}

}  // namespace nightjar
