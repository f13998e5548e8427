#include "detect/detect_victims.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "detect/attack_files.hpp"
#include "detect/attack_spool.hpp"
#include "detect/known_carpets.hpp"
#include "detect/stored_victims.hpp"
#include "detect/victim_run.hpp"
#include "store/judged_victims.hpp"
#include "store/lake_layout.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;
// What the engine sorts together: so many days, and beyond them as many as have together so many rows. Every day read costs a file, and
// every span the days before and after it once more.
constexpr std::int64_t kDaysAtOnce = 14;
constexpr std::uint64_t kRowsAtOnce = 1'000'000;

std::int64_t day_of(std::int64_t time_ms) { return floor_div(time_ms, kMsPerDay); }

/// Spans of days that are judged together; what lies between two of a span has no backscatter.
std::vector<JudgedSpan> spans_of(const std::set<std::int64_t>& days, const std::map<std::int64_t, std::uint64_t>& of_lake) {
  std::vector<JudgedSpan> spans;
  std::uint64_t together = 0;
  for (const std::int64_t day : days) {
    const auto at = of_lake.find(day);
    const std::uint64_t rows = at == of_lake.end() ? 0 : at->second;
    together += rows;
    const auto between = [&] {
      const auto after = of_lake.upper_bound(spans.back().to_day - 1);
      return after != of_lake.end() && after->first < day;
    };
    if (spans.empty() || (day >= spans.back().from_day + kDaysAtOnce && together > kRowsAtOnce) || between()) {
      spans.push_back({day, day + 1});
      together = rows;
    } else {
      spans.back().to_day = day + 1;
    }
  }
  return spans;
}

/// One run by one definition: what the lake held, what must be judged, and what comes out of it.
class Judging {
 public:
  Judging(std::shared_ptr<const Snapshot> snapshot, const VictimDefinition& definition, const DetectVictimsOptions& options)
      : snapshot_(std::move(snapshot)), definition_(definition), options_(options), backscatter_(snapshot_->version()) {
    const LakeVersion& version = snapshot_->version();
    const std::string parameters = definition.parameters();
    for (const LakeFile& file : version.files) {
      if (file.table != Table::attacks) continue;
      const auto made = judgement_of(file.derived_from);
      if (!made || made->definition != definition.name) continue;
      files_.emplace(file.day, file.path);
      if (made->parameters == parameters && is_of_victims(*made) && backscatter_.still_holds(*made)) fresh_.insert(file.day);
    }
    const std::int64_t from = options.from_day.value_or(std::numeric_limits<std::int64_t>::min());
    const std::int64_t to = options.to_day.value_or(std::numeric_limits<std::int64_t>::max());
    const auto asked = [&](std::int64_t day) { return day >= from && day < to; };
    for (const std::int64_t day : backscatter_.days()) of_lake_[day] = 0;
    for (const LakeFile& file : version.files)
      if (file.table == Table::backscatter) of_lake_[file.day] += file.rows;
    for (const auto& [day, rows] : of_lake_)
      if (asked(day) && !fresh_.contains(day)) days_.insert(day);
    // Days whose backscatter is gone have no attacks any more.
    for (const auto& [day, path] : files_)
      if (asked(day) && !of_lake_.contains(day)) gone_.push_back(path);
  }

  bool nothing_to_judge() const { return days_.empty() && gone_.empty(); }
  bool no_backscatter() const { return backscatter_.empty(); }

  /// Carpets first, of all days: their parts may begin before them or on later days.
  Result<void> find_carpets() {
    if (auto read = read_sizes(); !read) return read;
    auto stored = StoredVictims::open(snapshot_, definition_.name, options_.threads, options_.memory_bytes, names_);
    if (!stored) return stored.error();
    for (std::set<std::int64_t> todo = days_; !todo.empty();) {
      for (const JudgedSpan& span : spans_of(todo, of_lake_)) {
        VictimRun& run = *runs_.emplace_back(std::make_unique<VictimRun>(snapshot_, definition_, options_, sizes_, span, names_));
        if (auto found = run.carpets([&](Attack&& carpet) -> Result<void> {
              carpets_.push_back(std::move(carpet));
              return {};
            });
            !found)
          return found;
      }
      // Parts on days whose judgement holds must name what was found now, and nothing that is gone.
      auto more = stored->days_of_parts(changed_carpets(*stored), definition_);
      if (!more) return more.error();
      todo.clear();
      for (const std::int64_t day : *more)
        if (days_.insert(day).second) todo.insert(day);
    }
    for (const Attack& carpet : carpets_) known_.add(known(carpet));
    for (const KnownCarpet& carpet : stored->carpets())
      if (!days_.contains(day_of(carpet.first_ms))) known_.add(carpet);
    return {};
  }

