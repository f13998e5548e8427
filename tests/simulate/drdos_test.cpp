#include "simulate/drdos.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "decode/decode.hpp"
#include "fingerprint/classify.hpp"
#include "simulate/frame.hpp"
#include "simulate/report_reflectors.hpp"

namespace nightjar::simulate {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3600 * kSecond, kDay = 24 * kHour, kEver = std::int64_t{1} << 62;
constexpr std::size_t kRecordHeader = 16;

/// The report's mixture, few requests: 2,400 counted sightings.
Reflectors mixture() {
  Reflectors reflectors = report_reflectors();
  reflectors.most_requests = 2'000'000;
  return reflectors;
}
const DrawnReflectors& drawn() {
  static const DrawnReflectors traffic(mixture(), {0.0003, 2017});
  return traffic;
}

/// A request as an AmpPot keys it, sorted by key and time.
struct Request {
  std::uint8_t pot;
  std::uint32_t source;
  std::uint16_t port;
  std::int64_t time_ns;
  friend auto operator<=>(const Request&, const Request&) = default;
};
/// Pot, source, port, first and last time, requests.
using Found = std::tuple<std::uint8_t, std::uint32_t, std::uint16_t, std::int64_t, std::int64_t, std::uint64_t>;

/// The rule of Kraemer et al. 2015: at least 100 requests of one source to one port of one pot, no pause longer than an hour.
std::vector<Found> merge(std::vector<Request> requests) {
  std::sort(requests.begin(), requests.end());
  std::vector<Found> found;
  for (std::size_t begin = 0, end = 0; begin < requests.size(); begin = end) {
    const Request& first = requests[begin];
    for (end = begin + 1; end < requests.size(); ++end) {
      const Request &before = requests[end - 1], &next = requests[end];
      if (next.pot != first.pot || next.source != first.source || next.port != first.port || next.time_ns - before.time_ns > kHour) break;
    }
    if (end - begin >= 100) found.emplace_back(first.pot, first.source, first.port, first.time_ns, requests[end - 1].time_ns, end - begin);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Records of a stretch as they would be written, each with its pot in front; sorted.
std::vector<std::string> records(std::int64_t from, std::int64_t to) {
  std::vector<std::string> list;
  std::vector<std::uint8_t> room(kLargestRecord);
  drawn()->each(from, to, [&](const DrdosPacket& packet) {
    std::uint8_t* const end = write_record(room.data(), packet.knock);
    list.emplace_back(1, static_cast<char>(packet.pot));
    list.back().append(room.data(), end);
  });
  std::sort(list.begin(), list.end());
  return list;
}

TEST(Drdos, MergingAllRequestsFindsExactlyTheCountedSightings) {
  std::vector<Request> requests;
  drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
    if (packet.kind == DrdosKind::answer) return;
    const Knock& knock = packet.knock;
    requests.push_back({packet.pot, static_cast<std::uint32_t>(knock.from.high), knock.dst_port, knock.time_ns});
  });
  std::vector<Found> expected;
  for (const DrdosSighting& sighting : drawn()->sightings()) {
    if (!drawn()->counts(sighting)) continue;
    expected.emplace_back(sighting.pot, drawn()->attacks()[sighting.attack].victim, port_of(sighting.service), sighting.first_ns,
                          sighting.last_ns, sighting.requests);
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(expected.size(), 2400U);
  EXPECT_TRUE(merge(std::move(requests)) == expected);
}

TEST(Drdos, AnAttackSumsUpItsSightings) {
  for (const DrdosAttack& attack : drawn()->attacks()) {
    std::uint64_t requests = 0, counted = 0;
    std::int64_t first = kEver, last = 0;
    for (const DrdosSighting& sighting : drawn()->sightings(attack)) {
      requests += sighting.requests;
      counted += drawn()->counts(sighting);
      first = std::min(first, sighting.first_ns);
      last = std::max(last, sighting.last_ns);
    }
    ASSERT_EQ(std::tuple(attack.requests, attack.counts_as, attack.first_ns, attack.last_ns), std::tuple(requests, counted, first, last));
  }
}

TEST(Drdos, APauseWithinAnAttackIsNeverAnHour) {
  std::map<std::tuple<std::uint32_t, std::uint8_t, DrdosService>, std::int64_t> before;
  std::int64_t longest = 0;
  drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
    if (packet.kind != DrdosKind::attack || drawn()->attacks()[packet.attack].prefix_length < 32) return;
    std::int64_t& last = before[{packet.attack, packet.pot, packet.service}];
    if (last != 0) longest = std::max(longest, packet.knock.time_ns - last);
    last = packet.knock.time_ns;
  });
  EXPECT_GT(longest, 0);
  EXPECT_LE(longest, kHour);
}

