#include "detect/scan_events.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "detect/scan_sql.hpp"
#include "store/derived_parts.hpp"
#include "store/query.hpp"
#include "store/scan_chain.hpp"

namespace nightjar {
namespace {

using DayTexts = std::map<std::int64_t, std::string>;

/// Days that are judged in one pass.
struct Stretch {
  std::int64_t first_day = 0, last_day = 0;
};

/// Days that come after the chain, in stretches of up to so many rows. The last day is one of its own: it may still grow, and is then
/// judged again from where the day before ended.
std::vector<Stretch> stretches_of(const LakeVersion& version, const DayTexts& flows, std::int64_t after, std::int64_t to_day,
                                  std::uint64_t most_rows) {
  std::map<std::int64_t, std::uint64_t> rows;
  for (const LakeFile& file : version.files)
    if (file.table == Table::flows) rows[file.day] += file.rows;
  std::vector<Stretch> stretches;
  std::uint64_t together = 0;
  for (auto day = flows.upper_bound(after); day != flows.end() && day->first < to_day; ++day) {
    const auto next = std::next(day);
    const bool last = next == flows.end() || next->first >= to_day;
    together += rows[day->first];
    if (stretches.empty() || last || together > most_rows) {
      stretches.push_back({day->first, day->first});
      together = rows[day->first];
    }
    stretches.back().last_day = day->first;
  }
  return stretches;
}

/// The longest that flows before `judged_to` may belong to an open event, in seconds.
Result<std::int64_t> longest_back(const std::shared_ptr<const Snapshot>& snapshot, const ScanRule& rule, std::int64_t judged_to) {
  QueryOptions only_sizes;
  only_sizes.from_day = only_sizes.to_day = 0;
  auto session = QuerySession::open(snapshot, only_sizes);
  if (!session) return session.error();
  const std::string day_end = "(CAST(epoch(day) AS BIGINT) + 86400)", judged = std::to_string(judged_to * kSecondsPerDay);
  auto answer = (*session)->run("SELECT max(timeout) FROM (" + scan_sizes_sql(rule) + ") AS sizes WHERE " + day_end + " <= " + judged +
                                " AND " + day_end + " + timeout >= " + judged);
  if (!answer) return answer.error();
  const Value& longest = answer->rows.at(0).at(0);
  if (const auto* seconds = std::get_if<std::int64_t>(&longest)) return *seconds;
  return 0;
}

bool is_modelled(const LakeVersion& version, std::int64_t from_day, std::int64_t to_day) {
  return std::ranges::any_of(version.files, [&](const LakeFile& file) {
    return file.modelled && file.table == Table::flows && file.day >= from_day && file.day < to_day;
  });
}

/// Judges one stretch and publishes it; what the lake holds beside the chain goes.
class Pass {
 public:
  Pass(Lake& lake, const Writer& writer, const ScansOptions& options) : lake_(lake), writer_(writer), options_(options) {}

  /// `chain`: what was judged before and stays; its last link has its open events. Returns the new version.
  Result<std::shared_ptr<const Snapshot>> run(const std::shared_ptr<const Snapshot>& snapshot, const std::vector<ScanLink>& chain,
                                              const DayTexts& flows, const Stretch& stretch, ScansMade& made) {
    const LakeVersion& version = snapshot->version();
    const ScanLink link = next_scan_link(flows, chain.empty() ? kNoScanLink : std::string_view(chain.back().id), options_.rule.text(),
                                         stretch.first_day, stretch.last_day);
    auto files = write(snapshot, chain, link);
    if (!files) return files.error();
    Change change;
    for (const LakeFile& file : version.files)
      if (file.table == Table::scans && !stays(file, chain)) change.removed.push_back(file.path);
    made.ended += files->at(0).rows;
    made.open += files->at(1).rows;
    change.added = *std::move(files);
    return lake_.commit(writer_, std::move(change));
  }

 private:
  /// Ended events stay, and what was open at the end of the link before the new one: with it that one can be judged again.
  static bool stays(const LakeFile& file, const std::vector<ScanLink>& chain) {
    if (!chain.empty() && chain.back().open == &file) return true;
    return std::ranges::any_of(chain, [&](const ScanLink& link) { return link.ended == &file; });
  }

