#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "judge/judged_days.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr int kCountries = 40;

CountryCode nth(int n) {
  const char letters[3] = {static_cast<char>('C' + n / 20), static_cast<char>('A' + n % 20), 0};
  return code(letters);
}

/// A wave of a tool from forty countries, so many hosts of each a day; then what one country does besides.
class Newcomers : public JudgedDays {
 protected:
  static constexpr std::int64_t kBegin = 28, kEnd = 50;

  void SetUp() override { usual(kEnd); }
  void world(const std::vector<double>& each, Tool tool = kMirai) {
    for (int n = 0; n < kCountries; ++n) ask_days(kBegin, 23, nth(n), tool, each);
  }
};

TEST_F(Newcomers, ANewCountryInsideAWorldwideWaveIsAnotherWave) {
  world({3, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3});
  ask_days(34, 23, code("JP"), kMirai, {120, 150, 140, 90, 40, 10});
  const auto waves = judged(kEnd);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_EQ(waves[0].population, population({}, {kMirai}));
  EXPECT_THAT(waves[0].surge_days, IsEmpty());
  EXPECT_EQ(waves[0].peak, 20 + 40 * 6);
  const Wave& second = waves[1];
  EXPECT_EQ(second.population, population({code("JP")}, {kMirai}));
  EXPECT_EQ(second.first_day, kFirst + 34);
  EXPECT_EQ(second.onset_day, kFirst + 34);
  EXPECT_EQ(second.peak_day, kFirst + 35);
  EXPECT_EQ(second.peak, 150);
  EXPECT_LT(second.expected, 2);
  EXPECT_NE(second.group, waves[0].group);
  // Days of the first wave are as usual as those before it: Japan was not in it.
  EXPECT_THAT(second.usual_days, Contains(kFirst + 32));
  // What the first wave still counts is without Japan.
  const auto day = std::find_if(waves[0].days.begin(), waves[0].days.end(), [](const WaveDay& one) { return one.day == kFirst + 35; });
  ASSERT_NE(day, waves[0].days.end());
  EXPECT_EQ(day->observed, 20 + 40 * 4);
}

TEST_F(Newcomers, ACountryThatLeapsBeyondItsPartOfTheWaveIsAnotherWave) {
  world({3, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3});
  ask_days(kBegin, 23, code("JP"), kMirai, {6, 12, 12, 12, 10, 10, 110, 120, 100, 60, 20, 6});
  const auto waves = judged(kEnd);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_EQ(waves[1].population, population({code("JP")}, {kMirai}));
  EXPECT_EQ(waves[1].first_day, kFirst + 34);
  // Its part of the first wave is usual for it: about ten hosts.
  EXPECT_NEAR(waves[1].expected, 10, 3);
}

TEST_F(Newcomers, OfEverybodysWaveACountryIsAnotherToo) {
  // Hosts of countries with one each count in the port as a whole only.
  for (int n = 0; n < 400; ++n) {
    const char letters[3] = {static_cast<char>('F' + n / 20), static_cast<char>('A' + n % 20), 0};
    ask_days(kBegin, 8080, code(letters), kNoTool, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
  }
  ask_days(34, 8080, code("JP"), kMirai, {90, 120, 100, 50});
  auto waves = judged(kEnd);
  std::erase_if(waves, [](const Wave& wave) { return wave.port != 8080; });
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_TRUE(waves[0].population.everybody());
  EXPECT_EQ(waves[0].peak, 400);
  EXPECT_THAT(waves[0].surge_days, IsEmpty());
  EXPECT_EQ(waves[1].population, population({code("JP")}, {kMirai}));
  EXPECT_EQ(waves[1].peak, 120);
}

TEST_F(Newcomers, TheWavesOwnGrowthIsNone) {
  world({2, 3, 4, 6, 9, 14, 20, 25, 25, 20, 15, 10, 5});
  ask_days(kBegin, 23, code("JP"), kMirai, {6, 9, 12, 18, 27, 42, 60, 75, 75, 60, 45, 30, 15});
  EXPECT_THAT(judged(kEnd), SizeIs(1));
}

TEST_F(Newcomers, ASecondWaveFromAllCountriesIsASurge) {
  world({5, 10, 10, 8, 6, 4, 4, 4, 9, 9, 8, 6, 3});
  const auto waves = judged(kEnd);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_THAT(waves[0].surge_days, ElementsAre(kFirst + 36));
}

TEST_F(Newcomers, AWaveOfCountriesThatSpreadsOverAPortNobodyAskedIsOneWave) {
  // 37215/TCP in 2017: Egypt and Colombia first, everybody twelve days later.
  ask_always(0, 60, 37215, code("CN"), kNoTool, 3);
  for (std::int64_t day = 28; day < 60; ++day) {
    ask(day, 37215, code("EG"), kMirai, 300);
    ask(day, 37215, code("CO"), kMirai, 200);
    for (int n = 0; n < 60 && day >= 40; ++n) {
      const char letters[3] = {static_cast<char>('F' + n / 20), static_cast<char>('A' + n % 20), 0};
      ask(day, 37215, code(letters), kMirai, 50);
    }
  }
  const auto waves = judged(60);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].first_day, kFirst + 28);
  EXPECT_THAT(waves[0].surge_days, SizeIs(1));
}