TEST(Drdos, SlicesAreThoseOfTheWhole) {
  const Reflectors reflectors = mixture();
  const std::int64_t from = reflectors.from * kSecond, to = reflectors.to * kSecond;
  std::vector<std::string> pieces;
  std::int64_t at = from;
  for (std::int64_t i = 1; at < to; ++i) {
    const std::int64_t next = at + i * kHour + 123'456'789;  // from an hour up to days, borders anywhere
    const auto piece = records(at, next);
    pieces.insert(pieces.end(), piece.begin(), piece.end());
    at = next;
  }
  std::sort(pieces.begin(), pieces.end());
  EXPECT_TRUE(pieces == records(0, kEver));
}

TEST(Drdos, ADayIsTheSameWhicheverWasAskedForBefore) {
  const std::int64_t day = 17'500;  // 2017-11-30
  const auto first = records(day * kDay, (day + 1) * kDay);
  EXPECT_FALSE(first.empty());
  records((day + 3) * kDay, (day + 4) * kDay);
  EXPECT_TRUE(first == records(day * kDay, (day + 1) * kDay));
}

TEST(Drdos, ADayGoesToTheSheetsOfItsPots) {
  const std::int64_t day = 17'500;
  std::vector<FrameSheet> sheets(7);
  drawn()->add_day(day, sheets);
  std::map<std::size_t, std::uint64_t> packets;
  drawn()->each(day * kDay, (day + 1) * kDay, [&](const DrdosPacket& packet) { ++packets[packet.pot]; });
  for (std::size_t pot = 0; pot < sheets.size(); ++pot) EXPECT_EQ(sheets[pot].packets(), packets[pot]) << pot;
}

TEST(Drdos, NothingLiesOutsideTheSpan) {
  const Reflectors reflectors = mixture();
  std::int64_t first = kEver, last = 0;
  drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
    first = std::min(first, packet.knock.time_ns);
    last = std::max(last, packet.knock.time_ns);
  });
  EXPECT_GE(first, reflectors.from * kSecond);
  EXPECT_LT(first, reflectors.from * kSecond + kDay);
  EXPECT_LT(last, reflectors.to * kSecond);
  EXPECT_GT(last, reflectors.to * kSecond - kDay);
}

TEST(Drdos, DailyTotalsAreWhatIsSent) {
  constexpr std::int64_t kAhead = 9 * 3600;  // JST
  using Key = std::tuple<std::int64_t, int, DrdosService>;
  using Totals = std::array<std::uint64_t, 5>;
  std::map<Key, Totals> sent, said;
  const std::int64_t from = 1'509'500'000 * kSecond, to = 1'511'111'111 * kSecond;
  drawn()->each(from, to, [&](const DrdosPacket& packet) {
    Totals& totals = sent[{(packet.knock.time_ns + kAhead * kSecond) / kDay, packet.pot, packet.service}];
    ++totals[static_cast<std::size_t>(packet.kind)];
  });
  for (const DrdosSighting& sighting : drawn()->sightings()) {
    if (!drawn()->counts(sighting) || sighting.first_ns < from || sighting.first_ns >= to) continue;
    ++sent[{(sighting.first_ns + kAhead * kSecond) / kDay, sighting.pot, sighting.service}][4];
  }
  for (const DrdosDay& day : drawn()->days(from, to, kAhead)) {
    said[{day.day, day.pot, day.service}] = {day.attack_requests, day.probes, day.client_requests, day.answers, day.attacks};
  }
  EXPECT_GT(said.size(), 100U);
  EXPECT_TRUE(sent == said);
}