  Result<Change> find_attacks(const std::filesystem::path& root, const Writer& writer, DetectedVictims& done) {
    auto parquet = ParquetWriter::open({.threads = 1, .memory_bytes = 512ULL << 20, .spill = LakeLayout{root}.tmp()});
    if (!parquet) return parquet.error();
    const AttackFilePlace place{root, snapshot_->version(), writer};
    Change change;
    change.removed = gone_;
    std::set<std::uint64_t> parents;
    for (const auto& run : runs_) {
      AttackSpool spool(LakeLayout{root}.tmp());
      for (const Attack& carpet : carpets_)
        if (run->covers(day_of(carpet.first_ms)))
          if (auto added = spool.add(carpet); !added) return added.error();
      auto found = run->attacks([&](Attack&& attack) {
        if (const KnownCarpet* const carpet = known_.around(attack, definition_)) {
          attack.parent = carpet->id;
          parents.insert(carpet->id);
        }
        ++done.attacks;
        return spool.add(attack);
      });
      if (!found) return found.error();
      for (const std::int64_t day : days_) {
        if (!run->covers(day)) continue;
        auto entries = spool.day(day);
        if (!entries) return entries.error();
        const auto judgement = backscatter_.judgement(definition_.name, definition_.parameters(), day, run->last_day(day));
        auto file = write_attack_day(**parquet, place, Table::backscatter, judgement, names_, day, *entries);
        if (!file) return file.error();
        change.added.push_back(*std::move(file));
        for (auto [old, end] = files_.equal_range(day); old != end; ++old) change.removed.push_back(old->second);
      }
      note(*run, done);
    }
    done.days = days_.size();
    done.carpets = carpets_.size();
    for (const Attack& carpet : carpets_) done.lone_carpets += parents.contains(carpet.id) ? 0 : 1;
    return change;
  }

 private:
  Result<void> read_sizes() {
    QueryOptions only_sizes;
    only_sizes.threads = options_.threads;
    only_sizes.from_day = only_sizes.to_day = 0;
    auto session = QuerySession::open(snapshot_, only_sizes);
    if (!session) return session.error();
    auto sizes = darknet_sizes(**session);
    if (!sizes) return sizes.error();
    sizes_ = *std::move(sizes);
    return {};
  }

  /// Those that were found and not stored, and those that were stored on these days and not found again.
  std::vector<KnownCarpet> changed_carpets(const StoredVictims& stored) const {
    std::set<std::uint64_t> before, now;
    for (const KnownCarpet& carpet : stored.carpets()) before.insert(carpet.id);
    std::vector<KnownCarpet> changed;
    for (const Attack& carpet : carpets_) {
      now.insert(carpet.id);
      if (!before.contains(carpet.id)) changed.push_back(known(carpet));
    }
    for (const KnownCarpet& carpet : stored.carpets())
      if (days_.contains(day_of(carpet.first_ms)) && !now.contains(carpet.id)) changed.push_back(carpet);
    return changed;
  }

  static void note(const VictimRun& run, DetectedVictims& done) {
    done.rows_read += run.rows();
    const Reflections& reflections = run.reflections();
    for (const Reflections::Minute& minute : reflections.minutes())
      done.reflected_minutes += run.covers(floor_div(minute.minute, kSecondsPerDay / kSecondsPerMinute)) ? 1 : 0;
    done.reflecting_hosts = std::max(done.reflecting_hosts, reflections.most_hosts());
    done.reflected_packets += reflections.packets();
  }

  std::shared_ptr<const Snapshot> snapshot_;
  const VictimDefinition& definition_;
  const DetectVictimsOptions& options_;
  BackscatterDays backscatter_;
  std::map<std::int64_t, std::uint64_t> of_lake_;   ///< days with backscatter, and how many rows
  std::multimap<std::int64_t, std::string> files_;  ///< what this definition wrote before, by day
  std::set<std::int64_t> fresh_;                    ///< days whose judgement holds
  std::set<std::int64_t> days_;                     ///< that are judged now
  std::vector<std::string> gone_;
  DarknetSizes sizes_;
  Names names_;
  std::vector<std::unique_ptr<VictimRun>> runs_;
  std::vector<Attack> carpets_;
  KnownCarpets known_;
};

}  // namespace

Result<DetectedVictims> detect_victims(Lake& lake, const VictimDefinition& definition, const DetectVictimsOptions& options) {
  DetectedVictims done;
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  Judging judging(*snapshot, definition, options);
  done.up_to_date = judging.nothing_to_judge();
  done.no_backscatter = judging.no_backscatter();
  if (done.up_to_date) return done;
  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  if (auto found = judging.find_carpets(); !found) return found.error();
  auto change = judging.find_attacks(lake.root(), *writer, done);
  if (!change) return change.error();
  if (auto committed = lake.commit(*writer, *std::move(change)); !committed) return committed.error();
  return done;
}

}  // namespace nightjar
