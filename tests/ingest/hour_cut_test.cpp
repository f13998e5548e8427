// Where flows are written between two hours. Every expected place follows from the packets of the hour that ends and an eighth.
#include "ingest/hour_cut.hpp"

#include <gtest/gtest.h>

namespace nightjar {
namespace {

std::vector<RawPacket> packets_of(std::int64_t hour, std::size_t count) {
  RawPacket packet{};
  packet.time_ns = hour * 3'600'000'000'000 + 5;
  return std::vector<RawPacket>(count, packet);
}

std::vector<RawPacket> operator+(std::vector<RawPacket> first, const std::vector<RawPacket>& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

class HourCutTest : public ::testing::Test {
 protected:
  HourCutTest() { cut_.begin(); }
  HourCut cut_;
};

TEST_F(HourCutTest, comes_before_an_hour_that_would_not_fit) {
  const auto two_hours = packets_of(7, 80) + packets_of(8, 10);
  EXPECT_EQ(cut_.place(two_hours, 0, 169), 80u) << "80 wait, and 90 are expected";
  HourCut roomy;
  roomy.begin();
  EXPECT_EQ(roomy.place(two_hours, 0, 170), 90u);
}

TEST_F(HourCutTest, counts_what_waits_from_before) {
  EXPECT_EQ(cut_.place(packets_of(7, 80), 0, 1000), 80u);
  EXPECT_EQ(cut_.place(packets_of(8, 10), 80, 169), 0u);
  EXPECT_EQ(cut_.place(packets_of(8, 10), 0, 169), 10u) << "what was cut before is not cut again";
}

TEST_F(HourCutTest, is_not_made_where_nothing_waits_or_an_hour_goes_on_or_packets_are_late) {
  EXPECT_EQ(cut_.place(packets_of(7, 80), 0, 10), 80u);
  EXPECT_EQ(cut_.place(packets_of(7, 80), 80, 10), 80u);
  EXPECT_EQ(cut_.place(packets_of(6, 1) + packets_of(7, 3), 160, 10), 4u);
  EXPECT_EQ(cut_.place({}, 164, 10), 0u);
}

TEST_F(HourCutTest, comes_between_captures_of_an_hour_each_but_not_within_one_hour_of_two_captures) {
  EXPECT_EQ(cut_.place(packets_of(7, 80), 0, 100), 80u);
  cut_.begin();
  EXPECT_EQ(cut_.place(packets_of(7, 10), 80, 100), 10u);
  cut_.begin();
  EXPECT_EQ(cut_.place(packets_of(8, 80), 90, 100), 0u) << "the next hour";
  EXPECT_EQ(cut_.place(packets_of(8, 80), 0, 100), 80u);
  cut_.begin();
  EXPECT_EQ(cut_.place(packets_of(7, 80), 80, 100), 0u) << "another sensor's earlier one";
}

}  // namespace
}  // namespace nightjar
