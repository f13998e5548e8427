// The hours of onset and peak, told from rows whose hours are written down here.
#include "explain/onset.hpp"
#include "explain/rise_lake.hpp"

namespace nightjar::test {
namespace {

constexpr std::int64_t kMsPerHour = 3'600'000;

class RiseTimes : public RiseLake {
 protected:
  /// `count` hosts of the block that send `packets` each in an hour of a day of June.
  void in_hour(int of_june, int hour, int block, int count, const Shape& shape, std::uint64_t packets = 1) {
    for (int n = 0; n < count; ++n) {
      Flow flow(day(of_june), hour);
      flow.from(address(block, n)).tcp(23).window(5840).packets(packets);
      shape(flow);
      lake_.add(flow);
    }
  }
  static std::int64_t at(int of_june, int hour) { return (number(of_june) * 24 + hour) * kMsPerHour; }
  std::int64_t onset(const Rise& rise, bool one_source = false) {
    lake_.write();
    auto found = onset_ms(*lake_.session(), rise, one_source, exposures_);
    EXPECT_TRUE(found) << (found ? "" : found.error().sentence);
    return found ? *found : -1;
  }
  std::int64_t peak(const Rise& rise) {
    lake_.write();
    auto found = peak_ms(*lake_.session(), rise, exposures_);
    EXPECT_TRUE(found) << (found ? "" : found.error().sentence);
    return found ? *found : -1;
  }
};

TEST_F(RiseTimes, HostsThatComeFromAnHourOnBeginThere) {
  for (int of_june = 7; of_june <= 10; ++of_june)
    for (int hour = 0; hour < 24; hour += 6) in_hour(of_june, hour, 1, 2, of("US"));
  for (int hour = 15; hour < 48; ++hour) in_hour(9 + hour / 24, hour % 24, 2, 20, mirai("AR"));
  EXPECT_EQ(onset(rise_of_hosts()), at(9, 15));
}

TEST_F(RiseTimes, OtherPortsAndWhoeverIsNotOfTheRiseDoNotCount) {
  for (int of_june = 7; of_june <= 10; ++of_june) in_hour(of_june, 3, 1, 2, of("AR"));
  in_hour(9, 2, 4, 50, of("CN"));
  in_hour(9, 1, 5, 50, [](Flow& flow) { flow.origin("AR", 0).tcp(80); });
  for (int hour = 20; hour < 48; ++hour) in_hour(9 + hour / 24, hour % 24, 2, 20, of("AR"));
  Rise rise = rise_of_hosts();
  rise.countries = {"AR"};
  EXPECT_EQ(onset(rise), at(9, 20));
}

TEST_F(RiseTimes, ARiseMayHaveBegunInTheTwoDaysBeforeTheFirstThatStirred) {
  in_hour(7, 3, 1, 2, of("US"));
  Rise rise = rise_of_hosts();
  rise.usual_days = {number(5), number(6)};
  for (int hour = 18; hour < 72; ++hour) in_hour(8 + hour / 24, hour % 24, 2, 20, of("AR"));
  EXPECT_EQ(onset(rise), at(8, 18));
}

TEST_F(RiseTimes, OneSourceBeginsWithItsFirstPacketOfTheDaysAround) {
  in_hour(7, 3, 1, 2, of("US"));
  in_hour(10, 4, 6, 3, of("US"));
  const auto loud = [](Flow& flow) { flow.origin("NL", 0).seconds(754, 0); };
  in_hour(9, 13, 7, 1, loud, 500);
  in_hour(10, 5, 7, 1, loud, 9'000);
  EXPECT_EQ(onset(rise_of_packets(), true), at(9, 13) + 754'000);
}

TEST_F(RiseTimes, ThePeakIsTheBusiestHourOfTheExplainedDay) {
  in_hour(9, 12, 3, 90, of("AR"));  // the day before had more
  in_hour(10, 7, 2, 20, of("AR"));
  in_hour(10, 8, 2, 30, of("AR"));
  in_hour(10, 9, 2, 20, of("AR"), 40);
  EXPECT_EQ(peak(rise_of_hosts()), at(10, 8));
}

TEST_F(RiseTimes, ThePeakOfPacketsIsAnotherThanThatOfHosts) {
  in_hour(10, 8, 2, 30, of("AR"));
  in_hour(10, 9, 2, 20, of("AR"), 40);
  EXPECT_EQ(peak(rise_of_packets()), at(10, 9));
}

TEST_F(RiseTimes, WithoutARowThePeakIsTheDay) {
  in_hour(9, 12, 3, 90, of("AR"));
  EXPECT_EQ(peak(rise_of_hosts()), at(10, 0));
}

}  // namespace
}  // namespace nightjar::test
