#include "detect/detect_attacks.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "detect/attack_files.hpp"
#include "detect/attack_spool.hpp"
#include "detect/carpets.hpp"
#include "detect/requests_walk.hpp"
#include "detect/victim_attacks.hpp"
#include "schema/services.hpp"
#include "store/judged_attacks.hpp"
#include "store/lake_layout.hpp"
#include "store/query.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

/// What besides victim, beginning and level tells attacks of one definition apart.
std::string key_text(const AttackDefinition& definition, const Attack& attack, const Names& sensors) {
  if (attack.level != 1) return std::string(name_of(attack.kind));
  const AttackKey apart = definition.told_apart_by();
  const bool unknown = attack.services == 1U << static_cast<unsigned>(Service::unknown);
  std::string text;
  if (apart.port || (apart.service && unknown)) text += std::to_string(attack.port);
  if (apart.service) text += " " + services_text(attack.services);
  if (apart.sensor) text += " " + sensors[attack.sensors.front()];
  return text;
}

/// The judgements of a version that differ from `wanted` in nothing but the days: of theirs the lake holds what `wanted` would find there.
std::vector<AttackJudgement> alike(const LakeVersion& version, const AttackJudgement& wanted) {
  std::vector<AttackJudgement> all = judgements(version);
  std::erase_if(all, [&](const AttackJudgement& made) {
    return made.definition != wanted.definition || made.parameters != wanted.parameters || made.requests != wanted.requests;
  });
  return all;
}

/// One run: requests in, attacks in a spool out.
class Detection {
 public:
  /// `judged`: this judgement and those before it whose attacks stay in the lake beside what it finds.
  Detection(const AttackDefinition& definition, const AttackJudgement& judgement, std::vector<AttackJudgement> judged,
            QuerySession& session, AttackSpool& spool)
      : definition_(definition), judgement_(judgement), judged_(std::move(judged)), walk_(session), carpets_(definition), spool_(spool) {}

  Result<void> run(DetectedAttacks& done) {
    if (auto read = walk_.by_prefix(definition_, [&](const RequestsSeen& seen) { carpets_.add(seen); }); !read) return read;
    carpets_.end();
    for (Attack& carpet : carpets_.found()) name(carpet);
    VictimAttacks victims(definition_, [&](std::vector<Attack>&& attacks) { finish(std::move(attacks)); });
    if (auto read = walk_.by_victim(definition_, [&](const RequestsSeen& seen) { victims.add(seen); }); !read) return read;
    victims.end();
    for (const Attack& carpet : carpets_.found()) {
      const bool written = write(carpet);
      done_.carpets += written ? 1 : 0;
      done_.lone_carpets += written && !parents_.contains(carpet.id) ? 1 : 0;
    }
    done = done_;
    done.rows_read = walk_.rows();
    done.most_held = victims.most_held();
    return outcome_;
  }
  const Names& sensors() const { return walk_.sensors(); }

 private:
  void name(Attack& attack) { attack.id = identify(attack, definition_.name, key_text(definition_, attack, walk_.sensors())); }

  static std::int64_t day_of(const Attack& attack) { return floor_div(attack.first_ms, kSecondsPerDay * kMsPerSecond); }

  /// Names the attack of level 2 that a part belongs to, unless that begins in days of which the lake will hold none.
  void put_under(const Attack& whole, Attack& part) const {
    const std::int64_t day = day_of(whole);
    if (std::ranges::any_of(judged_, [&](const AttackJudgement& made) { return made.covers(day, day + 1); })) part.parent = whole.id;
  }

  /// False if it begins in other days than those that are judged.
  bool write(const Attack& attack) {
    const std::int64_t day = day_of(attack);
    if (!judgement_.covers(day, day + 1)) return false;
    if (outcome_) outcome_ = spool_.add(attack);
    return true;
  }

  void finish(std::vector<Attack>&& attacks) {
    std::vector<bool> taken(attacks.size(), false);
    for (std::size_t i = 0; i < attacks.size(); ++i) {
      name(attacks[i]);
      const Attack* const carpet = carpets_.around(attacks[i]);
      if (carpet == nullptr) continue;
      taken[i] = true;
      put_under(*carpet, attacks[i]);
      parents_.insert(carpet->id);
    }
    ServiceGroups together = group_services(attacks, taken, definition_.gap_seconds * kMsPerSecond);
    for (Attack& group : together.groups) {
      name(group);
      done_.multi_service += write(group) ? 1 : 0;
    }
    for (std::size_t i = 0; i < attacks.size(); ++i) {
      if (together.group_of[i] >= 0) put_under(together.groups[static_cast<std::size_t>(together.group_of[i])], attacks[i]);
      done_.attacks += write(attacks[i]) ? 1 : 0;
    }
  }

  const AttackDefinition& definition_;
  const AttackJudgement& judgement_;
  std::vector<AttackJudgement> judged_;
  RequestsWalk walk_;
  Carpets carpets_;
  AttackSpool& spool_;
  std::set<std::uint64_t> parents_;  ///< carpets with an attack of level 1
  DetectedAttacks done_;
  Result<void> outcome_;
};

}  // namespace

Result<DetectedAttacks> detect_attacks(Lake& lake, const AttackDefinition& definition, const DetectAttacksOptions& options) {
  DetectedAttacks done;
  auto snapshot = lake.snapshot();
  if (!snapshot) return snapshot.error();
  const LakeVersion& version = (*snapshot)->version();
  const RequestsState requests = requests_of(version);
  done.no_requests = requests.hash.empty();
  if (done.no_requests) return done;

  AttackJudgement judgement{definition.name, definition.parameters(), requests.hash, requests.batches};
  if (options.from_day) judgement.from_day = *options.from_day;
  if (options.to_day) judgement.to_day = *options.to_day;
  std::vector<AttackJudgement> judged = alike(version, judgement);
  // One for all these days: those that were judged piece by piece may lack parents.
  done.up_to_date =
      std::ranges::any_of(judged, [&](const AttackJudgement& made) { return made.covers(judgement.from_day, judgement.to_day); });
  if (done.up_to_date) return done;
  judged.push_back(judgement);

  auto writer = lake.begin_write();
  if (!writer) return writer.error();
  QueryOptions limits;
  limits.threads = options.threads;
  limits.memory_bytes = options.memory_bytes;
  auto session = QuerySession::open(*snapshot, limits);
  if (!session) return session.error();
  AttackSpool spool(LakeLayout{lake.root()}.tmp());
  Detection detection(definition, judgement, std::move(judged), **session, spool);
  if (auto run = detection.run(done); !run) return run.error();
  session->reset();

  auto change = write_attack_files(lake.root(), version, *writer, judgement, detection.sensors(), spool);
  if (!change) return change.error();
  if (auto committed = lake.commit(*writer, std::move(*change)); !committed) return committed.error();
  return done;
}

}  // namespace nightjar
