// However backscatter comes into the lake, in whatever pieces and order, the attacks are those that a definition finds in the single
// packets.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "detect/backscatter_log.hpp"

namespace nightjar {
namespace {

using Packets = std::vector<const Answer1*>;

/// The definitions word by word, over single packets, all in memory.
class Oracle {
 public:
  Oracle(const BackscatterLog& log, VictimDefinition definition) : log_(log), definition_(std::move(definition)) {}

  /// "victim protocol sensor first last packets peak ports" of the attacks on single victims.
  std::multiset<std::string> attacks() const {
    std::multiset<std::string> all;
    for (auto& [key, packets] : grouped(0)) {
      for (const Packets& stream : streams(packets)) {
        if (!long_enough(stream) || peak(stream) < definition_.min_peak) continue;
        std::set<std::uint16_t> ports;
        for (const Answer1* packet : stream) ports.insert(packet->port);
        all.insert(line(key, stream) + " " + std::to_string(ports.size()));
      }
    }
    return all;
  }

  /// The same of carpets, with their addresses instead of ports.
  std::multiset<std::string> carpets() const {
    std::multiset<std::string> all;
    for (auto& [key, packets] : grouped(8)) {
      for (const Packets& stretch : carpets_in(packets)) {
        std::set<std::uint64_t> victims;
        for (const Answer1* packet : stretch) victims.insert(packet->victim);
        if (long_enough(stretch)) all.insert(line(key, stretch) + " " + std::to_string(victims.size()));
      }
    }
    return all;
  }

 private:
  using Key = std::tuple<std::uint64_t, int, int>;