  Result<std::vector<LakeFile>> write(const std::shared_ptr<const Snapshot>& snapshot, const std::vector<ScanLink>& chain,
                                      const ScanLink& link) {
    ScanSpan span{link.first_day, link.last_day + 1, std::nullopt, link.first_day * kHoursPerDay};
    QueryOptions limits;
    limits.threads = options_.threads;
    limits.memory_bytes = options_.memory_bytes;
    limits.from_day = link.first_day;
    limits.to_day = link.last_day + 1;
    if (!chain.empty()) {
      span.judged_to = chain.back().last_day + 1;
      auto back = longest_back(snapshot, options_.rule, *span.judged_to);
      if (!back) return back.error();
      span.read_from_hour = floor_div(*span.judged_to * kSecondsPerDay - *back, kSecondsPerHour);
      limits.from_day = std::min(chain.back().last_day, floor_div(span.read_from_hour, kHoursPerDay));
    }
    DerivedRows ended;
    ended.table = Table::scans;
    ended.day = link.last_day;
    ended.made_by = made_by_of_ended(link);
    ended.made_from = made_from_of(link);
    ended.modelled = is_modelled(snapshot->version(), limits.from_day, limits.to_day) || (!chain.empty() && chain.back().open->modelled);
    DerivedRows open = ended;
    ended.sql = "SELECT * FROM derived WHERE open = 0";
    open.sql = "SELECT * FROM derived WHERE open = 1";
    open.made_by = made_by_of_open(link);
    return write_derived_parts(snapshot, writer_, limits, {scans_sql(options_.rule, span), {ended, open}});
  }

  Lake& lake_;
  const Writer& writer_;
  const ScansOptions& options_;
};

/// The part of the chain that can be continued: by this rule, with the open events at its end.
std::vector<ScanLink> usable_chain(const LakeVersion& version, const DayTexts& flows, const ScanRule& rule) {
  std::vector<ScanLink> chain = scan_chain(version, flows);
  if (!chain.empty() && chain.front().rules != rule.text()) chain.clear();
  while (!chain.empty() && chain.back().open == nullptr) chain.pop_back();
  return chain;
}

}  // namespace

std::uint64_t ScanRule::timeout(std::uint64_t addresses) const {
  const double scaled = static_cast<double>(timeout_seconds * timeout_addresses) / static_cast<double>(addresses);
  return std::max(shortest_timeout, static_cast<std::uint64_t>(std::llround(scaled)));
}

std::string ScanRule::text() const {
  return "destinations=" + std::to_string(destinations) + " rate=" + std::to_string(rate) + " timeout=" + std::to_string(timeout_seconds) +
         " addresses=" + std::to_string(timeout_addresses) + " shortest=" + std::to_string(shortest_timeout);
}

Result<ScansMade> ensure_scans(Lake& lake, std::int64_t to_day, const ScansOptions& options) {
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const DayTexts flows = flows_by_day((*snapshot)->version());
  std::vector<ScanLink> chain = usable_chain((*snapshot)->version(), flows, options.rule);
  const std::int64_t before_all = flows.empty() ? 0 : flows.begin()->first - 1;
  const auto stretches =
      stretches_of((*snapshot)->version(), flows, chain.empty() ? before_all : chain.back().last_day, to_day, options.rows_at_once);
  ScansMade made;
  if (stretches.empty()) return made;
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  Pass pass(lake, *writer, options);
  for (const Stretch& stretch : stretches) {
    if (options.on_day) options.on_day(stretch.first_day);
    auto next = pass.run(*snapshot, chain, flows, stretch, made);
    if (!next) return next.error();
    snapshot = *next;
    chain = usable_chain((*snapshot)->version(), flows_by_day((*snapshot)->version()), options.rule);
    // Another process has meanwhile changed a day that was judged: whoever asks next judges it again.
    if (chain.empty() || chain.back().last_day != stretch.last_day) break;
    made.days += static_cast<std::size_t>(std::distance(flows.lower_bound(stretch.first_day), flows.upper_bound(stretch.last_day)));
  }
  return made;
}

Result<std::vector<std::string>> scan_timeouts(const Lake& lake, const ScanRule& rule) {
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  QueryOptions only_sizes;
  only_sizes.from_day = only_sizes.to_day = 0;
  auto session = QuerySession::open(*snapshot, only_sizes);
  if (!session) return session.error();
  auto answer = (*session)->run(
      "SELECT sensor, CAST(min(addresses) AS UBIGINT), CAST(max(addresses) AS UBIGINT) FROM sensor_days WHERE kind = 'darknet' GROUP BY "
      "sensor ORDER BY sensor");
  if (!answer) return answer.error();
  std::vector<std::string> lines;
  for (const auto& row : answer->rows) {
    const std::string sensor = std::get<std::string>(row[0]);
    const std::uint64_t smallest = std::get<std::uint64_t>(row[1]), largest = std::get<std::uint64_t>(row[2]);
    if (largest == 0) {
      lines.push_back(sensor + ": its size is unknown, so no scan event can be told; prefixes in nightjar.toml say it");
    } else if (largest < rule.destinations) {
      lines.push_back(sensor + ": " + std::to_string(largest) + " addresses, fewer than the " + std::to_string(rule.destinations) +
                      " destinations of a scan event: it cannot have any");
    } else {
      std::string line = sensor + ": " + with_thousands(largest) + " addresses, a scan event ends after " +
                         with_thousands(rule.timeout(largest)) + " s of silence";
      if (smallest != largest)
        line += smallest == 0 ? " (no events on days when its size was unknown)" : " (more on days when it was smaller)";
      lines.push_back(line);
    }
  }
  return lines;
}

}  // namespace nightjar
