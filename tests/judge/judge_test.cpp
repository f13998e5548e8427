#include "judge/judge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "judge/judge_state.hpp"
#include "judge/judged_days.hpp"

namespace nightjar {
namespace {

using test::code;
using test::JudgedDays;
using test::kFirst;
using test::kMirai;
using test::kZmap;
using test::population;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_F(JudgedDays, ARiseOfOneCountryAndToolIsOneWave) {
  usual(40);
  ask_days(27, 23, code("AR"), kMirai, {5, 60, 200, 120, 60, 20, 3, 0, 0});
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  const Wave& wave = waves[0];
  EXPECT_EQ(wave.protocol, 6);
  EXPECT_EQ(wave.port, 23);
  EXPECT_EQ(wave.metric, Metric::hosts);
  EXPECT_EQ(wave.population, population({code("AR")}, {kMirai}));
  EXPECT_EQ(wave.born, wave.population);
  // On the 27th day it stirs: 5 hosts are above anything usual, and fewer than a rise has.
  EXPECT_EQ(wave.onset_day, kFirst + 27);
  EXPECT_EQ(wave.first_day, kFirst + 28);
  EXPECT_EQ(wave.peak_day, kFirst + 29);
  EXPECT_EQ(wave.peak, 200);
  // Lone hosts are not in the rows of a country and tool: less than one a day may have been there.
  EXPECT_LT(wave.expected, 1);
  EXPECT_EQ(wave.usual_at_port, 50);
  EXPECT_EQ(wave.peak_at_port, 250);
  // From the 32nd day on a tenth of the rise is left.
  EXPECT_EQ(wave.end_day, kFirst + 32);
  EXPECT_TRUE(wave.closed);
  EXPECT_THAT(wave.surge_days, IsEmpty());
  ASSERT_FALSE(wave.days.empty());
  EXPECT_EQ(wave.days.front().day, kFirst + 27);
  EXPECT_EQ(wave.days.front().observed, 5);
  ASSERT_FALSE(wave.usual_days.empty());
  EXPECT_EQ(wave.usual_days.back(), kFirst + 26);
}

TEST_F(JudgedDays, OneCountrysPacketsAreNewsFromAHundredthOfThePortOn) {
  for (const double packets : {900.0, 1100.0}) {
    days_.clear();
    for (std::int64_t day = 0; day < 30; ++day) {
      ask(day, 23, code("CN"), kNoTool, 1000, 100);
      ask(day, 23, code("MK"), kNoTool, 4, 10);
      packets_[kFirst + day] = 100'000;
    }
    ask(30, 23, code("CN"), kNoTool, 1000, 100);
    ask(30, 23, code("MK"), kNoTool, 1, packets);
    EXPECT_THAT(judged(31), SizeIs(packets > 1000 ? 1 : 0)) << packets << " packets of one source where 40 are usual, of 100,000";
  }
}

TEST_F(JudgedDays, WhatIsAsUsualIsNoWave) {
  usual(60);
  ask_always(0, 60, 8080, code("US"), kZmap, 7);
  EXPECT_THAT(judged(60), IsEmpty());
}

TEST_F(JudgedDays, AWaveOfManyCountriesIsOneWave) {
  usual(40);
  for (int i = 0; i < 40; ++i) {
    const char letters[3] = {static_cast<char>('C' + i / 20), static_cast<char>('A' + i % 20), 0};
    ask_days(28, 23, code(letters), kMirai, {3, 5, 5, 4, 3, 2, 0});
  }
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].population, population({}, {kMirai}));
  EXPECT_EQ(waves[0].peak, 20 + 40 * 5);
  EXPECT_EQ(waves[0].expected, 20);
}

TEST_F(JudgedDays, HostsOfCountriesWithOneEachAreSeenInThePortAsAWhole) {
  usual(40);
  for (int i = 0; i < 400; ++i) {
    const char letters[3] = {static_cast<char>('A' + i / 20), static_cast<char>('A' + i % 20), 0};
    ask_days(28, 7547, code(letters), kNoTool, {1, 1, 1, 1});
  }
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].port, 7547);
  EXPECT_TRUE(waves[0].population.everybody());
  EXPECT_EQ(waves[0].peak, 400);
}