  /// By address without its last bits, protocol and sensor; in order of time.
  std::map<Key, Packets> grouped(unsigned bits) const {
    std::map<Key, Packets> all;
    for (const Answer1& packet : log_.packets()) all[{packet.victim >> bits << bits, packet.protocol, packet.sensor}].push_back(&packet);
    for (auto& [key, packets] : all) std::ranges::stable_sort(packets, {}, &Answer1::time_ms);
    return all;
  }
  bool silent(std::int64_t last_ms, std::int64_t next_ms) const {
    const std::int64_t gap = definition_.gap_seconds * kSecond;
    return definition_.silence == Silence::pause ? next_ms - last_ms > gap : next_ms / gap - last_ms / gap > 1;
  }
  std::vector<Packets> streams(const Packets& packets) const {
    std::vector<Packets> all;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (i == 0 || silent(packets[i - 1]->time_ms, packets[i]->time_ms)) all.emplace_back();
      all.back().push_back(packets[i]);
    }
    return all;
  }
  /// Beginnings of windows of 60 s, at full ten seconds, that hold any of the packets.
  static std::set<std::int64_t> windows(const Packets& packets) {
    std::set<std::int64_t> all;
    for (const Answer1* packet : packets)
      for (std::int64_t begin = packet->time_ms / 10'000 * 10'000; begin > packet->time_ms - kMinute; begin -= 10'000) all.insert(begin);
    return all;
  }
  static Packets within(const Packets& packets, std::int64_t begin_ms) {
    const auto from = std::ranges::lower_bound(packets, begin_ms, {}, &Answer1::time_ms);
    return {from, std::ranges::lower_bound(packets, begin_ms + kMinute, {}, &Answer1::time_ms)};
  }
  static std::uint64_t peak(const Packets& packets) {
    std::uint64_t most = 0;
    for (const std::int64_t begin : windows(packets)) most = std::max<std::uint64_t>(most, within(packets, begin).size());
    return most;
  }
  bool long_enough(const Packets& packets) const {
    return packets.size() >= definition_.min_packets &&
           packets.back()->time_ms - packets.front()->time_ms >= definition_.min_seconds * kSecond;
  }
  static std::string line(const Key& key, const Packets& packets) {
    return std::to_string(std::get<0>(key)) + " " + std::to_string(std::get<1>(key)) + " dark-" + std::to_string(std::get<2>(key) + 1) +
           " " + std::to_string(packets.front()->time_ms) + " " + std::to_string(packets.back()->time_ms) + " " +
           std::to_string(packets.size()) + " " + std::to_string(peak(packets));
  }
  std::vector<Packets> carpets_in(const Packets& packets) const {
    std::set<std::int64_t> minutes;
    for (const std::int64_t begin : windows(packets)) {
      const Packets inside = within(packets, begin);
      std::map<std::uint64_t, std::uint64_t> of_address;
      for (const Answer1* packet : inside) ++of_address[packet->victim];
      std::uint64_t sum = 0;
      for (const auto& [victim, count] : of_address)
        sum += std::min<std::uint64_t>(count, definition_.min_peak / definition_.carpet_addresses);
      if (sum < definition_.min_peak) continue;
      for (const Answer1* packet : inside) minutes.insert(packet->time_ms / kMinute);
    }
    // Of each such minute its packets; then those of the minutes between two that no silence divides.
    std::vector<Packets> all;
    std::int64_t last_minute = 0;
    for (const std::int64_t minute : minutes) {
      const Packets now = within(packets, minute * kMinute);
      const bool joined = !all.empty() && !silent(all.back().back()->time_ms, now.front()->time_ms);
      if (!joined) all.emplace_back();
      for (std::int64_t between = last_minute + 1; joined && between < minute; ++between) {
        const Packets quiet = within(packets, between * kMinute);
        all.back().insert(all.back().end(), quiet.begin(), quiet.end());
      }
      all.back().insert(all.back().end(), now.begin(), now.end());
      last_minute = minute;
    }
    return all;
  }

  const BackscatterLog& log_;
  VictimDefinition definition_;
};

/// Bursts of few victims whose pauses, lengths and rates lie around what the definitions ask for, around a midnight.
BackscatterLog random_log(unsigned seed, int pieces) {
  std::mt19937 random(seed);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  BackscatterLog log;
  for (int burst = 0; burst < 150; ++burst) {
    const bool wide = pick(0, 3) == 0;
    Answer1 packet;
    packet.victim = 0x0B000000ULL + static_cast<std::uint64_t>(pick(0, 2)) * 0x100 + static_cast<std::uint64_t>(pick(1, 3));
    packet.protocol = pick(0, 4) == 0 ? 17 : 6;
    packet.sensor = static_cast<std::uint16_t>(pick(0, 5) == 0 ? 1 : 0);
    packet.port = static_cast<std::uint16_t>(pick(0, 3) == 0 ? 443 : 80);
    packet.time_ms = kMidnightMs - 6 * kHour + std::int64_t{pick(0, 60)} * 12 * kMinute + pick(0, 400'000);
    const std::uint64_t prefix = packet.victim & ~0xFFULL;
    const int count = pick(5, 90), step = pick(0, 3) == 0 ? pick(5'000, 130'000) : pick(200, 3'000);
    for (int i = 0; i < count; ++i, packet.time_ms += pick(0, 5) == 0 ? step * 3 : step) {
      if (wide) packet.victim = prefix + static_cast<std::uint64_t>(pick(10, 10 + pick(5, 60)));
      packet.piece = static_cast<std::uint16_t>(pick(0, pieces - 1));
      packet.destination = static_cast<std::uint8_t>(pick(0, 63));
      log.add(packet);
    }
  }
  return log;
}

std::multiset<std::string> found(const VictimLake& at, const std::string& definition, int level) {
  const auto lines = at.ask("SELECT src, protocol, sensor, epoch_ms(first), epoch_ms(last), packets, peak_per_minute, " +
                            std::string(level == 1 ? "ports" : "victims") + " FROM attacks WHERE definition = '" + definition +
                            "' AND level = " + std::to_string(level));
  return {lines.begin(), lines.end()};
}

TEST(RandomVictims, AreThoseOfTheSinglePacketsInWhateverPiecesTheyCame) {
  const std::vector<std::string> definitions = {"corsaro2", "corsaro3", "corsaro2 with min 40, seconds 120, peak 35, gap 150",
                                                "corsaro3 with gap 180", "corsaro2 with seconds 0, peak 20, gap 700, carpet 5"};
  std::size_t attacks = 0, carpets = 0;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    const int pieces = static_cast<int>(seed);
    const BackscatterLog log = random_log(seed, pieces);
    VictimLake at;
    // The latest piece first.
    for (int piece = pieces; piece-- > 0;) at.add_piece(log, static_cast<std::uint16_t>(piece));
    for (const std::string& name : definitions) {
      const Oracle oracle(log, take(victim_definition(name)));
      at.detect(name);
      EXPECT_EQ(found(at, name, 1), oracle.attacks()) << name << ", seed " << seed;
      EXPECT_EQ(found(at, name, 2), oracle.carpets()) << name << ", seed " << seed;
      attacks += oracle.attacks().size();
      carpets += oracle.carpets().size();
    }
  }
  EXPECT_GT(attacks, 200U) << "the oracle found something to compare";
  EXPECT_GT(carpets, 30U);
}

TEST(RandomVictims, KeepTheirNumbersAndEverythingElseHoweverTheyAreSplitAndJudged) {
  std::vector<std::string> whole;
  for (const int pieces : {1, 2, 7}) {
    std::mt19937 random(static_cast<unsigned>(pieces));
    const BackscatterLog log = random_log(99, 1);
    BackscatterLog split;
    for (Answer1 packet : log.packets()) {
      packet.piece = static_cast<std::uint16_t>(random() % static_cast<unsigned>(pieces));
      split.add(packet);
    }
    VictimLake at;
    for (int piece = pieces; piece-- > 0;) {
      at.add_piece(split, static_cast<std::uint16_t>(piece));
      // Judged once at the end, or after each piece.
      if (pieces == 7) at.detect();
    }
    at.detect();
    const auto rows = at.everything();
    EXPECT_FALSE(rows.empty());
    if (whole.empty()) whole = rows;
    EXPECT_EQ(rows, whole) << pieces << " pieces";
  }
}

}  // namespace
}  // namespace nightjar