TEST(Drdos, PacketsAreWhatTheModelSaysOfThem) {
  std::vector<std::uint8_t> room(kLargestRecord);
  std::uint64_t wrong = 0, packets = 0;
  drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
    const Knock& knock = packet.knock;
    const auto size = static_cast<std::uint32_t>(write_record(room.data(), knock) - room.data() - kRecordHeader);
    Packet decoded;
    const RawPacket raw{knock.time_ns, room.data() + kRecordHeader, size, size, 1, 0};
    const bool readable = decode(raw, {}, decoded) == Undecodable::none && decoded.protocol == 17;
    const TrafficClass is = classify(decoded);
    ++packets;
    wrong += !readable || is != knock.traffic_class || row_port(decoded, is) != knock.filed_port || knock.time_ns % 1000 != 0;
  });
  EXPECT_GT(packets, 100'000U);
  EXPECT_EQ(wrong, 0U);
}

TEST(Drdos, PotsAnswerThreeTimesAnHourAndNeverMuch) {
  std::map<std::uint32_t, std::vector<std::int64_t>> by_address, by_network;
  std::set<std::uint8_t> services;
  std::size_t largest = 0;
  drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
    if (packet.kind != DrdosKind::answer) return;
    EXPECT_EQ(packet.knock.from.high, kReflectorsFirst + 1U + packet.pot);
    const auto to = static_cast<std::uint32_t>(packet.knock.to.high);
    by_address[to].push_back(packet.knock.time_ns);
    by_network[to >> 8].push_back(packet.knock.time_ns);
    services.insert(static_cast<std::uint8_t>(packet.service));
    largest = std::max(largest, packet.knock.payload.size());
  });
  const auto most_an_hour = [](auto& lists) {
    std::size_t most = 0;
    for (auto& [to, times] : lists) {
      std::sort(times.begin(), times.end());
      for (std::size_t begin = 0, end = 0; end < times.size(); ++end) {
        while (times[end] - times[begin] >= kHour) ++begin;
        most = std::max(most, end - begin + 1);
      }
    }
    return most;
  };
  EXPECT_EQ(most_an_hour(by_address), 3U);
  EXPECT_EQ(most_an_hour(by_network), 10U);  // a carpet's
  EXPECT_EQ(services.size(), 4U);
  EXPECT_LE(largest, 1232U);
  EXPECT_GT(largest, 900U);
}

TEST(Drdos, NoForgedAddressIsReserved) {
  drawn()->each(0, kEver, [](const DrdosPacket& packet) {
    const Address& outside = packet.kind == DrdosKind::answer ? packet.knock.to : packet.knock.from;
    ASSERT_FALSE(is_reserved(4, outside.high, 0));
  });
}

TEST(Drdos, AnAttackersHabitsStayTheSame) {
  std::map<std::pair<std::uint32_t, DrdosService>, std::set<int>> ttls, ports;
  drawn()->each(0, kEver, [&](const DrdosPacket& packet) {
    if (packet.kind != DrdosKind::attack) return;
    ttls[{packet.attack, packet.service}].insert(packet.knock.ttl);
    ports[{packet.attack, packet.service}].insert(packet.knock.src_port);
  });
  std::size_t constant = 0;
  for (const auto& [attack, values] : ttls) EXPECT_EQ(values.size(), 1U);
  for (const auto& [attack, values] : ports) constant += values.size() == 1;
  EXPECT_NEAR(static_cast<double>(constant) / static_cast<double>(ports.size()), 0.7, 0.05);
}

}  // namespace
}  // namespace nightjar::simulate
