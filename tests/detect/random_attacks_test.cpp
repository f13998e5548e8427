// However requests come into the lake, in whatever pieces and order, the attacks are those that a definition finds in the single requests.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "detect/request_log.hpp"

namespace nightjar {
namespace {

/// The definitions word by word, over single requests, all in memory.
class Oracle {
 public:
  Oracle(const RequestLog& log, AttackDefinition definition) : log_(log), definition_(std::move(definition)) {}

  /// "victim first last packets sensors" of the attacks that count.
  std::multiset<std::string> attacks() const {
    // Streams that are long enough, by the key; then all requests, by what is counted as one.
    std::set<const Request*> in_long_stream;
    for (const auto& stream : stretches(definition_.key)) {
      std::map<std::uint16_t, std::uint64_t> by_sensor;
      for (const Request* request : stream) ++by_sensor[request->sensor];
      for (const auto& [sensor, count] : by_sensor)
        if (count >= definition_.min_requests) in_long_stream.insert(stream.begin(), stream.end());
    }
    AttackKey together = definition_.key;
    if (definition_.count != AttackCount::sum) together.sensor = false;
    if (definition_.count == AttackCount::victim) together.port = together.service = false;
    std::multiset<std::string> all;
    for (const auto& attack : stretches(together)) {
      std::set<std::uint16_t> sensors;
      for (const Request* request : attack) sensors.insert(request->sensor);
      if (std::ranges::none_of(attack, [&](const Request* request) { return in_long_stream.contains(request); })) continue;
      all.insert(std::to_string(attack.front()->victim) + " " + std::to_string(attack.front()->time_ms) + " " +
                 std::to_string(attack.back()->time_ms) + " " + std::to_string(attack.size()) + " " + std::to_string(sensors.size()));
    }
    return all;
  }

 private:
  /// Requests that agree in the key, cut at each pause that is too long.
  std::vector<std::vector<const Request*>> stretches(const AttackKey& key) const {
    std::map<std::tuple<std::uint64_t, int, int, int>, std::vector<const Request*>> alike;
    for (const Request& request : log_.requests()) {
      const bool port = key.port || (key.service && request.service == Service::unknown);
      alike[{request.victim, port ? request.port : -1, key.service ? static_cast<int>(request.service) : -1,
             key.sensor ? request.sensor : -1}]
          .push_back(&request);
    }
    std::vector<std::vector<const Request*>> all;
    for (auto& [what, requests] : alike) {
      std::ranges::sort(requests, {}, &Request::time_ms);
      for (std::size_t i = 0; i < requests.size(); ++i) {
        const bool begins = i == 0 || requests[i]->time_ms - requests[i - 1]->time_ms > definition_.gap_seconds * 1000;
        if (begins) all.emplace_back();
        all.back().push_back(requests[i]);
      }
    }
    return all;
  }

  const RequestLog& log_;
  AttackDefinition definition_;
};

/// Bursts on few victims whose pauses lie around the gap.
RequestLog random_log(unsigned seed, int pieces) {
  std::mt19937 random(seed);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  const std::vector<std::pair<std::uint16_t, Service>> services = {
      {53, Service::dns}, {123, Service::ntp}, {5300, Service::dns}, {7, Service::unknown}, {8, Service::unknown}};
  RequestLog log;
  for (int burst = 0; burst < 120; ++burst) {
    Request request;
    request.victim = 0x0B000001ULL + static_cast<std::uint64_t>(pick(0, 4)) * 0x10000;
    std::tie(request.port, request.service) = services[static_cast<std::size_t>(pick(0, 4))];
    request.sensor = static_cast<std::uint16_t>(pick(0, 2));
    request.time_ms = kMidnight + std::int64_t{pick(0, 20)} * 880'000 + pick(0, 400'000);
    const int count = pick(1, 14), step = pick(0, 1) == 0 ? pick(1, 3000) : pick(60'000, 1'000'000);
    for (int i = 0; i < count; ++i, request.time_ms += step) {
      request.piece = static_cast<std::uint16_t>(pick(0, pieces - 1));
      log.add(request);
    }
  }
  return log;
}

std::multiset<std::string> found(const AttackLake& at, const std::string& definition) {
  const auto lines = at.ask(
      "SELECT src, epoch_ms(first), epoch_ms(last), packets, sensors FROM attacks WHERE level = 1 AND definition = '" + definition + "'");
  return {lines.begin(), lines.end()};
}

TEST(RandomAttacks, AreThoseOfTheSingleRequestsInWhateverPiecesTheyCame) {
  const std::vector<std::string> definitions = {"amppot with min 10, gap 900",      "per-sensor with min 10, gap 900",
                                                "merged with min 10, gap 900",      "hopscotch",
                                                "hopscotch with key victim, min 8", "amppot with key victim+sensor, min 20, gap 60"};
  std::size_t attacks = 0;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    const int pieces = static_cast<int>(seed);
    const RequestLog log = random_log(seed, pieces);
    AttackLake at;
    // The latest piece first.
    for (int piece = pieces; piece-- > 0;) at.add_piece(log, static_cast<std::uint16_t>(piece));
    for (const std::string& name : definitions) {
      const auto expected = Oracle(log, take(attack_definition(name))).attacks();
      at.detect(name);
      EXPECT_EQ(found(at, name), expected) << name << ", seed " << seed;
      attacks += expected.size();
    }
  }
  EXPECT_GT(attacks, 300U) << "the oracle found something to compare";
}

TEST(RandomAttacks, KeepTheirNumbersAndEverythingElseHoweverTheyAreSplit) {
  const std::string everything =
      "SELECT id, kind, level, parent, sensor, sensors, src, victims, service, port, epoch_ms(first), epoch_ms(last), packets, bytes_in, "
      "bytes_out FROM attacks ORDER BY ALL";
  std::vector<std::string> whole;
  for (const int pieces : {1, 2, 7}) {
    std::mt19937 random(static_cast<unsigned>(pieces));
    RequestLog log = random_log(99, 1), split;
    for (Request request : log.requests()) {
      request.piece = static_cast<std::uint16_t>(random() % static_cast<unsigned>(pieces));
      split.add(request);
    }
    AttackLake at;
    for (int piece = pieces; piece-- > 0;) at.add_piece(split, static_cast<std::uint16_t>(piece));
    at.detect("amppot with min 10, gap 900");
    const auto rows = at.ask(everything);
    EXPECT_FALSE(rows.empty());
    if (whole.empty()) whole = rows;
    EXPECT_EQ(rows, whole) << pieces << " pieces";
  }
}

}  // namespace
}  // namespace nightjar
