#include "aggregate/flow_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <span>
#include <thread>
#include <tuple>

#include "aggregate/random_packets.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

using Key =
    std::tuple<std::int64_t, unsigned, unsigned, std::uint64_t, std::uint64_t, unsigned, unsigned, unsigned, std::uint32_t, unsigned>;
Key key_of(const FlowRow& r) {
  return {r.hour, r.sensor, r.ip_version, r.src, r.src_low, r.protocol, r.port, r.traffic_class, r.facts, r.window};
}

/// What a row must be, from all packets of its key, by the words of the design and not by the code.
struct Expected {
  std::uint64_t packets = 0, bytes = 0, dst_bits = 0;
  std::int64_t first = 1 << 30, last = -1;
  std::set<unsigned> src_ports, ttls, lengths;
};

std::map<Key, Expected> brute_force(const std::vector<Arrival>& arrivals) {
  std::map<Key, Expected> rows;
  for (const Arrival& a : arrivals) {
    const Packet& p = a.packet;
    const std::int64_t second = p.time_ns / 1'000'000'000, hour = second / 3600;
    Expected& row = rows[Key(hour, a.sensor, p.ip_version, p.src, p.src_low, p.protocol, a.port, static_cast<unsigned>(a.traffic_class),
                             a.facts, p.protocol == 6 ? p.window : 0)];
    ++row.packets;
    row.bytes += p.ip_length;
    row.dst_bits |= std::uint64_t{1} << a.destination_index;
    row.first = std::min(row.first, second % 3600);
    row.last = std::max(row.last, second % 3600);
    row.src_ports.insert(a.traffic_class == TrafficClass::backscatter ? p.dst_port : p.src_port);
    row.ttls.insert(p.ttl);
    row.lengths.insert(p.ip_length > 65535 ? 0 : p.ip_length);
  }
  return rows;
}

/// Shares the packets out to tables as workers do, and reads all rows of all days.
std::vector<FlowRow> through_tables(const std::vector<Arrival>& arrivals, std::size_t workers, bool* in_order = nullptr) {
  SharedLayout layout;
  std::vector<std::unique_ptr<FlowTable>> tables;
  for (std::size_t i = 0; i < workers; ++i) tables.push_back(std::make_unique<FlowTable>(layout));
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& a = arrivals[i];
    tables[i / 1000 % workers]->add(a.packet, a.sensor, a.traffic_class, a.facts, a.port, a.destination_index);
  }
  std::vector<FlowTable*> all;
  for (const auto& table : tables) all.push_back(table.get());
  std::vector<FlowRow> rows;
  for (const std::int64_t day : days_of(all)) {
    FlowStream stream(all, day, [](std::span<FlowRow>) {});
    const std::size_t begin = rows.size();
    for (std::size_t part = 0; part < stream.parts(); ++part) {
      const std::span<const std::byte> bytes = stream.open(part);
      const std::size_t at = rows.size();
      rows.resize(at + bytes.size() / sizeof(FlowRow));
      if (!bytes.empty()) std::memcpy(static_cast<void*>(rows.data() + at), bytes.data(), bytes.size());
      stream.close(part);
      if (in_order != nullptr) *in_order &= std::is_sorted(rows.begin() + static_cast<std::ptrdiff_t>(at), rows.end(), comes_before);
    }
    for (std::size_t i = begin; i < rows.size(); ++i) EXPECT_EQ(floor_div(rows[i].hour, 24), day);
  }
  return rows;
}

void expect_rows(const std::vector<FlowRow>& rows, const std::map<Key, Expected>& expected) {
  ASSERT_EQ(rows.size(), expected.size()) << "a key has one row";
  for (const FlowRow& row : rows) {
    const auto at = expected.find(key_of(row));
    ASSERT_NE(at, expected.end());
    const Expected& want = at->second;
    EXPECT_EQ(row.packets, want.packets);
    EXPECT_EQ(row.bytes, want.bytes);
    EXPECT_EQ(row.dst_bits, want.dst_bits);
    EXPECT_EQ(row.first, want.first);
    EXPECT_EQ(row.first + row.span, want.last);
    EXPECT_EQ(row.src_port, want.src_ports.size() == 1 ? *want.src_ports.begin() : 0);
    EXPECT_EQ(row.ttl, want.ttls.size() == 1 ? *want.ttls.begin() : 0);
    EXPECT_EQ(row.ip_length, want.lengths.size() == 1 ? *want.lengths.begin() : 0);
  }
}

