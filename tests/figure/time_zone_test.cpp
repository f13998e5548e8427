#include "figure/time_zone.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/time.hpp"

namespace nightjar {
namespace {

TimeZone zone(const std::string& name) {
  auto loaded = TimeZone::load(name);
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().sentence);
  return loaded ? *loaded : TimeZone();
}

/// Hours that a local day has.
std::int64_t hours_of(const TimeZone& zone, const std::string& day) {
  return zone.first_hour(*parse_day(day) + 1) - zone.first_hour(*parse_day(day));
}

std::string first_hour(const TimeZone& zone, const std::string& day) {
  return format_second(zone.first_hour(*parse_day(day)) * kSecondsPerHour);
}

TEST(TimeZone, UtcNeedsNoFile) {
  const auto utc = TimeZone::load("UTC", "/nowhere");
  ASSERT_TRUE(utc);
  EXPECT_EQ(first_hour(*utc, "2017-11-23"), "2017-11-23T00:00:00Z");
  EXPECT_EQ(hours_of(*utc, "2017-11-23"), 24);
}

TEST(TimeZone, ADayInTokyoBeginsAt15Utc) {
  const TimeZone tokyo = zone("Asia/Tokyo");
  EXPECT_EQ(tokyo.offset_at(*parse_day("2017-11-23") * kSecondsPerDay), 9 * 3600);
  EXPECT_EQ(first_hour(tokyo, "2017-11-23"), "2017-11-22T15:00:00Z");
  EXPECT_EQ(hours_of(tokyo, "2017-11-23"), 24);
  EXPECT_EQ(format_day(tokyo.day_at(*parse_day("2017-11-22") * kSecondsPerDay + 15 * 3600)), "2017-11-23");
  EXPECT_EQ(format_day(tokyo.day_at(*parse_day("2017-11-22") * kSecondsPerDay + 15 * 3600 - 1)), "2017-11-22");
}

// The clocks of New York changed on 2017-03-12 (to summer) and 2017-11-05 (back).
TEST(TimeZone, ADayOfAClockChangeHas23Or25Hours) {
  const TimeZone new_york = zone("America/New_York");
  EXPECT_EQ(hours_of(new_york, "2017-03-11"), 24);
  EXPECT_EQ(hours_of(new_york, "2017-03-12"), 23);
  EXPECT_EQ(hours_of(new_york, "2017-03-13"), 24);
  EXPECT_EQ(hours_of(new_york, "2017-11-05"), 25);
  EXPECT_EQ(first_hour(new_york, "2017-03-12"), "2017-03-12T05:00:00Z");
  EXPECT_EQ(first_hour(new_york, "2017-03-13"), "2017-03-13T04:00:00Z");
}

TEST(TimeZone, KnowsTheRuleAfterTheLastListedChange) {
  const TimeZone new_york = zone("America/New_York");
  // Second Sunday of March 2060 is the 14th, first of November the 7th.
  EXPECT_EQ(hours_of(new_york, "2060-03-14"), 23);
  EXPECT_EQ(hours_of(new_york, "2060-11-07"), 25);
  EXPECT_EQ(hours_of(zone("Australia/Sydney"), "2060-04-04"), 25);
  EXPECT_EQ(zone("Australia/Sydney").offset_at(*parse_day("2060-01-10") * kSecondsPerDay), 11 * 3600);
}

TEST(TimeZone, ADayThatAZoneSkippedHasNoHours) {
  // Samoa went from one side of the date line to the other: there was no 30 December 2011.
  const TimeZone apia = zone("Pacific/Apia");
  EXPECT_EQ(hours_of(apia, "2011-12-30"), 0);
  EXPECT_EQ(hours_of(apia, "2011-12-29"), 24);
  EXPECT_EQ(hours_of(apia, "2011-12-31"), 24);
}

TEST(TimeZone, CutsASpanIntoStretchesOfOneOffset) {
  const TimeZone new_york = zone("America/New_York");
  const auto stretches = new_york.stretches(new_york.first_hour(*parse_day("2017-03-11")), new_york.first_hour(*parse_day("2017-03-14")));
  ASSERT_TRUE(stretches);
  ASSERT_EQ(stretches->size(), 2u);
  EXPECT_EQ(stretches->at(0).offset, -5 * 3600);
  EXPECT_EQ(stretches->at(1).offset, -4 * 3600);
  EXPECT_EQ(format_second(stretches->at(1).from_hour * kSecondsPerHour), "2017-03-12T07:00:00Z");
}

TEST(TimeZone, HalfHoursAreRefusedWithASentence) {
  for (const char* name : {"Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide"}) {
    const auto stretches = zone(name).stretches(420000, 420024);
    ASSERT_FALSE(stretches) << name;
    EXPECT_NE(stretches.error().sentence.find("the lake keeps UTC hours"), std::string::npos);
  }
  EXPECT_NE(zone("Asia/Kathmandu").stretches(420000, 420024).error().sentence.find("45 minutes"), std::string::npos);
}

TEST(TimeZone, AWrongNameIsToldTheNearest) {
  EXPECT_EQ(TimeZone::load("Asia/Tokio").error().sentence, "there is no time zone \"Asia/Tokio\". Did you mean Asia/Tokyo?");
  EXPECT_EQ(TimeZone::load("asia/tokyo").error().sentence, "there is no time zone \"asia/tokyo\". Did you mean Asia/Tokyo?");
}

TEST(TimeZone, ANameNeverLeavesItsFolder) {
  for (const char* name : {"", "../etc/passwd", "/etc/localtime", "Asia//Tokyo", "Asia/../Asia/Tokyo", "Asia/", "Asia\\Tokyo", "A b"}) {
    const auto loaded = TimeZone::load(name);
    ASSERT_FALSE(loaded) << name;
    EXPECT_NE(loaded.error().sentence.find("is no name of a time zone"), std::string::npos) << name;
  }
}

TEST(TimeZone, WithoutTheDatabaseThereIsOnlyUtc) {
  EXPECT_NE(TimeZone::load("Asia/Tokyo", "/nowhere").error().sentence.find("install the package tzdata"), std::string::npos);
}

TEST(TimeZone, BrokenFilesAreNone) {
  EXPECT_FALSE(TimeZone::parse("x", ""));
  EXPECT_FALSE(TimeZone::parse("x", "TZif2"));
  std::string huge = "TZif2" + std::string(15, '\0') + std::string(24, '\xff');
  EXPECT_FALSE(TimeZone::parse("x", huge));
  EXPECT_FALSE(TimeZone::load("zone.tab"));
}

std::int64_t second(const std::string& day, int hour) { return *parse_day(day) * kSecondsPerDay + hour * 3600; }

TEST(PosixZone, ReadsNamesOffsetsAndRules) {
  const auto new_york = PosixZone::parse("EST5EDT,M3.2.0,M11.1.0");
  ASSERT_TRUE(new_york);
  EXPECT_EQ(new_york->offset_at(second("2017-03-12", 6)), -5 * 3600);
  EXPECT_EQ(new_york->offset_at(second("2017-03-12", 7)), -4 * 3600);
  EXPECT_EQ(new_york->offset_at(second("2017-11-05", 5)), -4 * 3600);
  EXPECT_EQ(new_york->offset_at(second("2017-11-05", 6)), -5 * 3600);
  EXPECT_EQ(PosixZone::parse("<+0930>-9:30")->offset_at(0), 9 * 3600 + 1800);
  EXPECT_EQ(PosixZone::parse("JST-9")->offset_at(0), 9 * 3600);
  // Julian days: 60 is 1 March in leap years too.
  const auto julian = PosixZone::parse("AAA0BBB,J60/0,J90/0");
  ASSERT_TRUE(julian);
  EXPECT_EQ(julian->offset_at(second("2016-02-29", 12)), 0);
  EXPECT_EQ(julian->offset_at(second("2016-03-01", 0)), 3600);
}

TEST(PosixZone, RefusesWhatIsNone) {
  for (const char* text :
       {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "<abc5", "EST99999"})
    EXPECT_FALSE(PosixZone::parse(text)) << text;
}

}  // namespace
}  // namespace nightjar
