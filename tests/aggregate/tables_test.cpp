#include <gtest/gtest.h>

#include <map>

#include "aggregate/backscatter_table.hpp"
#include "aggregate/minute_table.hpp"
#include "aggregate/random_packets.hpp"
#include "aggregate/sensor_day_table.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMinute = 25'189'920;  // 2017-11-23 00:00 UTC

Packet at(std::int64_t milliseconds) {
  Packet packet;
  packet.time_ns = kMinute * 60'000'000'000 + milliseconds * 1'000'000;
  packet.ip_version = 4;
  packet.protocol = protocol::kTcp;
  packet.src = 0x68101010;
  packet.src_port = 80;
  packet.dst = 0xc6120001;
  packet.dst_port = 4444;
  packet.ip_length = 44;
  return packet;
}

TEST(MinuteTable, adds_up_packets_of_a_minute_sensor_protocol_and_class_across_workers) {
  const auto arrivals = random_arrivals(30'000, 50, 11, 1'511'395'200, 600);
  std::map<std::tuple<std::int64_t, unsigned, unsigned, unsigned>, std::pair<std::uint64_t, std::uint64_t>> expected;
  MinuteTable one, two;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& a = arrivals[i];
    (i % 2 == 0 ? one : two).add(a.packet, a.sensor, a.traffic_class);
    auto& sums = expected[{a.packet.time_ns / 60'000'000'000, a.sensor, a.packet.protocol, static_cast<unsigned>(a.traffic_class)}];
    ++sums.first;
    sums.second += a.packet.ip_length;
  }
  one.merge(two);
  const auto rows = one.take();
  ASSERT_EQ(rows.size(), expected.size());
  for (const MinuteRow& row : rows) {
    const auto& sums = expected.at({row.minute, row.sensor, row.protocol, row.traffic_class});
    EXPECT_EQ(row.packets, sums.first);
    EXPECT_EQ(row.bytes, sums.second);
  }
  EXPECT_TRUE(two.take().empty());
  EXPECT_TRUE(one.take().empty()) << "taking empties the table";
}

TEST(MinuteTable, adds_up_minutes_that_come_again_and_again_without_growing_by_each) {
  constexpr int kRounds = 50'000, kMinutes = 7;
  MinuteTable table;
  for (int i = 0; i < kRounds; ++i) {
    for (const int minute : {5, 0, 3, 6, 1, 4, 2}) table.add(at(minute * 60'000), 0, TrafficClass::scan);
  }
  EXPECT_LT(table.memory_bytes(), 1'000'000u) << "350,000 packets came, of seven minutes";
  const auto rows = table.take();
  ASSERT_EQ(rows.size(), std::size_t{kMinutes});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].minute, rows[0].minute + static_cast<std::int64_t>(i));
    EXPECT_EQ(rows[i].packets, static_cast<std::uint64_t>(kRounds));
    EXPECT_EQ(rows[i].bytes, 44u * kRounds);
  }
}

TEST(MinuteTable, that_was_moved_from_goes_on_empty) {
  MinuteTable table;
  table.add(at(0), 0, TrafficClass::scan);
  MinuteTable taken = std::move(table);
  table.add(at(60'000), 0, TrafficClass::scan);
  const auto first = taken.take(), second = table.take();
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].minute, first[0].minute + 1);
}

TEST(BackscatterTable, counts_packets_in_their_ten_seconds_with_first_and_last_millisecond) {
  BackscatterTable one, two;
  one.add(at(5), 0, 3);
  one.add(at(9'999), 0, 3);
  two.add(at(10'000), 0, 64 + 5);
  two.add(at(59'999), 0, 7);
  one.merge(two);
  const auto rows = one.take();
  ASSERT_EQ(rows.size(), 1u);
  const BackscatterRow& row = rows.front();
  EXPECT_EQ(row.minute, kMinute);
  EXPECT_EQ(row.src, 0x68101010u) << "the victim is the source of the answer";
  EXPECT_EQ(row.port, 80) << "the attacked service is its source port";
  EXPECT_EQ(row.packets, 4u);
  EXPECT_EQ(row.bytes, 176u);
  EXPECT_EQ(row.bins, (std::array<std::uint64_t, 6>{2, 1, 0, 0, 0, 1}));
  EXPECT_EQ(row.first_ms, 5);
  EXPECT_EQ(row.last_ms, 59'999);
  EXPECT_EQ(row.dst_bits, (1ull << 3) | (1ull << 5) | (1ull << 7));
  EXPECT_EQ(row.mismatches, 0u);
}

TEST(BackscatterTable, takes_the_victim_of_an_icmp_error_from_the_quote_and_counts_mismatches) {
  Packet error = at(0);
  error.protocol = protocol::kIcmp;
  error.src = 0x0a0b0c0d;  // a router on the way
  error.src_port = 0;
  error.quote = {4, protocol::kUdp, 4444, 53, error.dst, 0, 0x2d4c0102, 0};
  Packet strange = error;
  strange.quote.src = 0x01020304;  // quotes a packet that another address sent
  BackscatterTable table;
  table.add(error, 0, 0);
  table.add(strange, 0, 0);
  const auto rows = table.take();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].src, 0x2d4c0102u);
  EXPECT_EQ(rows[0].protocol, protocol::kUdp);
  EXPECT_EQ(rows[0].port, 53);
  EXPECT_EQ(rows[0].mismatches, 1u);
}

TEST(SensorDayTable, adds_ledgers_and_keeps_the_largest_size) {
  SensorDayTable one, two;
  one.row(17'000, 0).packets = 5;
  one.row(17'000, 0).addresses = 64;
  two.row(17'000, 0).packets = 7;
  two.row(17'000, 0).addresses = 65'536;
  two.row(17'000, 0).undecodable[static_cast<std::size_t>(Undecodable::tcp_truncated)] = 2;
  two.row(17'001, 1).outside = 3;
  one.merge(two);
  const auto rows = one.take();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].packets, 12u);
  EXPECT_EQ(rows[0].addresses, 65'536u);
  EXPECT_EQ(rows[0].undecodable[static_cast<std::size_t>(Undecodable::tcp_truncated)], 2u);
  EXPECT_EQ(rows[1].day, 17'001);
  EXPECT_EQ(rows[1].outside, 3u);
}

}  // namespace
}  // namespace nightjar
