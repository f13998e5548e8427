#include "aggregate/request_table.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <random>
#include <string>

#include "fingerprint/classify.hpp"
#include "payload/request_kinds.hpp"
#include "support/packet_builder.hpp"

namespace nightjar {
namespace {

using namespace test;

constexpr std::int64_t kMinute = 25'189'920;  // 2017-11-23 00:00 UTC
constexpr std::int64_t kMinuteNs = 60'000'000'000;

const test::ByteVector kMonlist = hex("17 00 03 2a 00000000");
const test::ByteVector kBinding = hex("0001 0000 2112a442 000000000000000000000000");

test::ByteVector query_of(std::string_view label) {
  const test::ByteVector name(label.begin(), label.end());
  return hex("1234 0100 0001 0000 0000 0000") + test::ByteVector{static_cast<std::uint8_t>(label.size())} + name + hex("00 00ff 0001");
}

std::int64_t at(std::int64_t milliseconds) { return kMinute * kMinuteNs + milliseconds * 1'000'000; }

/// A request of a victim to the pot 192.0.2.1, and the pot's packet to it.
test::PacketBuilder request(std::int64_t milliseconds, std::uint16_t port, std::string_view victim = "198.51.100.7") {
  return packet().udp().at(at(milliseconds)).from(victim).src_port(80).to("192.0.2.1").port(port);
}
test::PacketBuilder reply(std::int64_t milliseconds, std::uint16_t port, std::string_view victim = "198.51.100.7") {
  return packet().udp().at(at(milliseconds)).from("192.0.2.1").src_port(port).to(victim).port(80);
}

bool add(RequestTable& table, test::PacketBuilder builder, const test::ByteVector& payload, std::uint16_t sensor = 0) {
  return table.add(builder.payload(payload).decoded(), payload, sensor);
}
void add_reply(RequestTable& table, test::PacketBuilder builder, std::size_t size, std::uint16_t sensor = 0) {
  table.add_reply(builder.payload(test::ByteVector(size, 0)).decoded(), sensor);
}

TEST(RequestTable, adds_up_the_requests_of_a_victim_to_a_service_in_a_minute) {
  RequestTable table;
  EXPECT_TRUE(add(table, request(1'500, 123), kMonlist));
  EXPECT_TRUE(add(table, request(59'999, 123), kMonlist));
  EXPECT_TRUE(add(table, request(20, 123), hex("16 02 0001 0000 0000 0000 0000")));
  const auto rows = table.take();
  ASSERT_EQ(rows.requests.size(), 1u);
  const RequestRow& row = rows.requests[0];
  EXPECT_EQ(row.minute, kMinute);
  EXPECT_EQ(row.src, 0xc6336407u) << "the victim is the source that the request pretends to have";
  EXPECT_EQ(row.port, 123);
  EXPECT_EQ(row.service, static_cast<std::uint8_t>(Service::ntp));
  EXPECT_EQ(row.ip_version, 4);
  EXPECT_EQ(row.packets, 3u);
  EXPECT_EQ(row.bytes_in, 36u + 36 + 40);
  EXPECT_EQ(row.request_bytes, 8u + 8 + 12);
  EXPECT_EQ(row.reply_bytes, 44'000u + 44'000 + 480);
  EXPECT_EQ(kinds_text(Service::ntp, row.kinds), "readvar monlist version-2");
  EXPECT_EQ(row.query, "");
  EXPECT_EQ(row.first_ms, 20);
  EXPECT_EQ(row.last_ms, 59'999);
  EXPECT_EQ(row.replies, 0u);
  EXPECT_TRUE(table.take().requests.empty()) << "taking empties the table";
}

TEST(RequestTable, keeps_minutes_sensors_victims_ports_and_services_apart_in_the_order_of_the_table) {
  RequestTable table;
  add(table, request(60'000, 123), kMonlist);
  add(table, request(0, 123), kMonlist);
  add(table, request(0, 123), kMonlist, 1);
  add(table, request(0, 53), query_of("a"));
  add(table, request(0, 40'000), kBinding);
  add(table, request(0, 40'000), hex("00"));
  add(table, request(0, 123, "2001:db8::7"), kMonlist);
  add(table, request(0, 123, "198.51.100.6"), kMonlist);
  std::vector<std::string> seen;
  for (const auto rows = table.take(); const RequestRow& row : rows.requests) {
    seen.push_back(std::to_string(row.src & 0xff) + ":" + std::to_string(row.port) + " " +
                   std::string(name_of(static_cast<Service>(row.service))) + " s" + std::to_string(row.sensor) + " +" +
                   std::to_string(row.minute - kMinute));
    EXPECT_EQ(row.packets, 1u);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"6:123 ntp s0 +0", "7:53 dns s0 +0", "7:123 ntp s0 +0", "7:123 ntp s0 +1", "7:123 ntp s1 +0",
                                            "7:40000 unknown s0 +0", "7:40000 stun s0 +0", "0:123 ntp s0 +0"}));
}

TEST(RequestTable, counts_no_answers_no_later_fragments_and_no_other_protocols) {
  RequestTable table;
  EXPECT_FALSE(add(table, request(0, 53), hex("1234 8180 0001 0001 0000 0000 00 00ff 0001")));
  EXPECT_FALSE(add(table, request(0, 123), hex("d7 00 03 2a 0006 0048")));
  EXPECT_FALSE(add(table, request(0, 40'000).fragment(1480), kMonlist));
  EXPECT_FALSE(add(table, packet().tcp().syn().port(123), {}));
  add_reply(table, reply(0, 123).fragment(1480), 100);
  EXPECT_TRUE(table.take().requests.empty());
}

// The rule of classes (docs/definitions.md) and the readers of requests must not tell answers apart differently: a packet would count
// nowhere.
TEST(RequestTable, takes_for_answers_what_classes_take_for_answers) {
  std::mt19937 random(3);
  RequestTable table;
  unsigned answers = 0;
  for (int i = 0; i < 100'000; ++i) {
    constexpr std::array<std::uint16_t, 7> kPorts = {53, 123, 137, 161, 1900, 5353, 40'000};
    const std::uint16_t port = kPorts[random() % kPorts.size()];
    ByteVector bytes(random() % 20);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    constexpr std::string_view kHttp = "HTTP/1.1 200 OK\r\n";
    if (random() % 8 == 0) bytes.assign(kHttp.begin(), kHttp.begin() + static_cast<std::ptrdiff_t>(random() % kHttp.size()));
    const Packet asked = request(0, port).src_port(40'000).payload(bytes).decoded();
    const bool answer = classify(asked) == TrafficClass::backscatter;
    ASSERT_EQ(table.add(asked, bytes, 0), !answer) << "port " << port << ", " << bytes.size() << " bytes";
    answers += answer;
  }
  EXPECT_GT(answers, 10'000u);
}

TEST(RequestTable, keeps_a_query_where_all_requests_have_it) {
  RequestTable table;
  for (int i = 0; i < 3; ++i) add(table, request(i, 53), query_of("isc"));
  add(table, request(0, 53, "198.51.100.8"), query_of("isc"));
  add(table, request(1, 53, "198.51.100.8"), query_of("ISC"));
  add(table, request(2, 53, "198.51.100.8"), query_of("ISC"));
  add(table, request(0, 53, "198.51.100.9"), hex("00"));
  add(table, request(1, 53, "198.51.100.9"), query_of("isc"));
  const auto rows = table.take();
  ASSERT_EQ(rows.requests.size(), 3u);
  EXPECT_EQ(rows.requests[0].query, "isc ANY");
  EXPECT_EQ(rows.requests[1].query, "") << "letters matter";
  EXPECT_EQ(rows.requests[2].query, "") << "one asked nothing that is known";
  EXPECT_EQ(kinds_text(Service::dns, rows.requests[2].kinds), "other any recursion");
}

TEST(RequestTable, counts_bytes_that_the_capture_lacks) {
  RequestTable table;
  Packet cut = request(0, 123).payload(kMonlist).decoded();
  cut.payload_missing = 184;
  table.add(cut, kMonlist, 0);
  EXPECT_EQ(table.take().requests.at(0).request_bytes, 192u);
}

TEST(RequestTable, counts_what_the_pot_sent_at_the_victims_row) {
  RequestTable table;
  add(table, request(10, 123), kMonlist);
  add_reply(table, reply(11, 123), 440);
  add_reply(table, reply(12, 123), 440);
  const auto rows = table.take();
  ASSERT_EQ(rows.requests.size(), 1u);
  EXPECT_EQ(rows.requests[0].packets, 1u);
  EXPECT_EQ(rows.requests[0].replies, 2u);
  EXPECT_EQ(rows.requests[0].bytes_out, 936u);
  EXPECT_EQ(rows.requests[0].bytes_in, 36u);
  EXPECT_EQ(rows.requests[0].last_ms, 10) << "times are those of requests";
}

TEST(RequestTable, makes_a_row_without_requests_for_a_reply_in_another_minute) {
  RequestTable table;
  add(table, request(59'990, 53), query_of("a"));
  add_reply(table, reply(60'010, 53), 100);
  const auto rows = table.take();
  ASSERT_EQ(rows.requests.size(), 2u);
  const RequestRow& row = rows.requests[1];
  EXPECT_EQ(row.minute, kMinute + 1);
  EXPECT_EQ(row.service, static_cast<std::uint8_t>(Service::dns));
  EXPECT_EQ(row.packets, 0u);
  EXPECT_EQ(row.replies, 1u);
  EXPECT_EQ(row.bytes_out, 128u);
  EXPECT_EQ(row.first_ms, 0xffff);
  EXPECT_EQ(row.last_ms, 0);
  EXPECT_EQ(row.kinds, 0u);
}

TEST(RequestTable, settles_the_service_of_a_reply_at_nobodys_port_by_what_the_victim_asked) {
  RequestTable table;
  add_reply(table, reply(5, 40'000), 32);  // before the request: order does not matter
  add(table, request(10, 40'000), kBinding);
  add(table, request(11, 40'000), kBinding);
  add(table, request(12, 40'000), hex("00"));
  add_reply(table, reply(60'000, 40'000), 32);               // a minute later
  add_reply(table, reply(120'000, 40'000), 32);              // too late
  add_reply(table, reply(10, 40'000, "198.51.100.99"), 32);  // another victim
  add_reply(table, reply(10, 40'001), 32);                   // another port
  const auto service = [](const RequestRow& row) { return std::string(name_of(static_cast<Service>(row.service))); };
  std::vector<std::string> seen;
  for (const auto rows = table.take(); const RequestRow& row : rows.requests) {
    if (row.replies > 0) seen.push_back(std::to_string(row.port) + " +" + std::to_string(row.minute - kMinute) + " " + service(row));
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"40000 +0 stun", "40000 +1 stun", "40000 +2 unknown", "40001 +0 unknown", "40000 +0 unknown"}));
}

TEST(RequestTable, does_not_lose_a_query_by_a_reply_that_came_before) {
  RequestTable table;
  add_reply(table, reply(0, 53), 100);
  add(table, request(10, 53), query_of("isc"));
  EXPECT_EQ(table.take().requests.at(0).query, "isc ANY");
}

TEST(RequestTable, takes_any_time_that_a_capture_may_claim) {
  RequestTable table;
  for (const std::int64_t time : {INT64_MIN, INT64_MAX, std::int64_t{-1}, std::int64_t{0}}) {
    EXPECT_TRUE(add(table, request(0, 123).at(time), kMonlist));
    table.add_reply(reply(0, 123).at(time).decoded(), 0);
  }
  const auto rows = table.take();
  ASSERT_EQ(rows.requests.size(), 4u);
  EXPECT_EQ(rows.requests[1].minute, -1);
  EXPECT_EQ(rows.requests[1].first_ms, 59'999) << "the last millisecond of 1969";
}

/// What the program's memory grew by, as the C library counts it.
std::size_t allocated() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST(RequestTable, says_how_much_memory_a_flood_of_random_sources_and_names_takes) {
#ifdef NIGHTJAR_SANITIZED
  GTEST_SKIP() << "sanitizers count memory of their own";
#endif
  for (const bool names : {false, true}) {
    SCOPED_TRACE(names ? "a long name each" : "no names");
    constexpr unsigned kSources = 200'000;
    const std::size_t before = allocated();
    RequestTable table;
    Packet packet = request(0, names ? 53 : 123).decoded();
    for (unsigned i = 0; i < kSources; ++i) {
      packet.src = 0x01000000 + i * 97u;
      table.add(packet, names ? query_of("a-name-that-was-made-up-" + std::to_string(i)) : kMonlist, 0);
    }
    const auto held = static_cast<double>(allocated() - before);
    const auto said = static_cast<double>(table.memory_bytes());
    EXPECT_GT(said, held / 2);
    EXPECT_LT(said, held * 2);
    EXPECT_EQ(table.take().requests.size(), kSources);
    EXPECT_LT(table.memory_bytes(), 1'000u) << "taking gives the memory back";
  }
}

TEST(RequestTable, does_not_grow_by_random_names_of_one_victim) {
  RequestTable table;
  std::uint64_t after_few = 0;
  for (unsigned i = 0; i < 100'000; ++i) {
    add(table, request(i % 60'000, 53), query_of("random-name-of-an-attack-" + std::to_string(i)));
    if (i == 10) after_few = table.memory_bytes();
  }
  EXPECT_EQ(table.memory_bytes(), after_few);
  const auto rows = table.take();
  ASSERT_EQ(rows.requests.size(), 1u);
  EXPECT_EQ(rows.requests[0].packets, 100'000u);
}

TEST(RequestTable, counts_a_flood_of_a_million_sources_one_by_one) {
  RequestTable table;
  Packet packet = request(0, 123).decoded();
  std::uint64_t flushed_packets = 0, flushes = 0, most = 0;
  constexpr std::uint64_t kFlushAt = 32'000'000;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    packet.src = i * 2'654'435'761u;  // odd, so every source is another
    table.add(packet, kMonlist, 0);
    most = std::max(most, table.memory_bytes());
    if (table.memory_bytes() < kFlushAt && i + 1 < 1'000'000) continue;
    ++flushes;
    for (const auto rows = table.take(); const RequestRow& row : rows.requests) flushed_packets += row.packets;
  }
  EXPECT_EQ(flushed_packets, 1'000'000u);
  EXPECT_GE(flushes, 3u);
  EXPECT_LT(most, 2 * kFlushAt + 10'000'000) << "a table doubles when it grows";
}

}  // namespace
}  // namespace nightjar
