#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "judge/judged_days.hpp"

namespace nightjar {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(JudgedDays, OfTheFirstDayNothingIsSaid) {
  ask(0, 23, code("AR"), kMirai, 5000);
  EXPECT_THAT(judged(1), IsEmpty());
}

TEST_F(JudgedDays, ARiseOfTheSecondDayIsFoundOnIt) {
  usual(12);
  ask_days(1, 23, code("AR"), kMirai, {300, 500, 400, 350, 300, 250, 100, 20, 0});
  EXPECT_THAT(judged(2), SizeIs(1));
  const auto waves = judged(12);
  ASSERT_THAT(waves, SizeIs(1));
  EXPECT_EQ(waves[0].population, population({code("AR")}, {kMirai}));
  EXPECT_EQ(waves[0].first_day, kFirst + 1);
  EXPECT_EQ(waves[0].peak, 500);
  EXPECT_LT(waves[0].expected, 1);
  EXPECT_THAT(waves[0].usual_days, ElementsAre(kFirst));
  EXPECT_EQ(waves[0].end_day, kFirst + 8);
}

TEST_F(JudgedDays, ByOneDayTheRangeIsWider) {
  // Figures of docs/definitions.md, "Few days": by one day 16, 82 and 2,800 hosts, by four weeks 10, 64 and 1,900.
  struct Case {
    double usual, none, rise;
    std::int64_t days;
  };
  for (const Case& one :
       {Case{0, 14, 17, 1}, {20, 78, 86, 1}, {1000, 2650, 2950, 1}, {0, 9, 11, 28}, {20, 60, 68, 28}, {1000, 1800, 2000, 28}}) {
    for (const bool risen : {false, true}) {
      days_.clear();
      ask_always(0, one.days, 23, code("BR"), kMirai, one.usual);
      ask(one.days, 23, code("BR"), kMirai, risen ? one.rise : one.none);
      EXPECT_EQ(judged(one.days + 1).size(), risen ? 1U : 0U) << one.usual << " hosts on " << one.days << " days";
    }
  }
}

/// First weeks of a darknet in which nothing happens: drawn counts, a third more from Monday to Friday, whatever day is the first.
class FirstWeeks : public JudgedDays, public ::testing::WithParamInterface<unsigned> {};

TEST_P(FirstWeeks, AreQuiet) {
  std::mt19937_64 random(GetParam());
  const CountryCode countries[] = {code("AR"), code("BR"), code("CN"), code("JP"), code("US"), code("VN")};
  for (std::uint16_t port = 1; port <= 40; ++port) {
    const double size = std::exp(std::uniform_real_distribution<double>(-2, 6)(random));
    for (std::int64_t day = 0; day < 8; ++day) {
      const double of_week = (day + GetParam()) % 7 < 5 ? 1.33 : 1;
      for (const CountryCode country : countries) {
        for (const Tool tool : {kMirai, kNoTool}) ask(day, port, country, tool, std::poisson_distribution<int>(size * of_week)(random));
      }
    }
  }
  EXPECT_THAT(judged(8), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, FirstWeeks, ::testing::Range(1U, 29U));

}  // namespace
}  // namespace nightjar
