// Distinct UDP payloads of an hour, against a plain map over all of them.
#include "aggregate/datagram_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

namespace nightjar {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000, kHour = 3600 * kSecond;

struct Sent {
  std::int64_t time_ns;
  std::uint64_t src;
  std::uint16_t port;
  std::uint16_t sensor;
  std::string payload;
};

void add(DatagramTable& table, const Sent& sent) {
  Packet packet;
  packet.time_ns = sent.time_ns;
  packet.src = sent.src;
  packet.ip_version = 4;
  packet.dst_port = sent.port;
  table.add(packet, {reinterpret_cast<const std::uint8_t*>(sent.payload.data()), sent.payload.size()}, sent.sensor);
}

std::string text_of(const Datagram& datagram) {
  return std::to_string(datagram.first_ns) + "-" + std::to_string(datagram.last_ns) + " s" + std::to_string(datagram.sensor) + " from " +
         std::to_string(datagram.src) + " to " + std::to_string(datagram.port) + ": " +
         std::string(datagram.bytes.begin(), datagram.bytes.end());
}

std::multiset<std::string> texts(const std::vector<Datagram>& all) {
  std::multiset<std::string> lines;
  for (const Datagram& datagram : all) lines.insert(text_of(datagram));
  return lines;
}

TEST(DatagramTable, KeepsTheFirstOfEachPayloadAndTheTimeOfTheLast) {
  DatagramTable table;
  add(table, {5 * kSecond, 7, 1900, 0, "M-SEARCH"});
  add(table, {2 * kSecond, 9, 1901, 0, "M-SEARCH"});
  add(table, {8 * kSecond, 3, 53, 0, "M-SEARCH"});
  add(table, {3 * kSecond, 3, 53, 0, "another"});
  EXPECT_EQ(texts(table.take()), (std::multiset<std::string>{"2000000000-8000000000 s0 from 9 to 1901: M-SEARCH",
                                                             "3000000000-3000000000 s0 from 3 to 53: another"}));
  EXPECT_TRUE(table.take().empty());
}

TEST(DatagramTable, EachHourAndSensorHasItsOwn) {
  DatagramTable table;
  add(table, {0, 1, 53, 0, "x"});
  add(table, {kHour, 1, 53, 0, "x"});
  add(table, {kHour, 1, 53, 1, "x"});
  EXPECT_EQ(table.take().size(), 3u);
}

TEST(DatagramTable, LeavesOutWhatIsEmptyOrCutOff) {
  DatagramTable table;
  add(table, {0, 1, 53, 0, ""});
  Packet cut;
  cut.payload_missing = 1;
  const std::uint8_t byte = 7;
  table.add(cut, {&byte, 1}, 0);
  EXPECT_TRUE(table.take().empty());
}

TEST(DatagramTable, KeepsTheSameOnesHoweverTheTrafficWasSplit) {
  std::mt19937 random(4);
  std::vector<Sent> all;
  for (int i = 0; i < 4000; ++i) {
    all.push_back({static_cast<std::int64_t>(random() % 3) * kHour + static_cast<std::int64_t>(random() % 100) * kSecond, random() % 9,
                   static_cast<std::uint16_t>(random() % 4), static_cast<std::uint16_t>(random() % 2),
                   "payload " + std::to_string(random() % 120)});
  }
  DatagramTable whole(50);
  for (const Sent& sent : all) add(whole, sent);
  const auto expected = texts(whole.take());
  EXPECT_EQ(expected.size(), 3u * 2 * 50) << "the bound did not bite: this test says nothing";
  for (const std::size_t parts : {2, 5}) {
    std::shuffle(all.begin(), all.end(), random);
    std::vector<DatagramTable> tables;
    for (std::size_t i = 0; i < parts; ++i) tables.emplace_back(50);
    for (std::size_t i = 0; i < all.size(); ++i) add(tables[i % parts], all[i]);
    for (std::size_t i = 1; i < parts; ++i) tables[0].merge(tables[i]);
    EXPECT_EQ(texts(tables[0].take()), expected) << parts << " parts";
  }
}

TEST(DatagramTable, StaysSmallUnderAFloodOfDifferentPayloads) {
  DatagramTable table;
  for (int i = 0; i < 50'000; ++i) add(table, {i, 1, 53, 0, std::string(500, 'x') + std::to_string(i)});
  EXPECT_LT(table.memory_bytes(), 2u << 20);
  EXPECT_EQ(table.take().size(), DatagramTable::kMostAnHour);
  EXPECT_EQ(table.memory_bytes(), 0u);
}

}  // namespace
}  // namespace nightjar
