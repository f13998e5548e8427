#include "base/time.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

// Seconds of the dates below are from `date -u -d ... +%s`.
constexpr std::int64_t kNovember23 = 1'511'395'200;

TEST(Time, WindowsAreWholeNumbersOfTheirUnit) {
  const std::int64_t time = (kNovember23 + 5 * 3600 + 59) * kNanosPerSecond + 999'999'999;
  EXPECT_EQ(second_of(time), kNovember23 + 5 * 3600 + 59);
  EXPECT_EQ(minute_of(time), (kNovember23 + 5 * 3600) / 60);
  EXPECT_EQ(hour_of(time), kNovember23 / 3600 + 5);
  EXPECT_EQ(day_of(time), kNovember23 / 86'400);
}

TEST(Time, BeforeThe1970sAWindowStillBeginsBeforeItsTimes) {
  EXPECT_EQ(second_of(-1), -1);
  EXPECT_EQ(minute_of(-1), -1);
  EXPECT_EQ(hour_of(-1), -1);
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(-86'400 * kNanosPerSecond), -1);
  EXPECT_EQ(day_of(-86'400 * kNanosPerSecond - 1), -2);
}

TEST(Time, DaysAndDatesAgree) {
  EXPECT_EQ(days_from_date(1970, 1, 1), 0);
  EXPECT_EQ(days_from_date(2017, 11, 23), kNovember23 / 86'400);
  EXPECT_EQ(days_from_date(2038, 1, 19), 24'855);  // the day 32-bit seconds end
  EXPECT_EQ(days_from_date(1969, 12, 31), -1);
  const Date leap = date_from_days(days_from_date(2016, 2, 28) + 1);
  EXPECT_EQ(leap.month, 2);
  EXPECT_EQ(leap.day, 29);
}

TEST(Time, IsWrittenAsIso8601InUtc) {
  EXPECT_EQ(format_day(kNovember23 / 86'400), "2017-11-23");
  EXPECT_EQ(format_day(-1), "1969-12-31");
  EXPECT_EQ(format_second(kNovember23 + 5 * 3600), "2017-11-23T05:00:00Z");
  EXPECT_EQ(format_second(4'102'444'799), "2099-12-31T23:59:59Z");
}

TEST(Time, ShowsNanosecondsOnlyWhereThereAreAny) {
  const std::int64_t midnight = kNovember23 * kNanosPerSecond;
  EXPECT_EQ(format_time(midnight + 123'456'000), "2017-11-23T00:00:00.123456Z");
  EXPECT_EQ(format_time(midnight + 123'456'789), "2017-11-23T00:00:00.123456789Z");
  EXPECT_EQ(format_time(midnight), "2017-11-23T00:00:00.000000Z");
  EXPECT_EQ(format_time(-1), "1969-12-31T23:59:59.999999999Z");
}

TEST(Time, ADayIsReadBack) {
  ASSERT_TRUE(parse_day("2017-11-23"));
  EXPECT_EQ(*parse_day("2017-11-23"), kNovember23 / 86'400);
  EXPECT_EQ(*parse_day("2016-02-29"), 16'860);
}

TEST(Time, WhatIsNoDateIsRefusedWithAnExample) {
  for (const char* text :
       {"", "2017-11-31", "2017-02-29", "2017-13-01", "2017-1-1", "23.11.2017", "2017/11/23", "2017-11-23 ", "-017-11-23", "2017-11-2x"}) {
    const auto day = parse_day(text);
    ASSERT_FALSE(day) << text;
    EXPECT_NE(day.error().sentence.find("write it like 2017-11-23"), std::string::npos) << day.error().sentence;
  }
}

TEST(Time, NowIsInThisCentury) {
  EXPECT_GT(now_ns(), kNovember23 * kNanosPerSecond);
  EXPECT_LT(now_ns(), 4'102'444'800 * kNanosPerSecond);
}

}  // namespace
}  // namespace nightjar
