#include "simulate/expectation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/time.hpp"
#include "fingerprint/catalogue.hpp"
#include "simulate/draw.hpp"
#include "simulate/small_model.hpp"

namespace nightjar::simulate {
namespace {

struct DayMeans {
  double packets = 0, hosts = 0, japan = 0, telnet = 0;
  double squares = 0;  ///< of packets
};

// What the closed form says is compared with the mean over seeds of what is drawn.
void compare(const Population& population, std::uint32_t addresses, int runs) {
  const SmallModel small(scenario_of(population, 6));
  std::map<std::int64_t, DayMeans> days;
  for (int run = 0; run < runs; ++run) {
    const Draw draw(small.model(), {0, addresses}, static_cast<std::uint64_t>(100 + run), small.scenario.from, small.scenario.to);
    std::vector<Event> events;
    for (std::int64_t day = draw.first_day_that_matters(); day * kSecondsPerDay < small.scenario.to; ++day)
      draw.add_born_on(day, 0, events);
    std::map<std::int64_t, double> packets;
    std::map<std::int64_t, std::set<std::uint32_t>> hosts, japan, telnet;
    for (const Event& event : events) {
      const std::int64_t day = (event.time_ns / kNanosPerSecond - kStart) / kSecondsPerDay;
      ++packets[day];
      hosts[day].insert(event.src);
      if (event.origin == 0) japan[day].insert(event.src);
      if (event.port == 23) telnet[day].insert(event.src);
    }
    for (std::int64_t day = 0; day < 6; ++day) {
      days[day].packets += packets[day] / runs;
      days[day].squares += packets[day] * packets[day] / runs;
      days[day].hosts += static_cast<double>(hosts[day].size()) / runs;
      days[day].japan += static_cast<double>(japan[day].size()) / runs;
      days[day].telnet += static_cast<double>(telnet[day].size()) / runs;
    }
  }
  const Expectation expectation(small.model(), addresses);
  double variance_ratio = 0;
  for (std::int64_t day = 0; day < 6; ++day) {
    SCOPED_TRACE(day);
    const std::int64_t hour = kStart / kSecondsPerHour + day * 24;
    const Expected all = expectation.day(hour, {});
    const DayMeans& seen = days[day];
    EXPECT_NEAR(seen.packets, all.packets, 5 * std::sqrt(all.packets_variance / runs));
    EXPECT_NEAR(seen.hosts, all.hosts, 5 * std::sqrt(all.hosts / runs));
    EXPECT_NEAR(seen.japan, expectation.day(hour, {.country = country_code('J', 'P')}).hosts, 5 * std::sqrt(all.hosts / runs));
    EXPECT_NEAR(seen.telnet, expectation.day(hour, {.port = 23}).hosts, 5 * std::sqrt(all.hosts / runs));
    variance_ratio += (seen.squares - seen.packets * seen.packets) / all.packets_variance / 6;
    EXPECT_GT(all.hosts, 20);
  }
  // Six variances of `runs` numbers each.
  EXPECT_NEAR(variance_ratio, 1, 5 * std::sqrt(2.0 / (6 * runs)) + 0.1);
}

Population some_hosts() {
  Population population;
  population.tool = "mirai";
  population.hosts.points = {{kStart, 600}, {kStart + 2 * 86'400, 600}, {kStart + 2 * 86'400, 900}, {kStart + 4 * 86'400, 300}};
  population.life_hours = 30;
  population.rates = {{2'000, 3}, {40'000, 1}};
  return population;
}

TEST(ExpectationTest, IsTheMeanOfWhatIsDrawn) { compare(some_hosts(), 4, 60); }

TEST(ExpectationTest, IsTheMeanWhereHostsAreSeenOften) { compare(some_hosts(), 60, 12); }

TEST(ExpectationTest, IsTheMeanForHostsWithANightAndANewAddressEveryDay) {
  Population population = some_hosts();
  population.rhythm = 0.6;
  population.address_days = 1;
  compare(population, 30, 20);
}

TEST(ExpectationTest, IsTheMeanForShortLives) {
  Population population = some_hosts();
  population.life_hours = 0.5;
  population.rates = {{200'000, 1}};
  population.hosts.points = {{kStart, 20}};
  compare(population, 4, 40);
}

TEST(ExpectationTest, CountsFixedHostsOnce) {
  Population population;
  population.tool = "mirai";
  population.fixed_hosts = 4;
  population.origins = {{country_code('J', 'P'), 0, 1}};
  population.packets_a_day.points = {{kStart, 268'992 * 8}};
  const SmallModel small(scenario_of(population, 3));
  const Expected day = Expectation(small.model(), 10).day(kStart / kSecondsPerHour, {});
  EXPECT_NEAR(day.packets, 80, 1e-6);
  EXPECT_NEAR(day.hosts, 4 * (1 - std::exp(-20)), 1e-4) << "two of a million addresses are hardly ever the same";
}

TEST(ExpectationTest, KnowsFingerprintsByToolAndPort) {
  Population population = some_hosts();
  const SmallModel small(scenario_of(population));
  const auto index = static_cast<std::uint32_t>(find_fingerprint("mirai") - fingerprint_catalogue().data());
  const auto other = static_cast<std::uint32_t>(find_fingerprint("hajime-like") - fingerprint_catalogue().data());
  const Expectation expectation(small.model(), 10);
  EXPECT_DOUBLE_EQ(expectation.day(kStart / 3600, {.fingerprint = index}).hosts, expectation.day(kStart / 3600, {}).hosts);
  EXPECT_EQ(expectation.day(kStart / 3600, {.fingerprint = other}).packets, 0);
}

TEST(ExpectationTest, FollowsTheSizeOfTheDarknet) {
  Scenario scenario = scenario_of(some_hosts());
  scenario.sizes = {{kStart, 0.5}, {kStart + 86'400, 1}};
  const SmallModel half(scenario), whole(scenario_of(some_hosts()));
  const std::int64_t hour = kStart / 3600;
  EXPECT_NEAR(Expectation(half.model(), 64).day(hour, {}).packets, Expectation(whole.model(), 32).day(hour, {}).packets, 1e-6);
  EXPECT_NEAR(Expectation(half.model(), 64).day(hour + 24, {}).packets, Expectation(whole.model(), 64).day(hour + 24, {}).packets, 1e-6);
}

}  // namespace
}  // namespace nightjar::simulate
