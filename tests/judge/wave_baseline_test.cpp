// Days are told by their number; all are watched by 64 addresses.
#include "judge/wave_baseline.hpp"

#include <gmock/gmock.h>

namespace nightjar {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Lt;
using ::testing::SizeIs;

constexpr Tool kMirai = 0, kHajime = 1;

class UndisturbedDays : public ::testing::Test {
 protected:
  UndisturbedDays() {
    for (std::int64_t day = 1; day <= 200; ++day) exposures_[day] = {.address_days = 64, .coverage = 1, .trouble = false};
  }
  /// A wave of a tool that has so many hosts on each day of [first, end), where 4 are usual.
  static Wave wave_of(Tool tool, std::int64_t first, std::int64_t end, double hosts = 100) {
    Wave wave;
    wave.port = 81;
    wave.population.tools = wave.born.tools = {tool};
    wave.first_day = wave.onset_day = wave.peak_day = first;
    wave.last_day = end - 1;
    for (std::int64_t day = first; day < end; ++day) {
      WaveDay one;
      one.day = day;
      one.observed = hosts;
      one.expected = 4;
      wave.days.push_back(one);
    }
    return wave;
  }
  /// The wave that is explained begins on day 100; it is compared with the 28 days before.
  static Wave explained() {
    Wave wave = wave_of(kHajime, 100, 110);
    for (std::int64_t day = 72; day < 100; ++day) wave.usual_days.push_back(day);
    return wave;
  }
  std::vector<std::int64_t> days(const std::vector<Wave>& waves) const { return undisturbed_days(waves.back(), waves, rules_, exposures_); }

  Rules rules_;
  std::map<std::int64_t, Exposure> exposures_;
};

TEST_F(UndisturbedDays, DaysOfAnEarlierWaveOfOthersAtThePortAreLeftOut) {
  EXPECT_THAT(days({wave_of(kMirai, 90, 97), explained()}),
              ElementsAre(72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 97, 98, 99));
}

TEST_F(UndisturbedDays, AWaveAtAnotherPortChangesNothing) {
  Wave elsewhere = wave_of(kMirai, 90, 97);
  elsewhere.port = 82;
  EXPECT_THAT(days({elsewhere, explained()}), SizeIs(28));
}

TEST_F(UndisturbedDays, DaysOnWhichAWaveHadHardlyAnythingLeftAreUsual) {
  // 4 are usual, with a deviation of some 2: 8 are no rise.
  EXPECT_THAT(days({wave_of(kMirai, 90, 97, 8), explained()}), SizeIs(28));
}

TEST_F(UndisturbedDays, AWaveThatWentOnForTwoWeeksIsUsualAndTheLastDaysHaveItsLevel) {
  EXPECT_THAT(days({wave_of(kMirai, 86, 120), explained()}), ElementsAre(93, 94, 95, 96, 97, 98, 99));
  // A day less, and it is not usual.
  EXPECT_THAT(days({wave_of(kMirai, 87, 120), explained()}), SizeIs(15));
}

TEST_F(UndisturbedDays, ALongWaveThatIsNearlyOverIsNotUsual) {
  // 9 left above the usual 4 of 96 at the peak, then 10: a tenth is 9.6.
  Wave dying = wave_of(kMirai, 75, 120);
  for (WaveDay& day : dying.days)
    if (day.day >= 98) day.observed = 13;
  EXPECT_THAT(days({dying, explained()}), ElementsAre(68, 69, 70, 71, 72, 73, 74));
  for (WaveDay& day : dying.days)
    if (day.day >= 98) day.observed = 14;
  EXPECT_THAT(days({dying, explained()}), ElementsAre(93, 94, 95, 96, 97, 98, 99));
}

TEST_F(UndisturbedDays, ALongWaveThatIsOverIsNot) {
  EXPECT_THAT(days({wave_of(kMirai, 75, 99), explained()}), Each(testing::AnyOf(Lt(75), Ge(99))));
}

TEST_F(UndisturbedDays, WhereFewAreLeftEarlierOnesAreTaken) {
  exposures_[70].trouble = true;
  EXPECT_THAT(days({wave_of(kMirai, 73, 98), explained()}), ElementsAre(67, 68, 69, 71, 72, 98, 99));
}

TEST_F(UndisturbedDays, WhereNoneIsLeftTheWavesOwnAreKept) {
  EXPECT_THAT(days({wave_of(kMirai, 30, 99),
                    [] {
                      Wave wave = explained();
                      wave.usual_days = {97, 98};
                      return wave;
                    }()}),
              ElementsAre(97, 98));
}

TEST_F(UndisturbedDays, AWaveThatWasFoundLaterIsNotKnownYet) {
  Wave later = wave_of(kMirai, 98, 110);
  later.first_day = 101;
  EXPECT_THAT(days({later, explained()}), SizeIs(28));
}

class DaysBetween : public UndisturbedDays {
 protected:
  /// Each of another incident.
  std::vector<std::int64_t> between(std::vector<Wave> waves) const {
    for (std::size_t i = 0; i < waves.size(); ++i) waves[i].group = i;
    return days_between(waves.back(), waves, exposures_);
  }
};

TEST_F(DaysBetween, AreTheLatestThatAnEarlierWaveOfThePortRaised) {
  EXPECT_THAT(between({wave_of(kMirai, 90, 105), explained()}), ElementsAre(97, 98, 99));
  // The day on which it began was not wholly one of it.
  EXPECT_THAT(between({wave_of(kMirai, 97, 105), explained()}), ElementsAre(98, 99));
  EXPECT_THAT(between({wave_of(kMirai, 99, 105), explained()}), IsEmpty());
}

TEST_F(DaysBetween, AreNoneWhereTheEarlierWaveIsOverOrElsewhere) {
  EXPECT_THAT(between({wave_of(kMirai, 80, 99), explained()}), IsEmpty());
  // 4 are usual, with a deviation of some 2: 8 are no rise.
  EXPECT_THAT(between({wave_of(kMirai, 90, 105, 8), explained()}), IsEmpty());
  Wave elsewhere = wave_of(kMirai, 90, 105);
  elsewhere.port = 82;
  EXPECT_THAT(between({elsewhere, explained()}), IsEmpty());
}

TEST_F(DaysBetween, WavesOfOneIncidentAreNoOthers) {
  const std::vector<Wave> waves = {wave_of(kMirai, 90, 105), explained()};
  EXPECT_THAT(days_between(waves.back(), waves, exposures_), IsEmpty());
}

TEST_F(DaysBetween, AreWatchedOnes) {
  exposures_[98].trouble = true;
  EXPECT_THAT(between({wave_of(kMirai, 90, 105), explained()}), ElementsAre(96, 97, 99));
  // After an outage of a week nothing is known of what the port had come to.
  for (std::int64_t day = 93; day < 100; ++day) exposures_[day].trouble = true;
  EXPECT_THAT(between({wave_of(kMirai, 90, 105), explained()}), IsEmpty());
}

TEST_F(UndisturbedDays, ANewPortHasNone) {
  Wave wave = explained();
  wave.usual_days.clear();
  EXPECT_THAT(days({wave_of(kMirai, 90, 97), wave}), IsEmpty());
}

}  // namespace
}  // namespace nightjar