TEST_F(Newcomers, AtAPortThatBotsAlwaysAskItIsAnother) {
  ask_always(0, 60, 23, code("BR"), kMirai, 1000);
  for (std::int64_t day = 28; day < 60; ++day) {
    ask(day, 23, code("EG"), kMirai, 300);
    ask(day, 23, code("CO"), kMirai, 200);
    for (int n = 0; n < 60 && day >= 40; ++n) {
      const char letters[3] = {static_cast<char>('F' + n / 20), static_cast<char>('A' + n % 20), 0};
      ask(day, 23, code(letters), kMirai, 50);
    }
  }
  EXPECT_THAT(judged(60), SizeIs(2));
}

TEST_F(Newcomers, ASurgeOfAWaveThatIsUsualByNowIsNotTheWholePortsRiseBesides) {
  // 37215/TCP again: twelve days after its beginning the wave surges for four days, so its own two weeks are over meanwhile.
  ask_always(0, 60, 37215, code("CN"), kNoTool, 3);
  for (std::int64_t day = 28; day < 60; ++day) {
    const double times = day >= 40 && day < 45 ? 8 : 1;
    ask(day, 37215, code("EG"), kMirai, 200 * times);
    for (int n = 0; n < 60; ++n) {
      const char letters[3] = {static_cast<char>('F' + n / 20), static_cast<char>('A' + n % 20), 0};
      ask(day, 37215, code(letters), kMirai, 3 * times);
    }
  }
  EXPECT_THAT(judged(60), SizeIs(1));
}

TEST_F(Newcomers, OfAWaveThatSurgesInAllCountriesTheOneThatGrowsMostIsNone) {
  usual(60);
  for (std::int64_t day = 28; day < 60; ++day) {
    const double times = day >= 38 ? 20 : 1;
    for (int n = 0; n < 20; ++n) {
      const char letters[3] = {'F', static_cast<char>('A' + n), 0};
      ask(day, 23, code(letters), kMirai, 5 * times);
    }
    // Hardly one of it was seen before the surge; now it is the largest.
    if (day >= 38) ask(day, 23, code("EC"), kMirai, 300);
  }
  EXPECT_THAT(judged(60), SizeIs(1));
}

TEST_F(Newcomers, ACountryThatStaysWhereOthersLeaveIsNone) {
  world({10, 20, 18, 12, 8, 4, 2, 2, 2});
  ask_days(kBegin, 23, code("JP"), kMirai, {20, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40});
  EXPECT_THAT(judged(kEnd), SizeIs(1));
}

TEST_F(Newcomers, SeveralNewCountriesAreOneWave) {
  world({3, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3});
  ask_days(34, 23, code("JP"), kMirai, {60, 90, 80, 60});
  ask_days(34, 23, code("KR"), kMirai, {50, 70, 60, 50});
  // It is noticed on the day after, and was there before.
  ask_days(34, 23, code("TW"), kMirai, {5, 40, 40, 30});
  const auto waves = judged(kEnd);
  ASSERT_THAT(waves, SizeIs(2));
  EXPECT_THAT(waves[1].population.countries, UnorderedElementsAre(code("JP"), code("KR"), code("TW")));
}

