#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <utility>

#include "sensor/sensors.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kStill = std::numeric_limits<std::int64_t>::max();

Prefix prefix(std::string_view text) {
  const auto parsed = parse_prefix(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

Sensor sensor_of(std::initializer_list<const char*> prefixes) {
  Sensor sensor;
  for (const char* text : prefixes) sensor.prefixes.push_back({prefix(text), kAlways, kStill});
  return sensor;
}

Packet packet_from_to(std::string_view from, std::string_view to) {
  const auto source = parse_address(from), destination = parse_address(to);
  EXPECT_TRUE(source && destination);
  Packet packet;
  packet.ip_version = source->version;
  packet.src = source->high;
  packet.src_low = source->low;
  packet.dst = destination->high;
  packet.dst_low = destination->low;
  return packet;
}

struct Seen {
  Direction direction;
  int index;
  friend bool operator==(const Seen&, const Seen&) = default;
};
Seen see(const DayView& view, std::string_view from, std::string_view to) {
  std::uint8_t index = 255;
  const Direction direction = view.direction(packet_from_to(from, to), index);
  return {direction, index};
}

TEST(DayView, TellsObservedOutboundAndOutsideApart) {
  const DayView view(sensor_of({"198.18.0.0/16"}), 0);
  EXPECT_EQ(see(view, "8.8.8.8", "198.18.0.0"), (Seen{Direction::observed, 0}));
  EXPECT_EQ(see(view, "8.8.8.8", "198.18.255.255"), (Seen{Direction::observed, 63}));
  EXPECT_EQ(see(view, "198.18.0.1", "8.8.8.8"), (Seen{Direction::outbound, 0}));
  EXPECT_EQ(see(view, "8.8.8.8", "198.19.0.0"), (Seen{Direction::outside, 0}));
  EXPECT_EQ(see(view, "8.8.8.8", "198.17.255.255"), (Seen{Direction::outside, 0}));
  EXPECT_EQ(see(view, "198.18.0.1", "198.18.0.2"), (Seen{Direction::observed, 2}));
  EXPECT_EQ(view.addresses(), 65'536U);
}

TEST(DayView, ObservesEverythingWithoutPrefixesAndClaimsNoSize) {
  const DayView view(Sensor{}, 0);
  EXPECT_EQ(see(view, "8.8.8.8", "1.2.3.200"), (Seen{Direction::observed, 200 % 64}));
  EXPECT_EQ(see(view, "2400::1", "2400:1::47"), (Seen{Direction::observed, 0x47 % 64}));
  EXPECT_EQ(view.addresses(), 0U);
}

TEST(DayView, CountsIndicesOnAcrossPrefixesInTheirOrder) {
  const DayView view(sensor_of({"203.0.113.8/30", "198.51.100.0/31", "192.0.2.0/29"}), 0);
  EXPECT_EQ(see(view, "8.8.8.8", "203.0.113.9"), (Seen{Direction::observed, 1}));
  EXPECT_EQ(see(view, "8.8.8.8", "198.51.100.0"), (Seen{Direction::observed, 4}));
  EXPECT_EQ(see(view, "8.8.8.8", "192.0.2.7"), (Seen{Direction::observed, 13}));
  EXPECT_EQ(view.addresses(), 14U);
}

TEST(DayView, UsesThePrefixesOfItsDayTheLastDayExcluded) {
  Sensor sensor = sensor_of({"198.18.0.0/24"});
  sensor.prefixes.push_back({prefix("198.19.0.0/24"), 100, 110});
  EXPECT_EQ(DayView(sensor, 99).addresses(), 256U);
  EXPECT_EQ(DayView(sensor, 100).addresses(), 512U);
  EXPECT_EQ(DayView(sensor, 109).addresses(), 512U);
  EXPECT_EQ(DayView(sensor, 110).addresses(), 256U);
  EXPECT_EQ(see(DayView(sensor, 109), "8.8.8.8", "198.19.0.1").direction, Direction::observed);
  EXPECT_EQ(see(DayView(sensor, 110), "8.8.8.8", "198.19.0.1").direction, Direction::outside);
}

TEST(DayView, ObservesNothingOnADayWithoutAnyPrefixInUse) {
  Sensor sensor;
  sensor.prefixes.push_back({prefix("198.19.0.0/24"), 100, 110});
  const DayView view(sensor, 5);
  EXPECT_EQ(see(view, "8.8.8.8", "198.19.0.1"), (Seen{Direction::outside, 0}));
  EXPECT_EQ(view.addresses(), 0U);
}

TEST(DayView, CountsIpv6AddressesOfLongPrefixesAndSaturatesForShortOnes) {
  EXPECT_EQ(DayView(sensor_of({"2400::/120"}), 0).addresses(), 256U);
  EXPECT_EQ(DayView(sensor_of({"2400::/65"}), 0).addresses(), 1ULL << 63);
  EXPECT_EQ(DayView(sensor_of({"2400::/48"}), 0).addresses(), ~0ULL);
  EXPECT_EQ(DayView(sensor_of({"2400::/48", "192.0.2.0/24"}), 0).addresses(), ~0ULL);
  EXPECT_EQ(DayView(sensor_of({"2400::/65", "2400:1::/65"}), 0).addresses(), ~0ULL);
}

TEST(DayView, KeepsTheFamiliesApart) {
  const DayView view(sensor_of({"2400::/126", "192.0.2.0/30", "2400:1::/64", "192.0.2.8/30"}), 0);
  EXPECT_EQ(see(view, "2a00::1", "2400::3"), (Seen{Direction::observed, 3}));
  EXPECT_EQ(see(view, "8.8.8.8", "192.0.2.1"), (Seen{Direction::observed, 5}));
  EXPECT_EQ(see(view, "2a00::1", "2400:1::1"), (Seen{Direction::observed, 9}));
  EXPECT_EQ(see(view, "8.8.8.8", "192.0.2.9"), (Seen{Direction::observed, 9}));  // 2^64 addresses before it add 0 modulo 64
  EXPECT_EQ(see(view, "2400::1", "2a00::1"), (Seen{Direction::outbound, 0}));
  EXPECT_EQ(see(view, "2a00::1", "2400:1:0:1::"), (Seen{Direction::outside, 0}));
}

TEST(DayView, LeavesWhatIsNotIpOutside) {
  Packet packet;
  std::uint8_t index;
  EXPECT_EQ(DayView(sensor_of({"0.0.0.0/0"}), 0).direction(packet, index), Direction::outside);
}

TEST(DayView, TakesTheWholeInternet) {
  const DayView view(sensor_of({"0.0.0.0/0", "::/0"}), 0);
  EXPECT_EQ(see(view, "8.8.8.8", "255.255.255.255"), (Seen{Direction::observed, 63}));
  EXPECT_EQ(see(view, "2400::1", "ffff::ffff"), (Seen{Direction::observed, 63}));
}

/// Prefixes of one /16 (or of an IPv6 /112) that do not overlap, in random order.
std::vector<Prefix> random_prefixes(std::mt19937& random, bool ipv6, int most) {
  std::vector<Prefix> prefixes;
  for (int tries = 0; tries < 4 * most && static_cast<int>(prefixes.size()) < most; ++tries) {
    const unsigned host_bits = random() % 9;
    const std::uint64_t place = random() % 65'536 >> host_bits << host_bits;
    const Prefix candidate = ipv6 ? Prefix{{6, 0x2400000000000000, place}, static_cast<std::uint8_t>(128 - host_bits)}
                                  : Prefix{{4, 0xc6120000 + place, 0}, static_cast<std::uint8_t>(32 - host_bits)};
    bool overlaps = false;
    for (const Prefix& prefix : prefixes) overlaps = overlaps || prefix.contains(candidate.first) || candidate.contains(prefix.first);
    if (!overlaps) prefixes.push_back(candidate);
  }
  return prefixes;
}

// Few prefixes are looked through, many are searched by halves: both must agree with a list of all addresses in order.
TEST(DayView, AgreesWithAListOfAllAddressesForRandomPrefixes) {
  std::mt19937 random(20171123);
  for (int round = 0; round < 60; ++round) {
    const bool ipv6 = round % 2 == 1;
    const auto prefixes = random_prefixes(random, ipv6, round % 3 == 0 ? 5 : 40);
    Sensor sensor;
    std::vector<int> place(65'536, -1);
    int count = 0;
    for (const Prefix& one : prefixes) {
      sensor.prefixes.push_back({one, kAlways, kStill});
      const std::uint64_t first = ipv6 ? one.first.low : one.first.high & 0xffff;
      for (std::uint64_t i = 0; i < one.size(); ++i) place[first + i] = count++;
    }
    const DayView view(sensor, 17'000);
    ASSERT_EQ(view.addresses(), static_cast<std::uint64_t>(count));
    std::set<int> seen;
    for (std::uint64_t i = 0; i < 65'536; ++i) {
      Packet packet;
      packet.ip_version = ipv6 ? 6 : 4;
      packet.dst = ipv6 ? 0x2400000000000000 : 0xc6120000 + i;
      packet.dst_low = ipv6 ? i : 0;
      packet.src = ipv6 ? 0x2a00000000000000 : 0x08080808;
      std::uint8_t index = 255;
      ASSERT_EQ(view.direction(packet, index), place[i] < 0 ? Direction::outside : Direction::observed) << i;
      if (place[i] >= 0) {
        ASSERT_EQ(index, place[i] % 64) << i;
        seen.insert(index);
      }
      std::swap(packet.src, packet.dst);
      std::swap(packet.src_low, packet.dst_low);
      ASSERT_EQ(view.direction(packet, index), place[i] < 0 ? Direction::outside : Direction::outbound) << i;
    }
    // No two addresses share an index as long as there are at most 64.
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(std::min(count, 64)));
  }
}

}  // namespace
}  // namespace nightjar