TEST(FlowStream, makes_the_rows_that_counting_by_hand_makes) {
  const auto arrivals = random_arrivals(20'000, 40, 1);
  expect_rows(through_tables(arrivals, 1), brute_force(arrivals));
}

TEST(FlowStream, gives_the_same_rows_for_any_number_of_workers_and_when_days_are_large_enough_for_buckets) {
  const auto arrivals = random_arrivals(500'000, 5'000, 2);
  const auto expected = brute_force(arrivals);
  for (const std::size_t workers : {1u, 2u, 3u}) {
    bool in_order = true;
    expect_rows(through_tables(arrivals, workers, &in_order), expected);
    EXPECT_TRUE(in_order) << "rows of a part stand in the table's order";
  }
}

TEST(FlowStream, keeps_a_bucketed_day_of_one_worker_and_a_small_day_of_another_together) {
  auto arrivals = random_arrivals(100'000, 1'000, 3, 1'511'395'200, 86'400);
  SharedLayout layout;
  std::vector<std::unique_ptr<FlowTable>> tables;
  tables.push_back(std::make_unique<FlowTable>(layout));
  tables.push_back(std::make_unique<FlowTable>(layout));
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& a = arrivals[i];
    tables[i < 80'000 ? 0 : 1]->add(a.packet, a.sensor, a.traffic_class, a.facts, a.port, a.destination_index);
  }
  const std::vector<FlowTable*> all{tables[0].get(), tables[1].get()};
  FlowStream stream(all, days_of(all).front(), [](std::span<FlowRow>) {});
  std::vector<FlowRow> rows;
  for (std::size_t part = 0; part < stream.parts(); ++part) {
    const auto bytes = stream.open(part);
    const auto* begin = reinterpret_cast<const FlowRow*>(bytes.data());
    rows.insert(rows.end(), begin, begin + bytes.size() / sizeof(FlowRow));
    stream.close(part);
  }
  expect_rows(rows, brute_force(arrivals));
}

/// Whether a stream of these packets, read to its end, says that no key comes twice.
bool keys_come_once(const std::vector<Arrival>& arrivals) {
  SharedLayout layout;
  FlowTable table(layout);
  for (const Arrival& a : arrivals) table.add(a.packet, a.sensor, a.traffic_class, a.facts, a.port, a.destination_index);
  FlowStream stream({&table}, days_of({&table}).front(), [](std::span<FlowRow>) {});
  std::set<Key> keys;
  std::size_t rows = 0;
  for (std::size_t part = 0; part < stream.parts(); ++part) {
    const auto bytes = stream.open(part);
    const std::span all(reinterpret_cast<const FlowRow*>(bytes.data()), bytes.size() / sizeof(FlowRow));
    for (const FlowRow& row : all) keys.insert(key_of(row));
    rows += all.size();
    stream.close(part);
  }
  EXPECT_EQ(keys.size() == rows, stream.keys_come_once());
  return stream.keys_come_once();
}

TEST(FlowStream, says_that_keys_come_once_unless_an_ipv4_packet_was_too_long_for_a_record) {
  auto arrivals = random_arrivals(20'000, 40, 9, 1'511'395'200, 86'400);
  EXPECT_TRUE(std::ranges::any_of(arrivals, [](const Arrival& a) { return a.packet.ip_length > 65'535; })) << "of IPv6";
  EXPECT_TRUE(keys_come_once(arrivals));
  Arrival longer = *std::ranges::find(arrivals, 4, [](const Arrival& a) { return a.packet.ip_version; });
  longer.packet.ip_length = 70'000;
  arrivals.push_back(longer);
  EXPECT_FALSE(keys_come_once(arrivals));
}

TEST(FlowRecord, merges_countries_to_the_later_in_the_alphabet) {
  for (const auto& [a, b, later] : {std::tuple{country_code('A', 'Z'), country_code('B', 'A'), country_code('B', 'A')},
                                    std::tuple{country_code('J', 'P'), country_code('J', 'O'), country_code('J', 'P')},
                                    std::tuple{CountryCode{0}, country_code('A', 'A'), country_code('A', 'A')}}) {
    for (const bool turned : {false, true}) {
      FlowRow row, other;
      row.country = turned ? b : a;
      other.country = turned ? a : b;
      merge_into(row, other);
      EXPECT_EQ(row.country, later);
    }
  }
}

TEST(FlowStream, files_packets_of_1970_and_2100_under_their_hours) {
  auto arrivals = random_arrivals(200, 3, 4, 0, 7200);
  const auto late = random_arrivals(200, 3, 5, 4'102'444'800, 7200);
  arrivals.insert(arrivals.end(), late.begin(), late.end());
  expect_rows(through_tables(arrivals, 2), brute_force(arrivals));
}

TEST(FlowTable, forgets_its_packets_when_cleared_and_takes_new_ones) {
  SharedLayout layout;
  FlowTable table(layout);
  for (const Arrival& a : random_arrivals(100'000, 900, 7, 1'511'395'200, 86'400))
    table.add(a.packet, a.sensor, a.traffic_class, a.facts, a.port, a.destination_index);
  table.clear();
  EXPECT_EQ(table.packets(), 0u);
  EXPECT_TRUE(days_of({&table}).empty());
  const auto arrivals = random_arrivals(100'000, 900, 8, 1'511'395'200, 86'400);
  for (const Arrival& a : arrivals) table.add(a.packet, a.sensor, a.traffic_class, a.facts, a.port, a.destination_index);
  FlowStream stream({&table}, days_of({&table}).front(), [](std::span<FlowRow>) {});
  std::vector<FlowRow> rows;
  for (std::size_t part = 0; part < stream.parts(); ++part) {
    const auto bytes = stream.open(part);
    const auto* begin = reinterpret_cast<const FlowRow*>(bytes.data());
    rows.insert(rows.end(), begin, begin + bytes.size() / sizeof(FlowRow));
    stream.close(part);
  }
  expect_rows(rows, brute_force(arrivals));
}

TEST(FlowTable, says_how_much_memory_it_holds) {
  SharedLayout layout;
  FlowTable table(layout);
  const std::uint64_t before = table.memory_bytes();
  for (const Arrival& a : random_arrivals(200'000, 100'000, 6))
    table.add(a.packet, a.sensor, a.traffic_class, a.facts, a.port, a.destination_index);
  EXPECT_EQ(table.packets(), 200'000u);
  EXPECT_GE(table.memory_bytes() - before, 200'000u * 24u);
  EXPECT_LE(table.memory_bytes() - before, 200'000u * 24u * 6u);
}

/// Days are written side by side, and those that only some workers have sorted into buckets yet are sorted then.
TEST(FlowStream, of_several_days_may_be_made_at_the_same_time) {
  constexpr int kDays = 6, kMany = 140'000, kFewer = 60'000;
  SharedLayout layout;
  FlowTable many(layout), fewer(layout);
  const auto fill = [](FlowTable& table, int packets, std::uint32_t first_source) {
    for (int day = 0; day < kDays; ++day) {
      for (int i = 0; i < packets; ++i) {
        Packet packet;
        packet.time_ns = day * 86'400'000'000'000;
        packet.ip_version = 4;
        packet.protocol = protocol::kUdp;
        packet.src = first_source + static_cast<std::uint32_t>(i);
        packet.ip_length = 100 + static_cast<std::uint32_t>(day);
        table.add(packet, 0, TrafficClass::other, 0, static_cast<std::uint16_t>(i), 0);
      }
    }
  };
  const auto sum_of_sources = [](std::uint64_t packets, std::uint64_t first) { return packets * first + packets * (packets - 1) / 2; };
  fill(many, kMany, 0x01000000);
  fill(fewer, kFewer, 0x02000000);
  const std::vector<FlowTable*> tables{&many, &fewer};
  std::vector<std::thread> threads;
  std::array<std::uint64_t, kDays> rows{}, sources{}, bytes{};
  for (std::size_t day = 0; day < kDays; ++day) {
    threads.emplace_back([&, day] {
      FlowStream stream(tables, static_cast<std::int64_t>(day), [](std::span<FlowRow>) {});
      for (std::size_t part = 0; part < stream.parts(); ++part) {
        const auto raw = stream.open(part);
        for (std::size_t at = 0; at < raw.size(); at += sizeof(FlowRow)) {
          FlowRow row;
          std::memcpy(&row, raw.data() + at, sizeof row);
          ++rows[day];
          sources[day] += row.src;
          bytes[day] += row.bytes;
        }
        stream.close(part);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t day = 0; day < kDays; ++day) {
    EXPECT_EQ(rows[day], std::uint64_t{kMany + kFewer}) << "day " << day;
    EXPECT_EQ(sources[day], sum_of_sources(kMany, 0x01000000) + sum_of_sources(kFewer, 0x02000000)) << "day " << day;
    EXPECT_EQ(bytes[day], (kMany + kFewer) * (100 + day)) << "day " << day;
  }
}

}  // namespace
}  // namespace nightjar
