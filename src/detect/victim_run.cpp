#include "detect/victim_run.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "detect/victim_carpets.hpp"
#include "detect/victim_streams.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMsPerDay = kSecondsPerDay * 1000;

/// Distinct dark addresses, as the macro destinations() says it: exact up to 64, else by linear counting.
std::uint64_t destinations_of(std::uint64_t dst_bits, std::uint64_t addresses) {
  const auto set = static_cast<std::uint64_t>(std::popcount(dst_bits));
  if (addresses >= 1 && addresses <= 64) return set;
  const double share = static_cast<double>(std::min<std::uint64_t>(set, 63)) / 64;
  const auto estimate = static_cast<std::uint64_t>(std::llround(-64 * std::log(1 - share)));
  return addresses > 64 ? std::min(estimate, addresses) : estimate;
}

/// Days for which what has too few packets to be read can go on at most: a packet a silence.
std::int64_t unseen_days(const VictimDefinition& definition) {
  const auto most = static_cast<std::int64_t>(std::max(definition.min_packets, definition.min_peak));
  return 1 + most * definition.gap_seconds * 2 / kSecondsPerDay;
}

}  // namespace

VictimRun::VictimRun(std::shared_ptr<const Snapshot> snapshot, const VictimDefinition& definition, const DetectVictimsOptions& options,
                     const DarknetSizes& sizes, JudgedSpan span, Names& names)
    : snapshot_(std::move(snapshot)), definition_(definition), options_(options), sizes_(sizes), span_(span), names_(names) {
  for (const LakeFile& file : snapshot_->version().files)
    if (file.table == Table::backscatter) lake_end_ = std::max(lake_end_, file.day + 1);
  read_end_ = span_.to_day + unseen_days(definition_);
}

bool VictimRun::begins_here(const Attack& stream) {
  const std::int64_t day = floor_div(stream.first_ms, kMsPerDay);
  if (day < span_.from_day || day >= span_.to_day) return false;
  std::int64_t& until = open_until_[day];
  until = std::max(until, definition_.open_until(stream.last_ms));
  return true;
}

std::int64_t VictimRun::last_day(std::int64_t day) const {
  const auto until = open_until_.find(day);
  const std::int64_t seen = until == open_until_.end() ? day : floor_div(until->second, kMsPerDay);
  return std::max(seen, day + unseen_days(definition_));
}

template <class Streams, class Read>
Result<void> VictimRun::judge(const Visit& visit, Read read) {
  // Few attacks go on for days: whoever reads to the end of the lake at once reads a year to judge a day.
  for (std::int64_t more = 7;; more *= 8) {
    QueryOptions limits;
    limits.threads = options_.threads;
    limits.memory_bytes = options_.memory_bytes;
    limits.from_day = span_.from_day - 1 - 2 * (definition_.gap_seconds + 120) / kSecondsPerDay;
    limits.to_day = read_end_;
    auto session = QuerySession::open(snapshot_, limits);
    if (!session) return session.error();
    BackscatterWalk walk(**session, definition_, sizes_, span_, names_);
    if (auto looked = walk.look(); !looked) return looked;
    std::vector<Attack> found;
    std::int64_t until = 0;
    Streams streams(definition_, walk.reflections(), [&](Attack&& stream, bool counts) {
      if (!begins_here(stream)) return;
      until = std::max(until, definition_.open_until(stream.last_ms));
      if (counts) found.push_back(std::move(stream));
    });
    if (auto walked = read(walk, streams); !walked) return walked;
    streams.end();
    rows_ += walk.rows();
    reflections_ = walk.reflections();
    if (until >= read_end_ * kMsPerDay && read_end_ < lake_end_) {
      read_end_ = std::min(read_end_ + more, lake_end_);
      continue;
    }
    for (Attack& attack : found) {
      const std::uint16_t sensor = attack.sensors.front();
      const std::uint64_t addresses = walk.addresses(sensor, floor_div(attack.first_ms, kMsPerDay), floor_div(attack.last_ms, kMsPerDay));
      attack.destinations = destinations_of(attack.dst_bits, addresses);
      const std::string key = (attack.level == 1 ? "" : std::string(name_of(attack.kind)) + " ") + std::to_string(attack.protocol) + " ";
      attack.id = identify(attack, definition_.name, key + names_[sensor]);
      if (auto taken = visit(std::move(attack)); !taken) return taken;
    }
    return {};
  }
}

Result<void> VictimRun::carpets(const Visit& visit) {
  return judge<VictimCarpets>(visit, [](BackscatterWalk& walk, VictimCarpets& carpets) {
    return walk.by_prefix([&](const BackscatterSeen& seen) { carpets.add(seen); });
  });
}

Result<void> VictimRun::attacks(const Visit& visit) {
  return judge<VictimStreams>(visit, [](BackscatterWalk& walk, VictimStreams& streams) {
    return walk.by_victim([&](const BackscatterSeen& seen) { streams.add(seen); });
  });
}

}  // namespace nightjar