TEST_F(JudgedDays, TwoToolsAtOnePortAreTwoWaves) {
  usual(40);
  ask_days(28, 23, code("AR"), kMirai, {80, 200, 150, 80, 0});
  ask_days(28, 23, code("US"), kZmap, {90, 120, 110, 100, 0});
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(2));
  std::set<Tool> tools;
  for (const Wave& wave : waves) {
    ASSERT_THAT(wave.population.tools, SizeIs(1));
    tools.insert(wave.population.tools[0]);
    EXPECT_THAT(wave.population.countries, ElementsAre(wave.population.tools[0] == kMirai ? code("AR") : code("US")));
  }
  EXPECT_THAT(tools, ElementsAre(kMirai, kZmap));
  EXPECT_NE(waves[0].group, waves[1].group);
}

TEST_F(JudgedDays, ACountryThatComesLaterIsAnotherWave) {
  usual(50);
  ask_always(28, 50, 23, code("AR"), kMirai, 200);
  ask_always(34, 50, 23, code("CO"), kMirai, 100);
  const auto waves = judged(50);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_EQ(waves[0].population, population({code("AR")}, {kMirai}));
  EXPECT_EQ(waves[1].population, population({code("CO")}, {kMirai}));
  EXPECT_EQ(waves[1].onset_day, kFirst + 34);
  EXPECT_EQ(waves[1].peak, 100);
  EXPECT_EQ(waves[0].peak, 200);
  EXPECT_NE(waves[0].group, waves[1].group);
}

TEST_F(JudgedDays, ACountryThatGrowsAsTheWaveGrowsIsAPartOfIt) {
  usual(50);
  ask_days(28, 23, code("AR"), kMirai, {20, 20, 20, 200, 400, 400, 300});
  ask_days(28, 23, code("CO"), kMirai, {2, 2, 2, 20, 40, 40, 30});
  const auto waves = judged(50);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_THAT(waves[0].population.countries, UnorderedElementsAre(code("AR"), code("CO")));
  EXPECT_THAT(waves[0].population.tools, ElementsAre(kMirai));
  EXPECT_EQ(waves[0].born.countries, std::vector<CountryCode>{code("AR")});
}

TEST_F(JudgedDays, ASecondWaveOfTheSameCountriesIsASurgeOfTheFirst) {
  usual(60);
  ask_days(28, 23, code("AR"), kMirai, {200, 200, 150, 100, 60, 60, 60, 60, 180, 190, 150, 80, 30, 0});
  const auto waves = judged(60);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_THAT(waves[0].surge_days, ElementsAre(kFirst + 36));
  EXPECT_EQ(waves[0].peak_day, kFirst + 28);
  // A tenth of 200 is 20: on the day after the one with 30 it is over.
  EXPECT_EQ(waves[0].end_day, kFirst + 41);
}

TEST_F(JudgedDays, ASecondWaveOfOthersIsAnother) {
  usual(60);
  ask_days(28, 23, code("AR"), kMirai, {200, 200, 150, 100, 60, 60, 60, 60, 60, 50, 40, 30, 20, 0});
  ask_days(36, 23, code("JP"), kMirai, {120, 130, 120, 80, 30, 0});
  const auto waves = judged(60);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_THAT(waves[0].surge_days, IsEmpty());
  EXPECT_EQ(waves[0].population.countries, std::vector<CountryCode>{code("AR")});
  EXPECT_EQ(waves[1].population.countries, std::vector<CountryCode>{code("JP")});
  EXPECT_EQ(waves[1].first_day, kFirst + 36);
}

TEST_F(JudgedDays, WhatComesBackAfterItWasOverIsAnotherWaveAgainstTheSameUsual) {
  usual(70);
  ask_days(28, 23, code("AR"), kMirai, {200, 200, 100, 0});
  ask_days(45, 23, code("AR"), kMirai, {150, 100, 0});
  const auto waves = judged(70);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_TRUE(waves[0].closed);
  EXPECT_EQ(waves[0].end_day, kFirst + 31);
  EXPECT_EQ(waves[1].first_day, kFirst + 45);
  EXPECT_LT(waves[1].expected, 1);
  EXPECT_THAT(waves[1].usual_days, ::testing::Not(::testing::Contains(kFirst + 29)));
}

