#include "simulate/draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/time.hpp"
#include "simulate/small_model.hpp"

namespace nightjar::simulate {
namespace {

std::vector<Event> all_events(const SmallModel& small, Places places, std::uint64_t seed) {
  const Draw draw(small.model(), places, seed, small.scenario.from, small.scenario.to);
  std::vector<Event> events;
  for (std::int64_t day = draw.first_day_that_matters(); day * kSecondsPerDay < small.scenario.to; ++day) draw.add_born_on(day, 0, events);
  std::sort(events.begin(), events.end());
  return events;
}

/// Hosts that live two days and send 20,000 probes a second: about one packet a host and life to one address.
Population busy_hosts() {
  Population population;
  population.tool = "mirai";
  population.hosts.points = {{kStart, 400}, {kStart + 5 * 86'400, 1600}, {kStart + 6 * 86'400, 100}};
  population.life_hours = 48;
  population.rates = {{5'000, 3}, {60'000, 1}};
  population.rhythm = 0.5;
  return population;
}

struct Summary {
  double packets = 0, hosts = 0, once = 0;
  std::map<std::int64_t, double> packets_of_day, hosts_of_day;
};

Summary summary_of(const std::vector<std::pair<std::uint64_t, double>>& packets) {  // host, hours after the start
  Summary out;
  std::map<std::uint64_t, int> count;
  std::set<std::pair<std::int64_t, std::uint64_t>> host_days;
  for (const auto& [host, hour] : packets) {
    ++count[host];
    ++out.packets_of_day[static_cast<std::int64_t>(hour / 24)];
    host_days.insert({static_cast<std::int64_t>(hour / 24), host});
  }
  out.packets = static_cast<double>(packets.size());
  out.hosts = static_cast<double>(count.size());
  for (const auto& [host, times] : count) out.once += times == 1 ? 1 : 0;
  for (const auto& [day, host] : host_days) ++out.hosts_of_day[day];
  return out;
}

/// The model word by word: every host of the world is born, lives, and sends; what falls on the places is kept.
std::vector<std::pair<std::uint64_t, double>> word_by_word(const SmallModel& small, double places, std::uint64_t seed) {
  Random random(seed);
  const ReadyPopulation& ready = small.model().populations()[0];
  const PopulationModel& hosts = ready.model;
  std::vector<std::pair<std::uint64_t, double>> packets;
  std::uint64_t host = 0;
  const auto live = [&](double birth) {
    const Rhythm& rhythm = ready.rhythms[ready.origins.draw(random)];
    const double rate = ready.population->rates[random.unit() < 0.75 ? 0 : 1].probes_per_second * 3600 * places / kAddressSpace;
    ++host;
    // Minute by minute: sent what the hour asks for, cleaned up with the hour's hazard.
    for (double time = birth; time < static_cast<double>(hosts.last_hour()); time += 1.0 / 60) {
      const auto hour = static_cast<std::int64_t>(time);
      const std::uint64_t sent = random.poisson(rate * rhythm.at(hour) / 60);
      for (std::uint64_t i = 0; i < sent; ++i) packets.push_back({host, time - static_cast<double>(hosts.first_hour())});
      if (random.unit() < hosts.hazard(hour) / 60) return;
    }
  };
  const std::uint64_t first = random.poisson(hosts.alive(hosts.first_hour()));
  for (std::uint64_t i = 0; i < first; ++i) live(static_cast<double>(hosts.first_hour()));
  for (std::int64_t hour = hosts.first_hour(); hour < hosts.last_hour(); ++hour) {
    const std::uint64_t born = random.poisson(hosts.births(hour));
    for (std::uint64_t i = 0; i < born; ++i) live(static_cast<double>(hour) + random.unit());
  }
  return packets;
}

TEST(DrawTest, SeesWhatTheModelWordByWordShows) {
  const SmallModel small(scenario_of(busy_hosts()));
  constexpr int kRuns = 6;
  Summary drawn, told;
  const auto add = [](Summary& sum, const Summary& one) {
    sum.packets += one.packets / kRuns;
    sum.hosts += one.hosts / kRuns;
    sum.once += one.once / kRuns;
    for (const auto& [day, count] : one.packets_of_day) sum.packets_of_day[day] += count / kRuns;
    for (const auto& [day, count] : one.hosts_of_day) sum.hosts_of_day[day] += count / kRuns;
  };
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    std::vector<std::pair<std::uint64_t, double>> packets;
    for (const Event& event : all_events(small, {0, 3}, seed)) {
      packets.push_back({event.host_seed, static_cast<double>(event.time_ns - kStart * kNanosPerSecond) / 3.6e12});
    }
    add(drawn, summary_of(packets));
    add(told, summary_of(word_by_word(small, 3, seed)));
  }
  // Both are means of six runs; hosts scatter as a Poisson number, packets by their mean number a host more (here up to 15 of a host).
  const auto near = [&](double a, double b, double clump) { EXPECT_NEAR(a, b, 5 * std::sqrt((a + b) * clump / kRuns)); };
  near(drawn.hosts, told.hosts, 1);
  near(drawn.once, told.once, 1);
  near(drawn.packets, told.packets, 15);
  for (std::int64_t day = 0; day < 10; ++day) {
    SCOPED_TRACE(day);
    near(drawn.hosts_of_day[day], told.hosts_of_day[day], 1);
    near(drawn.packets_of_day[day], told.packets_of_day[day], 15);
  }
  EXPECT_GT(drawn.packets, 1.3 * drawn.hosts) << "the test must see hosts more than once";
  EXPECT_GT(drawn.once, 0.2 * drawn.hosts);
}

TEST(DrawTest, FewerPlacesSeeExactlyTheirPart) {
  const SmallModel small(scenario_of(busy_hosts()));
  const std::vector<Event> few = all_events(small, {1, 4}, 5), many = all_events(small, {1, 16}, 5);
  std::vector<Event> part;
  std::copy_if(many.begin(), many.end(), std::back_inserter(part),
               [](const Event& event) { return event.dst >= kHoneypotFirst || event.dst < kDarknetFirst + 4; });
  ASSERT_EQ(few.size(), part.size());
  EXPECT_GT(few.size(), 1000U);
  for (std::size_t i = 0; i < few.size(); ++i) {
    ASSERT_FALSE(few[i] < part[i] || part[i] < few[i]) << i;
    ASSERT_EQ(few[i].host_seed, part[i].host_seed);
  }
}

TEST(DrawTest, APartOfTheSpanIsThatPart) {
  const SmallModel small(scenario_of(busy_hosts()));
  const std::int64_t from = kStart + 4 * kSecondsPerDay, to = kStart + 6 * kSecondsPerDay;
  const Draw draw(small.model(), {0, 4}, 5, from, to);
  std::vector<Event> part;
  for (std::int64_t day = draw.first_day_that_matters(); day * kSecondsPerDay < to; ++day) draw.add_born_on(day, 0, part);
  std::sort(part.begin(), part.end());
  std::vector<Event> whole = all_events(small, {0, 4}, 5);
  std::erase_if(whole, [&](const Event& event) { return event.time_ns < from * kNanosPerSecond || event.time_ns >= to * kNanosPerSecond; });
  ASSERT_EQ(part.size(), whole.size());
  for (std::size_t i = 0; i < part.size(); ++i) ASSERT_FALSE(part[i] < whole[i] || whole[i] < part[i]) << i;
}

TEST(DrawTest, HostsComeFromTheirCountriesAndKeepTheirAddressUnlessTheyMove) {
  for (const bool moving : {false, true}) {
    Population population = busy_hosts();
    population.address_days = moving ? 0.2 : 0;
    const SmallModel small(scenario_of(population));
    std::map<std::uint32_t, std::set<std::uint32_t>> addresses;
    double japan = 0, all = 0;
    for (const Event& event : all_events(small, {0, 4}, 9)) {
      addresses[event.host_seed].insert(event.src);
      const bool is_japan = event.src >> 20 == TwoCountries::kJapan >> 20;
      EXPECT_EQ(is_japan, event.origin == 0);
      EXPECT_EQ(is_japan ? TwoCountries::kJapan >> 20 : TwoCountries::kArgentina >> 20, event.src >> 20);
    }
    std::size_t most = 0;
    for (const auto& [host, list] : addresses) {
      most = std::max(most, list.size());
      japan += *list.begin() >> 20 == TwoCountries::kJapan >> 20 ? 1 : 0;
      ++all;
    }
    EXPECT_NEAR(japan / all, 0.75, 5 * std::sqrt(0.75 * 0.25 / all));
    if (moving)
      EXPECT_GT(most, 5U);
    else
      EXPECT_EQ(most, 1U);
  }
}

TEST(DrawTest, LivesMayBeMuchLongerOrShorterThanTheModel) {
  for (const double life_hours : {1e12, 1e-6}) {
    SCOPED_TRACE(life_hours);
    Population population = busy_hosts();
    population.hosts.points = {{kStart, 500}};
    population.life_hours = life_hours;
    population.rates = {{5'000, 1}};
    const SmallModel small(scenario_of(population));
    std::set<std::uint32_t> hosts;
    const std::vector<Event> events = all_events(small, {0, 3}, 4);
    for (const Event& event : events) hosts.insert(event.host_seed);
    // 500 hosts, 5,000 probes a second, ten days, 3 of 2^32 addresses.
    const double packets = 500 * 5'000 * 864'000.0 * 3 / kAddressSpace;
    EXPECT_NEAR(static_cast<double>(events.size()), packets, 5 * std::sqrt(packets * 4));
    if (life_hours > 1) {
      EXPECT_LE(hosts.size(), 600U) << "they stay";
      EXPECT_GT(hosts.size(), 350U);
    } else {
      EXPECT_EQ(hosts.size(), events.size()) << "nobody lives to send twice";
    }
  }
}

TEST(DrawTest, FixedHostsAreAsManyAsNamedAndSendWhatTheCurveSays) {
  Population population;
  population.tool = "mirai";
  population.fixed_hosts = 3;
  population.packets_a_day.points = {
      {kStart, 0}, {kStart + 86'400, 0}, {kStart + 86'400, 2'689'920}, {kStart + 3 * 86'400, 2'689'920}, {kStart + 3 * 86'400, 0}};
  const SmallModel small(scenario_of(population, 5));
  std::map<std::int64_t, double> days;
  std::set<std::uint32_t> sources;
  for (const Event& event : all_events(small, {0, 100}, 2)) {
    ++days[(event.time_ns / kNanosPerSecond - kStart) / 86'400];
    sources.insert(event.src);
  }
  EXPECT_EQ(sources.size(), 3U);
  ASSERT_EQ(days.size(), 2U);
  // 10 packets a day and address at 268,992 addresses.
  for (const std::int64_t day : {1, 2}) EXPECT_NEAR(days[day], 1000, 5 * std::sqrt(1000.0));
}

TEST(DrawTest, AProbeThatNobodyAnswersIsSentAgainByToolsThatDo) {
  Population population = busy_hosts();
  population.tool = "windows-7";
  population.ports = {{6, 445, 1}};
  const SmallModel small(scenario_of(population, 2));
  const Tool& tool = *find_tool("windows-7");
  ASSERT_GT(tool.attempts.size(), 1U);
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Event>> probes;
  for (const Event& event : all_events(small, {0, 2}, 3)) probes[{event.host_seed, event.probe_seed}].push_back(event);
  for (const auto& [name, events] : probes) {
    if (events.front().time_ns > (small.scenario.to - 60) * kNanosPerSecond) continue;
    ASSERT_EQ(events.size(), tool.attempts.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].attempt, i);
      EXPECT_NEAR(static_cast<double>(events[i].time_ns - events[0].time_ns) / 1e9, tool.attempts[i], 1e-5);
    }
  }
  EXPECT_GT(probes.size(), 100U);
}

}  // namespace
}  // namespace nightjar::simulate
