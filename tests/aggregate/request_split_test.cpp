// However the traffic of a reflector is split over workers, and in whatever order it comes, the rows are the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "aggregate/request_table.hpp"
#include "payload/request_kinds.hpp"
#include "payload/udp_request.hpp"
#include "simulate/drdos_bytes.hpp"
#include "support/packet_builder.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMinuteNs = 60'000'000'000;

struct Seen {
  Packet packet;
  std::vector<std::uint8_t> payload;
  std::uint16_t sensor = 0;
  bool reply = false;
};

/// Requests of the model and replies to them: few victims over three minutes, some at a port that is nobody's own.
std::vector<Seen> traffic(std::size_t packets, std::uint64_t seed) {
  simulate::Random random(seed);
  std::vector<simulate::RequestHabit> habits;
  for (int i = 0; i < 12; ++i) habits.push_back(simulate::draw_habit(simulate::kDrdosServices[random.below(4)], random));
  std::vector<Seen> all;
  simulate::DrdosPayload bytes;
  for (std::size_t i = 0; i < packets; ++i) {
    const std::uint32_t attack = random.below(12);
    Seen seen;
    const std::size_t size = simulate::write_request(habits[attack], random.next(), bytes);
    seen.payload.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const std::uint16_t port = random.below(4) == 0 ? 40'000 : simulate::port_of(habits[attack].service);
    const std::string victim = "203.0.113." + std::to_string(attack % 8);
    auto builder = test::packet().udp().at(1'511'395'200 * 1'000'000'000LL + static_cast<std::int64_t>(random.next() % (3 * kMinuteNs)));
    seen.reply = random.below(5) == 0;
    if (seen.reply) {
      builder.from("192.0.2.1").src_port(port).to(victim).port(80);
    } else {
      builder.from(victim).src_port(80).to("192.0.2.1").port(port);
    }
    seen.packet = builder.payload(seen.payload).decoded();
    seen.sensor = static_cast<std::uint16_t>(random.below(2));
    all.push_back(std::move(seen));
  }
  return all;
}

void add(RequestTable& table, const Seen& seen) {
  if (seen.reply) {
    table.add_reply(seen.packet, seen.sensor);
  } else {
    table.add(seen.packet, seen.payload, seen.sensor);
  }
}

std::string text_of(const RequestRow& row) {
  std::string text(row.query);
  for (const std::uint64_t number :
       {static_cast<std::uint64_t>(row.minute), row.src, row.src_low, row.packets, row.bytes_in, row.bytes_out, row.replies,
        row.request_bytes, row.reply_bytes, std::uint64_t{row.kinds}, std::uint64_t{row.first_ms}, std::uint64_t{row.last_ms},
        std::uint64_t{row.sensor}, std::uint64_t{row.port}, std::uint64_t{row.ip_version}, std::uint64_t{row.service}}) {
    text += " " + std::to_string(number);
  }
  return text;
}

std::vector<std::string> texts(const RequestTable::Rows& rows) {
  std::vector<std::string> all;
  for (const RequestRow& row : rows.requests) all.push_back(text_of(row));
  return all;
}

TEST(RequestSplit, gives_the_same_rows_for_any_parts_and_any_order) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    auto all = traffic(2'000, seed);
    RequestTable whole;
    for (const Seen& seen : all) add(whole, seen);
    const auto expected_rows = whole.take();
    const auto expected = texts(expected_rows);
    ASSERT_GT(expected.size(), 20u);

    std::mt19937_64 random(seed);
    std::shuffle(all.begin(), all.end(), random);
    std::vector<RequestTable> parts(1 + seed % 5);
    for (const Seen& seen : all) add(parts[random() % parts.size()], seen);
    for (std::size_t i = 1; i < parts.size(); ++i) parts[0].merge(parts[i]);
    const auto merged = parts[0].take();
    ASSERT_EQ(texts(merged), expected);
    for (RequestTable& part : parts) ASSERT_TRUE(part.take().requests.empty());
  }
}

// The same sums as a plain map over the packets has, reading each with read_request (which has tests of its own).
TEST(RequestSplit, gives_the_sums_that_a_plain_count_gives) {
  const auto all = traffic(20'000, 99);
  struct Sums {
    std::uint64_t packets = 0, bytes_in = 0, request_bytes = 0, reply_bytes = 0;
  };
  std::map<std::tuple<std::int64_t, std::uint64_t, std::uint16_t, std::uint16_t, std::uint8_t>, Sums> expected;
  std::uint64_t replies = 0, bytes_out = 0;
  RequestTable table;
  for (const Seen& seen : all) {
    add(table, seen);
    if (seen.reply) {
      ++replies;
      bytes_out += seen.packet.ip_length;
      continue;
    }
    const UdpRequest request = read_request(seen.payload, seen.packet.dst_port);
    Sums& sums = expected[{seen.packet.time_ns / kMinuteNs, seen.packet.src, seen.packet.dst_port, seen.sensor,
                           static_cast<std::uint8_t>(request.service)}];
    ++sums.packets;
    sums.bytes_in += seen.packet.ip_length;
    sums.request_bytes += seen.payload.size();
    sums.reply_bytes += request.reply_bytes;
  }
  std::size_t asked = 0;
  for (const auto rows = table.take(); const RequestRow& row : rows.requests) {
    replies -= row.replies;
    bytes_out -= row.bytes_out;
    if (row.packets == 0) continue;
    ++asked;
    const Sums& sums = expected.at({row.minute, row.src, row.port, row.sensor, row.service});
    EXPECT_EQ(row.packets, sums.packets);
    EXPECT_EQ(row.bytes_in, sums.bytes_in);
    EXPECT_EQ(row.request_bytes, sums.request_bytes);
    EXPECT_EQ(row.reply_bytes, sums.reply_bytes);
  }
  EXPECT_EQ(asked, expected.size());
  EXPECT_EQ(replies, 0u) << "every reply is in a row";
  EXPECT_EQ(bytes_out, 0u);
}

}  // namespace
}  // namespace nightjar