TEST_F(JudgedDays, AWaveThatStaysForTwoWeeksIsTheUsualLevel) {
  usual(90);
  ask_always(28, 50, 23, code("AR"), kMirai, 200);
  ask_always(50, 55, 23, code("AR"), kMirai, 240);
  ask_always(55, 65, 23, code("AR"), kMirai, 500);
  ask_always(65, 90, 23, code("AR"), kMirai, 1100);
  const auto waves = judged(90);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_FALSE(waves[0].end_day);
  EXPECT_FALSE(waves[0].closed);
  // 240 are 1.2 times the level that is usual by now; 500 are 2.5 times of it.
  // That they stay is told once, though it takes two weeks until they are usual; another step above them is news.
  EXPECT_THAT(waves[0].surge_days, ElementsAre(kFirst + 55, kFirst + 65));
  // What the wave adds is still told by the level before it.
  EXPECT_LT(waves[0].expected, 1);
  EXPECT_EQ(waves[0].peak, 1100);
}

TEST_F(JudgedDays, WhileAWaveIsNewItsLevelIsNotUsual) {
  usual(45);
  ask_always(28, 33, 23, code("AR"), kMirai, 200);
  ask_always(33, 45, 23, code("AR"), kMirai, 500);
  const auto waves = judged(41);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_THAT(waves[0].surge_days, IsEmpty());
  EXPECT_EQ(waves[0].peak_day, kFirst + 33);
}

TEST_F(JudgedDays, AfterAnOutageAWaveHasNotRisenAgain) {
  usual(60);
  ask_always(28, 36, 23, code("AR"), kMirai, 600);
  ask(36, 23, code("AR"), kMirai, 300);
  exposures_[kFirst + 36] = {.address_days = 32, .coverage = 0.5, .trouble = false};
  ask_always(37, 60, 23, code("AR"), kMirai, 600);
  const auto waves = judged(60);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_THAT(waves[0].surge_days, IsEmpty());
}

TEST_F(JudgedDays, AWaveThatRoseAgainAndStaysRoseOnce) {
  usual(60);
  ask_always(28, 33, 23, code("AR"), kMirai, 800);
  ask_always(33, 38, 23, code("AR"), kMirai, 300);
  ask_always(38, 60, 23, code("AR"), kMirai, 610);
  const auto waves = judged(60);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_THAT(waves[0].surge_days, ElementsAre(kFirst + 38));
}

TEST_F(JudgedDays, TheTailOfAWaveBeginsNothing) {
  usual(80);
  ask_days(28, 23, code("AR"), kMirai,
           {200, 150, 110, 80, 60, 44, 33, 25, 20, 14, 18, 11, 15, 9, 12, 8, 10, 6, 9, 4, 8, 5, 3, 4, 2, 2, 3, 2});
  const auto waves = judged(80);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_TRUE(waves[0].closed);
  EXPECT_THAT(waves[0].surge_days, IsEmpty());
}

TEST_F(JudgedDays, PacketsOfOneSourceAreAWaveOfPackets) {
  ask_always(0, 40, 1433, code("CN"), kNoTool, 15);
  ask_always(0, 40, 1433, code("US"), kNoTool, 5);
  ask(30, 1433, code("CN"), kNoTool, 1, 8000);
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].metric, Metric::packets);
  EXPECT_EQ(waves[0].population.countries, std::vector<CountryCode>{code("CN")});
  EXPECT_EQ(waves[0].first_day, kFirst + 30);
  EXPECT_EQ(waves[0].onset_day, kFirst + 30);
  EXPECT_EQ(waves[0].end_day, kFirst + 31);
  EXPECT_EQ(waves[0].peak, 8015);
  const auto at_peak = std::find_if(waves[0].days.begin(), waves[0].days.end(), [](const WaveDay& one) { return one.day == kFirst + 30; });
  ASSERT_NE(at_peak, waves[0].days.end());
  EXPECT_EQ(at_peak->largest, 8000);
}

TEST_F(JudgedDays, PacketsThatDoNotMatterInTheDayAreNoRise) {
  ask_always(0, 40, 1433, code("CN"), kNoTool, 15);
  ask(30, 1433, code("CN"), kNoTool, 1, 400);
  // 400 are less than a two-thousandth of a million.
  for (std::int64_t day = 0; day < 40; ++day) packets_[kFirst + day] = 1'000'000;
  EXPECT_THAT(judged(40), IsEmpty());
  for (auto& [day, packets] : packets_) packets = 100'000;
  EXPECT_THAT(judged(40), SizeIs(1));
}

