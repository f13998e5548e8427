#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "simulate/report_reflectors.hpp"

// The attacks that are drawn, against the numbers of NICTER's observation report 2017, chapter 4, which counts the plain sum over pots.

namespace nightjar::simulate {
namespace {

using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;
constexpr std::int64_t kSecond = 1'000'000'000;

/// Counted sightings by anything.
template <class Key>
auto count_by(const DrdosTraffic& traffic, Key key) {
  std::map<decltype(key(DrdosAttack{}, DrdosSighting{})), std::uint32_t> counts;
  for (const DrdosSighting& sighting : traffic.sightings()) {
    if (traffic.counts(sighting)) ++counts[key(traffic.attacks()[sighting.attack], sighting)];
  }
  return counts;
}
auto by_service(const DrdosTraffic& traffic) {
  return count_by(traffic, [](const DrdosAttack&, const DrdosSighting& sighting) { return std::string(name_of(sighting.service)); });
}
auto by_country(const DrdosTraffic& traffic) {
  return count_by(traffic, [](const DrdosAttack& attack, const DrdosSighting&) { return attack.country; });
}
std::uint32_t lasting(const DrdosTraffic& traffic, std::int64_t at_most_seconds) {
  return count_by(traffic, [&](const DrdosAttack&, const DrdosSighting& sighting) {
    return sighting.last_ns - sighting.first_ns <= at_most_seconds * kSecond;
  })[true];
}
std::uint64_t all_requests(const DrdosTraffic& traffic) {
  std::uint64_t requests = 0;
  traffic.each(0, std::int64_t{1} << 62, [&](const DrdosPacket& packet) { requests += packet.kind != DrdosKind::answer; });
  return requests;
}
std::string error_of(const Reflectors& reflectors) {
  const Origins origins = *Origins::build(ReportWorld());
  const auto traffic = DrdosTraffic::draw(reflectors, origins, {0.001, 1});
  return traffic ? "drawn" : traffic.error().sentence;
}

TEST(DrdosDraw, ServicesHaveTheReportsCounts) {
  const DrawnReflectors drawn;
  EXPECT_THAT(by_service(*drawn.traffic),
              UnorderedElementsAre(Pair("dns", 5260), Pair("ntp", 2550), Pair("chargen", 120), Pair("ssdp", 70)));
}

TEST(DrdosDraw, CountriesHaveTheReportsShares) {
  const DrawnReflectors drawn;
  auto countries = by_country(*drawn.traffic);
  EXPECT_EQ(countries[country_code('U', 'S')], 2680U);
  EXPECT_EQ(countries[country_code('C', 'N')], 1480U);
  const std::uint32_t japan = countries[country_code('J', 'P')];
  EXPECT_EQ(japan, 31U);
  std::vector<std::uint32_t> counts;
  std::uint32_t sum = 0;
  for (const auto& [country, count] : countries) {
    counts.push_back(count);
    sum += count;
  }
  EXPECT_EQ(sum, 8000U);
  std::sort(counts.rbegin(), counts.rend());
  EXPECT_NEAR(counts[0] / 8000.0, 1.0 / 3, 0.01);
  EXPECT_GT(counts[0] + counts[1], 4000U);
  EXPECT_NEAR((counts[0] + counts[1] + counts[2] + counts[3] + counts[4]) / 8000.0, 2.0 / 3, 0.001);
  EXPECT_GT(counts[23], japan);
  EXPECT_EQ(counts[24], japan);
  EXPECT_LT(counts[25], japan);
}

TEST(DrdosDraw, DurationsHaveTheReportsQuantiles) {
  const DrawnReflectors drawn;
  EXPECT_EQ(lasting(*drawn.traffic, 60), 2400U);
  EXPECT_EQ(lasting(*drawn.traffic, 600), 6400U);
  EXPECT_EQ(lasting(*drawn.traffic, 3600), 7880U);
}

TEST(DrdosDraw, TheLongestAttackIsOneOfTheCounted) {
  const DrawnReflectors drawn;
  const auto& sightings = drawn->sightings();
  const auto longest = std::max_element(sightings.begin(), sightings.end(), [](const DrdosSighting& a, const DrdosSighting& b) {
    return a.last_ns - a.first_ns < b.last_ns - b.first_ns;
  });
  EXPECT_EQ(longest->last_ns - longest->first_ns, 21 * 86'400 * kSecond);
  EXPECT_EQ(longest->service, DrdosService::ntp);
  EXPECT_EQ(longest->requests, 21 * 86'400 / 10 + 1U);
  EXPECT_GE(longest->last_ns, (report_reflectors().to - 86'400) * kSecond);
  EXPECT_TRUE(drawn->counts(*longest));
  EXPECT_EQ(drawn->attacks()[longest->attack].country, country_code('C', 'N'));
}

TEST(DrdosDraw, TheSumOverPotsDoesNotDependOnTheirNumber) {
  for (const std::uint32_t pots : {1U, 2U, 20U}) {
    Reflectors reflectors = report_reflectors();
    reflectors.pots = pots;
    const DrawnReflectors drawn(reflectors);
    EXPECT_EQ(by_service(*drawn.traffic)["dns"], 5260U) << pots;
    EXPECT_EQ(by_country(*drawn.traffic)[country_code('J', 'P')], 31U) << pots;
    EXPECT_EQ(lasting(*drawn.traffic, 60), 2400U) << pots;
    for (const DrdosSighting& sighting : drawn->sightings()) ASSERT_LT(sighting.pot, pots);
  }
}

TEST(DrdosDraw, SmallScalesKeepTheSharesUpToRounding) {
  const DrawnReflectors tenth(report_reflectors(), {0.0001, 1});
  EXPECT_THAT(by_service(*tenth.traffic), UnorderedElementsAre(Pair("dns", 526), Pair("ntp", 255), Pair("chargen", 12), Pair("ssdp", 7)));
  EXPECT_EQ(by_country(*tenth.traffic)[country_code('J', 'P')], 3U);
  EXPECT_EQ(lasting(*tenth.traffic, 60), 240U);
  EXPECT_EQ(lasting(*tenth.traffic, 3600), 788U);
  const DrawnReflectors few(report_reflectors(), {0.000001, 1});
  EXPECT_THAT(by_service(*few.traffic), UnorderedElementsAre(Pair("dns", 5), Pair("ntp", 3)));
  const DrawnReflectors none(report_reflectors(), {0, 1});
  EXPECT_TRUE(by_service(*none.traffic).empty());
}

TEST(DrdosDraw, EveryKindOfAttackHappens) {
  const DrawnReflectors drawn;
  std::uint32_t single = 0, several_pots = 0, several_services = 0, carpets = 0, too_few = 0, again = 0;
  std::map<std::uint32_t, int> victims;
  for (const DrdosAttack& attack : drawn->attacks()) {
    carpets += attack.prefix_length == 24;
    if (attack.prefix_length == 24) continue;
    single += attack.counts_as == 1;
    several_pots += attack.pots.size() > 1;
    several_services += attack.services.size() > 1;
    too_few += attack.counts_as < attack.sighting_count;
    again += ++victims[attack.victim] == 2;
  }
  const auto attacks = static_cast<double>(drawn->attacks().size());
  EXPECT_EQ(carpets, 3U);
  EXPECT_NEAR(several_pots / attacks, 0.3, 0.03);
  EXPECT_NEAR(several_services / attacks, 0.05, 0.01);
  EXPECT_GT(single, 2000U);
  EXPECT_GT(too_few, 50U);
  EXPECT_GT(again, 100U);
}

TEST(DrdosDraw, ACarpetCountsAsNothing) {
  const DrawnReflectors drawn;
  for (const DrdosAttack& attack : drawn->attacks()) {
    if (attack.prefix_length == 32) continue;
    EXPECT_EQ(attack.counts_as, 0U);
    EXPECT_EQ(attack.victim & 0xff, 0U);
    for (const DrdosSighting& sighting : drawn->sightings(attack)) EXPECT_LT(sighting.requests / 256, kAttackRequests);
  }
}

TEST(DrdosDraw, ARiseIsPartOfItsCountrysQuota) {
  const Reflectors reflectors = report_reflectors();
  const DrawnReflectors drawn(reflectors);
  std::uint32_t risen = 0;
  for (const DrdosAttack& attack : drawn->attacks()) {
    EXPECT_EQ(attack.incident.empty(), attack.asn == 0);
    if (attack.incident.empty()) continue;
    EXPECT_EQ(attack.incident, "drdos-jp");
    risen += attack.counts_as;
    EXPECT_EQ(attack.country, country_code('J', 'P'));
    EXPECT_EQ(attack.asn, reflectors.rises[0].asn);
    EXPECT_EQ(ReportWorld().lookup(4, attack.victim, 0).asn, attack.asn);
    EXPECT_GE(attack.first_ns, reflectors.rises[0].from * kSecond);
    EXPECT_LT(attack.first_ns, reflectors.rises[0].to * kSecond);
  }
  EXPECT_EQ(risen, 12U);
}

TEST(DrdosDraw, VictimsAreInTheirCountries) {
  const ReportWorld world;
  const DrawnReflectors drawn;
  for (const DrdosAttack& attack : drawn->attacks()) ASSERT_EQ(world.lookup(4, attack.victim, 0).country, attack.country);
}

TEST(DrdosDraw, RequestsStayWithinTheBoundAtEveryScale) {
  for (const double scale : {0.001, 0.0003}) {
    Reflectors reflectors = report_reflectors();
    reflectors.most_requests = 2'500'000;
    const DrawnReflectors drawn(reflectors, {scale, 3});
    const std::uint64_t requests = all_requests(*drawn.traffic);
    EXPECT_LE(static_cast<double>(requests), 2'500'000 * scale / 0.001) << scale;
    EXPECT_GE(static_cast<double>(requests), 2'200'000 * scale / 0.001) << scale;
  }
}

TEST(DrdosDraw, TheSameSeedDrawsTheSameAndAnotherSomethingElse) {
  const auto victims = [](std::uint64_t seed) {
    const DrawnReflectors drawn(report_reflectors(), {0.0001, seed});
    std::vector<std::uint32_t> list;
    for (const DrdosAttack& attack : drawn->attacks()) list.push_back(attack.victim);
    return list;
  };
  EXPECT_EQ(victims(1), victims(1));
  EXPECT_NE(victims(1), victims(2));
}

TEST(DrdosDraw, WithoutPotsThereIsNothing) {
  const DrawnReflectors drawn(Reflectors{}, {0.001, 1});
  EXPECT_TRUE(drawn->attacks().empty());
  EXPECT_EQ(all_requests(*drawn.traffic), 0U);
  EXPECT_TRUE(drawn->days(0, std::int64_t{1} << 62, 0).empty());
}

TEST(DrdosDraw, ContradictionsAreSaid) {
  Reflectors reflectors = report_reflectors();
  reflectors.services[0].name = "memcached";
  EXPECT_THAT(error_of(reflectors), HasSubstr("unknown service \"memcached\"; there are chargen, dns, ntp and ssdp"));
  reflectors = report_reflectors();
  reflectors.services.push_back(reflectors.services[0]);
  EXPECT_THAT(error_of(reflectors), HasSubstr("service \"dns\" is there twice"));
  reflectors = report_reflectors();
  reflectors.services.resize(1);
  EXPECT_THAT(error_of(reflectors), HasSubstr("the services only 5260000"));
  reflectors = report_reflectors();
  reflectors.services.clear();
  EXPECT_THAT(error_of(reflectors), HasSubstr("no service has attacks"));
  reflectors = report_reflectors();
  reflectors.other_countries.clear();
  EXPECT_THAT(error_of(reflectors), HasSubstr("are left for other_countries, but there are none"));
  reflectors = report_reflectors();
  reflectors.durations.pop_back();
  EXPECT_THAT(error_of(reflectors), HasSubstr("the last duration has share 0.9995, not 1"));
  reflectors = report_reflectors();
  std::swap(reflectors.durations[0], reflectors.durations[1]);
  EXPECT_THAT(error_of(reflectors), HasSubstr("durations must ascend"));
  reflectors = report_reflectors();
  reflectors.to = reflectors.from + 86'400;
  reflectors.rises.clear();
  EXPECT_THAT(error_of(reflectors), HasSubstr("durations go up to 604800 s, but attacks have only 86400 s"));
  reflectors = report_reflectors();
  reflectors.rises[0].attacks = 31'001;
  EXPECT_THAT(error_of(reflectors), HasSubstr("rises on JP have 31001 attacks, the country only 31000"));
  reflectors = report_reflectors();
  reflectors.rises[0].to += 1;
  EXPECT_THAT(error_of(reflectors), HasSubstr("the rise \"drdos-jp\" does not lie between"));
  reflectors = report_reflectors();
  reflectors.rises[0].country = country_code('Z', 'A');
  EXPECT_THAT(error_of(reflectors), HasSubstr("has no entry of its own among the victims"));
  reflectors = report_reflectors();
  reflectors.pots = 255;
  EXPECT_THAT(error_of(reflectors), HasSubstr("1 to 254 pots, not 255"));
  reflectors = report_reflectors();
  reflectors.victims[0].country = country_code('Q', 'Q');
  EXPECT_THAT(error_of(reflectors), HasSubstr("QQ"));
}

}  // namespace
}  // namespace nightjar::simulate