TEST_F(Newcomers, AFewHostsMoreAreNone) {
  world({3, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3});
  ask_days(34, 23, code("JP"), kMirai, {7, 7, 7, 7});
  EXPECT_THAT(judged(kEnd), SizeIs(1));
}

TEST_F(Newcomers, JudgedInPartsTheyAreTheSame) {
  world({3, 6, 6, 6, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3});
  ask_days(34, 23, code("JP"), kMirai, {60, 90, 80, 60, 40, 20, 10});
  ask_days(35, 23, code("KR"), kMirai, {50, 70, 60, 50});
  const auto text = [](std::vector<Wave> waves) {
    JudgeState state;
    state.waves = std::move(waves);
    return judge_state_text(state);
  };
  const std::string whole = text(judged(kEnd));
  EXPECT_THAT(judged(kEnd), SizeIs(2));
  for (std::int64_t part = kBegin; part < kEnd; ++part) EXPECT_EQ(text(judged_in_parts(kEnd, part)), whole) << "from day " << part;
}

/// Waves of the world that nothing happens in: drawn counts, countries of all sizes, each some hours earlier or later than others.
class RandomWorlds : public JudgedDays, public ::testing::WithParamInterface<unsigned> {};

TEST_P(RandomWorlds, AreOneWaveEach) {
  std::mt19937_64 random(GetParam());
  const auto between = [&](double least, double most) { return std::uniform_real_distribution<double>(least, most)(random); };
  usual(60);
  const double growth = between(0.5, 4), decay = between(4, 12);
  for (int n = 0; n < 80; ++n) {
    const double size = std::exp(between(0, 4)), late = between(0, 1), its_decay = decay * between(0.8, 1.25);
    for (std::int64_t day = 28; day < 60; ++day) {
      const double since = static_cast<double>(day - 28) + 1 - late;
      const double mean = size * std::min(1.0, since / growth) * std::exp(-std::max(0.0, since - growth) / its_decay) * between(0.85, 1.15);
      const char letters[3] = {static_cast<char>('C' + n / 20), static_cast<char>('A' + n % 20), 0};
      ask(day, 23, code(letters), kMirai, std::poisson_distribution<int>(mean)(random));
    }
  }
  EXPECT_THAT(judged(60), SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWorlds, ::testing::Range(1U, 31U));

// ------------------------------------------------------------------------------------------------------ who is told of

TEST_F(JudgedDays, ARiseIsNotToldOfACountryThatIsNoRiseByItself) {
  // Ten hosts are a rise; seven of them are of one country, and three of others.
  ask(30, 8080, code("US"), kNoTool, 7);
  for (const CountryCode country : {code("CN"), code("DE"), code("FR")}) ask(30, 8080, country, kNoTool, 1);
  ask_always(0, 40, 23, code("BR"), kMirai, 20);
  EXPECT_THAT(judged(40), IsEmpty());
}

TEST_F(JudgedDays, OfACountryWithLittleOfTheRiseTheWholeIsTold) {
  for (int n = 0; n < 400; ++n) {
    const char letters[3] = {static_cast<char>('A' + n / 20), static_cast<char>('A' + n % 20), 0};
    ask_days(28, 7547, code(letters), kNoTool, {1, 1, 1, 1});
  }
  ask_days(28, 7547, code("ZZ"), kNoTool, {3, 3, 3, 3});
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_TRUE(waves[0].population.everybody());
  EXPECT_EQ(waves[0].peak, 403);
}

TEST_F(JudgedDays, CountriesAreNamedWhereTheyAreMostOfTheRise) {
  ask_days(28, 8080, code("US"), kZmap, {3, 3, 0});
  for (const CountryCode country : {code("CN"), code("DE"), code("FR"), code("GB")}) ask_days(28, 8080, country, kZmap, {2, 2, 0});
  const auto waves = judged(40);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].population, population({}, {kZmap}));
  EXPECT_EQ(waves[0].peak, 11);
}

}  // namespace
}  // namespace nightjar