TEST_F(JudgedDays, PacketsOfHostsThatRoseAreNoWaveBesides) {
  usual(40);
  for (std::int64_t day = 28; day < 34; ++day) ask(day, 23, code("AR"), kMirai, 200, 30);
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].metric, Metric::hosts);
}

TEST_F(JudgedDays, TwoPortsOfTheSameHostsAreOneGroup) {
  usual(40);
  for (const std::uint16_t port : {23, 2323}) {
    const double share = port == 23 ? 1 : 0.3;
    ask_days(28, port, code("AR"), kMirai, {60 * share, 200 * share, 150 * share});
    ask_days(28, port, code("CO"), kMirai, {40 * share, 150 * share, 120 * share});
  }
  ask_days(28, 445, code("CN"), kNoTool, {60, 200, 150});
  ask_days(28, 22, code("JP"), kMirai, {60, 200, 150});
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(4));
  std::map<std::uint16_t, std::size_t> group;
  for (const Wave& wave : waves) group[wave.port] = wave.group;
  EXPECT_EQ(group[23], group[2323]);
  EXPECT_NE(group[23], group[445]);
  EXPECT_NE(group[23], group[22]);
  EXPECT_NE(group[445], group[22]);
}

TEST_F(JudgedDays, ThreeDaysApartTwoPortsAreTwoGroupsUnlessTheFirstSurgedThen) {
  usual(60);
  ask_always(28, 45, 23, code("AR"), kMirai, 200);
  ask_always(30, 45, 2323, code("AR"), kMirai, 60);
  ask_always(31, 45, 5555, code("AR"), kMirai, 60);
  const auto waves = judged(45);
  ASSERT_THAT(waves, SizeIs(3));
  EXPECT_EQ(waves[0].group, waves[1].group);
  EXPECT_EQ(waves[2].port, 5555);
  // The nearest wave is that of 2323, a day before.
  EXPECT_EQ(waves[2].group, waves[1].group);

  days_.clear();
  usual(60);
  ask_always(28, 45, 23, code("AR"), kMirai, 200);
  ask_always(31, 45, 2323, code("AR"), kMirai, 60);
  const auto apart = judged(45);
  ASSERT_THAT(apart, SizeIs(2));
  EXPECT_NE(apart[0].group, apart[1].group);

  days_.clear();
  usual(60);
  ask_days(28, 23, code("AR"), kMirai, {200, 150, 100, 60, 50, 50, 50, 50, 180, 170, 160, 150, 100});
  ask_days(37, 2323, code("AR"), kMirai, {60, 55, 50, 40, 30});
  const auto surged = judged(45);
  ASSERT_THAT(surged, SizeIs(2));
  EXPECT_EQ(surged[0].group, surged[1].group);
}

TEST_F(JudgedDays, ADayInTroubleIsNotJudgedAndNotUsual) {
  usual(40);
  ask(30, 23, code("AR"), kMirai, 500);
  exposures_[kFirst + 30] = {.address_days = 64, .coverage = 1, .trouble = true};
  EXPECT_THAT(judged(40), IsEmpty());
  // It hides no rise of the days after it either.
  ask_days(31, 23, code("AR"), kMirai, {60, 80, 0});
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].first_day, kFirst + 31);
  EXPECT_LT(waves[0].expected, 1);
  EXPECT_THAT(waves[0].usual_days, ::testing::Not(::testing::Contains(kFirst + 30)));
}

TEST_F(JudgedDays, ALargerDarknetIsNoRise) {
  usual(60);
  for (std::int64_t day = 30; day < 60; ++day) {
    ask(day, 23, code("BR"), kMirai, 60);
    ask(day, 23, code("CN"), kNoTool, 90);
    exposures_[kFirst + day] = {.address_days = 256, .coverage = 1, .trouble = false};
  }
  EXPECT_THAT(judged(60), IsEmpty());
  // Of 64 addresses the same hosts are one.
  for (auto& [day, exposure] : exposures_) exposure.address_days = 64;
  EXPECT_FALSE(judged(60).empty());
}

TEST_F(JudgedDays, HistoryIsComparedWithButNotJudged) {
  usual(40);
  ask_days(20, 23, code("AR"), kMirai, {200, 200, 0});
  ask_days(35, 23, code("AR"), kMirai, {300, 200, 0});
  Judge judge = judge_for(40);
  for (std::int64_t day = 0; day < 40; ++day) judge.day(kFirst + day, rows_of(day), day >= 30);
  ASSERT_THAT(judge.waves(), SizeIs(1));
  EXPECT_EQ(judge.waves()[0].first_day, kFirst + 35);
  EXPECT_EQ(judge.waves()[0].usual_days.front(), kFirst + 7);
}

