// Safety rule 7.
#include "reflector/never_answered.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "reflector/ask.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

NeverAnswered make(std::vector<Prefix> own = {}, std::vector<Prefix> opted_out = {}) {
  return NeverAnswered({.own_sensors = std::move(own), .opted_out = std::move(opted_out)});
}

TEST(NeverAnswered, AreThePortsOfServicesThatAnswer) {
  const NeverAnswered never = make();
  for (const std::uint16_t port : {7, 17, 19, 53, 111, 123, 137, 161, 389, 1900, 5353, 11211, 0, 3478, 5683})
    EXPECT_EQ(never.reason(address("104.16.1.1"), port), Silence::loop_port) << port;
  EXPECT_EQ(never.reason(address("104.16.1.1"), 40'000), Silence::none);
  EXPECT_EQ(never.reason(address("104.16.1.1"), 80), Silence::none) << "victims of the web are what attacks are about";
}

TEST(NeverAnswered, AreThePortsOfEveryServiceOfOurs) {
  const auto loops = loop_ports();
  for (const OfferedService& service : offered_services()) {
    for (const std::uint16_t port : service.ports) EXPECT_NE(std::find(loops.begin(), loops.end(), port), loops.end()) << port;
  }
}

TEST(NeverAnswered, AreAddressesThatAreNobodys) {
  const NeverAnswered never = make();
  for (const std::string_view text :
       {"10.1.2.3",        "172.16.0.1",      "172.31.255.255", "192.168.1.1",     "127.0.0.1",   "0.0.0.0",
        "169.254.1.1",     "100.64.0.1",      "192.0.2.1",      "198.51.100.1",    "203.0.113.1", "198.18.0.1",
        "224.0.0.251",     "239.255.255.250", "240.0.0.1",      "255.255.255.255", "::1",         "::",
        "::ffff:10.0.0.1", "fe80::1",         "fc00::1",        "fd12:3456::1",    "ff02::fb",    "2001:db8::1",
        "2002:a00:1::1",   "64:ff9b::808:808"})
    EXPECT_EQ(never.reason(address(text), 40'000), Silence::reserved_source) << text;
  for (const std::string_view text :
       {"104.16.1.1", "8.8.8.8", "172.32.0.1", "172.15.255.255", "192.167.255.255", "223.255.255.255", "2a00:1450:4001:80e::1", "2600::1"})
    EXPECT_EQ(never.reason(address(text), 40'000), Silence::none) << text;
}

TEST(NeverAnswered, AreOurOwnSensorsAndWhoOptedOut) {
  const NeverAnswered never = make({*parse_prefix("104.16.0.0/16"), *parse_prefix("2a00:1450::/32")},
                                   {*parse_prefix("8.8.8.8/32"), *parse_prefix("8.8.4.0/24"), *parse_prefix("2600:1f00::/24")});
  EXPECT_EQ(never.reason(address("104.16.255.255"), 40'000), Silence::own_sensor);
  EXPECT_EQ(never.reason(address("104.17.0.0"), 40'000), Silence::none);
  EXPECT_EQ(never.reason(address("2a00:1450:ffff::1"), 40'000), Silence::own_sensor);
  EXPECT_EQ(never.reason(address("8.8.8.8"), 40'000), Silence::opted_out);
  EXPECT_EQ(never.reason(address("8.8.8.9"), 40'000), Silence::none);
  EXPECT_EQ(never.reason(address("8.8.4.77"), 40'000), Silence::opted_out);
  EXPECT_EQ(never.reason(address("2600:1fff::1"), 40'000), Silence::opted_out);
  EXPECT_EQ(never.reason(Address(), 40'000), Silence::reserved_source) << "no address at all";
}

TEST(PrefixSet, HoldsWhatAnyOfItsPrefixesHolds) {
  std::mt19937_64 random(7);
  std::vector<Prefix> prefixes;
  for (int i = 0; i < 200; ++i) {
    const auto length = static_cast<std::uint8_t>(16 + random() % 17);
    const std::uint64_t mask = 0xffffffffULL << (32 - length) & 0xffffffff;
    prefixes.push_back({{4, (0x68100000 | (random() & 0xfffff)) & mask, 0}, length});
    const auto length6 = static_cast<std::uint8_t>(40 + random() % 89);
    Prefix six{{6, 0x2a00145000000000 | (random() & 0xffffff), random()}, length6};
    six.first.high &= length6 >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - length6);
    six.first.low &= length6 <= 64 ? 0 : ~std::uint64_t{0} << (128 - length6);
    prefixes.push_back(six);
  }
  const PrefixSet set(prefixes);
  for (int i = 0; i < 20'000; ++i) {
    Address probe{4, 0x68100000 | (random() & 0xfffff), 0};
    if (i % 2 != 0) probe = {6, 0x2a00145000000000 | (random() & 0xffffff), random()};
    const bool held = std::any_of(prefixes.begin(), prefixes.end(), [&](const Prefix& prefix) { return prefix.contains(probe); });
    ASSERT_EQ(set.contains(probe), held) << format(probe);
  }
  EXPECT_FALSE(PrefixSet({}).contains(address("104.16.1.1")));
}

}  // namespace
}  // namespace nightjar::reflector