// ------------------------------------------------------------------------------------------------------------ in parts

/// Noise and waves at some ports: days that come and go, of the same and of other countries, one sensor's trouble among them.
class RandomDays : public JudgedDays, public ::testing::WithParamInterface<unsigned> {
 protected:
  static constexpr std::int64_t kDays = 130;

  void SetUp() override {
    std::mt19937_64 random(GetParam());
    const auto below = [&](std::uint64_t most) { return static_cast<std::int64_t>(random() % most); };
    const CountryCode countries[] = {code("AR"), code("BR"), code("CN"), code("CO"), code("JP"), code("VN"), 0};
    const Tool tools[] = {kMirai, kZmap, kNoTool};
    const std::uint16_t ports[] = {23, 2323, 445, 5555, 8291};
    for (std::int64_t day = 0; day < kDays; ++day) {
      for (const std::uint16_t port : ports) {
        for (const CountryCode country : countries)
          for (const Tool tool : tools)
            ask(day, port, country, tool, static_cast<double>(below(port == 23 ? 12 : 4)), 1.0 + static_cast<double>(below(3)));
      }
      if (below(25) == 0) exposures_[kFirst + day] = {.address_days = 64, .coverage = 0.2, .trouble = true};
    }
    for (int wave = 0; wave < 22; ++wave) {
      const std::int64_t begin = 5 + below(kDays - 10), length = 2 + below(40);
      const std::uint16_t port = ports[below(5)];
      const std::uint16_t besides = below(2) == 0 ? ports[below(5)] : port;
      const CountryCode country = countries[below(7)];
      const Tool tool = tools[below(3)];
      const double most = 30 + static_cast<double>(below(300));
      const bool all = below(5) == 0;
      for (std::int64_t day = begin; day < std::min(begin + length, kDays); ++day) {
        const double left =
            most * (1 - static_cast<double>(day - begin) / static_cast<double>(length)) * (0.8 + 0.004 * static_cast<double>(below(100)));
        for (const CountryCode one : countries) {
          if (!all && one != country) continue;
          ask(day, port, one, tool, std::floor(left));
          if (besides != port) ask(day, besides, one, tool, std::floor(left / 3));
        }
      }
      if (wave % 5 == 0) ask(begin, port, country, tool, 1, 3000);
    }
  }
  /// All that is known of the waves. Groups are numbered by their first wave: which waves share one matters, not its number.
  static std::string text(std::vector<Wave> waves) {
    std::map<std::size_t, std::size_t> numbers;
    for (Wave& wave : waves) wave.group = numbers.try_emplace(wave.group, numbers.size()).first->second;
    JudgeState state;
    state.waves = std::move(waves);
    return judge_state_text(state);
  }
};

TEST_P(RandomDays, JudgedInPartsTheWavesAreThoseOfJudgingInOneGo) {
  const std::vector<Wave> whole = judged(kDays);
  // Enough to be a test: waves that go on, that are over, of several ports, and of packets.
  EXPECT_GT(whole.size(), 10U);
  EXPECT_TRUE(std::any_of(whole.begin(), whole.end(), [](const Wave& wave) { return wave.closed; }));
  for (const std::int64_t part : {1, 6, 20, 33, 47, 61, 75, 99, 120, 129}) {
    const std::vector<Wave> parts = judged_in_parts(kDays, part);
    EXPECT_EQ(text(parts), text(whole)) << "judged anew from day " << part;
  }
}

TEST_P(RandomDays, JudgedDayByDayTheWavesAreThoseOfJudgingInOneGo) {
  std::vector<Wave> waves;
  for (std::int64_t today = 0; today < kDays; ++today) {
    Judge judge = judge_for(kDays);
    judge.resume(std::move(waves));
    for (std::int64_t day = std::max<std::int64_t>(0, today - 60); day < today; ++day) judge.day(kFirst + day, rows_of(day), false);
    judge.day(kFirst + today, rows_of(today), true);
    waves = judge.waves();
  }
  EXPECT_EQ(text(waves), text(judged(kDays)));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDays, ::testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace nightjar
