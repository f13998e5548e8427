#include "store/counting.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace nightjar {
namespace {

using Key = std::tuple<Dimension, std::uint32_t, std::uint8_t, std::uint8_t, std::uint16_t>;

std::map<Key, CountCell> cells_of(CellCounter& counter) {
  std::map<Key, CountCell> cells;
  counter.drain([&](const CountCell& cell) {
    const Key key{cell.dimension, cell.value, cell.hour, cell.traffic_class, cell.sensor};
    EXPECT_TRUE(cells.emplace(key, cell).second) << "a cell came twice";
  });
  return cells;
}

CountedRow row(std::uint64_t src, std::uint8_t hour, std::uint16_t sensor, std::uint8_t traffic_class) {
  CountedRow made;
  made.src = src;
  made.hour = hour;
  made.sensor = sensor;
  made.traffic_class = traffic_class;
  made.packets = 10;
  made.bytes = 400;
  return made;
}

TEST(CellCounter, counts_a_host_once_a_cell) {
  CellCounter counter({true}, false);
  counter.add(row(0, 1, 0, 1));
  counter.add(row(0, 1, 0, 1));
  counter.add(row(0, 2, 0, 1));
  counter.add(row(7, 2, 0, 1));
  const auto cells = cells_of(counter);
  const auto all = [&](std::uint8_t hour) { return cells.at({Dimension::all, 0, hour, 1, 0}); };
  EXPECT_EQ(all(1).hosts, 1u);
  EXPECT_EQ(all(1).packets, 20u);
  EXPECT_EQ(all(2).hosts, 2u);
  EXPECT_EQ(all(kWholeDay).hosts, 2u);
  EXPECT_EQ(all(kWholeDay).bytes, 1600u);
}

TEST(CellCounter, counts_a_host_that_scans_and_asks_once) {
  CellCounter counter({true}, false);
  counter.add(row(5, 1, 0, 1));
  counter.add(row(5, 1, 0, 3));
  counter.add(row(5, 1, 0, 2));
  const auto cells = cells_of(counter);
  EXPECT_EQ(cells.at({Dimension::all, 0, 1, kScanOrRequest, 0}).hosts, 1u);
  EXPECT_EQ(cells.at({Dimension::all, 0, 1, kScanOrRequest, 0}).packets, 20u) << "backscatter does not count";
}

TEST(CellCounter, copies_where_only_one_class_or_sensor_can_be_meant) {
  for (const bool one_asking_class : {false, true}) {
    CellCounter counter({true, false}, one_asking_class);
    counter.add(row(5, 1, 0, 1));
    counter.add(row(5, 1, 1, 1));
    counter.add(row(6, 1, 1, 1));
    const auto cells = cells_of(counter);
    EXPECT_EQ(cells.at({Dimension::all, 0, 1, kScanOrRequest, 1}).hosts, 2u);
    EXPECT_EQ(cells.at({Dimension::all, 0, 1, 1, kAllDarknets}).hosts, 1u) << "sensor 1 is no darknet";
    EXPECT_EQ(cells.at({Dimension::all, 0, 1, kScanOrRequest, kAllDarknets}).hosts, 1u);
    EXPECT_EQ(cells.size(), 36u) << "3 dimensions x 2 steps x 2 classes x 3 sensors";
  }
}

TEST(CellCounter, counts_a_host_that_two_darknets_saw_once) {
  CellCounter counter({true, true}, true);
  counter.add(row(5, 1, 0, 1));
  counter.add(row(5, 1, 1, 1));
  const auto cells = cells_of(counter);
  EXPECT_EQ(cells.at({Dimension::all, 0, 1, 1, kAllDarknets}).hosts, 1u);
  EXPECT_EQ(cells.at({Dimension::all, 0, 1, 1, kAllDarknets}).packets, 20u);
}

TEST(CellCounter, gives_each_fingerprint_its_cell) {
  CellCounter counter({true}, true);
  CountedRow marked = row(5, 1, 0, 1);
  marked.fingerprints = 0b101;
  counter.add(marked);
  counter.add(row(6, 1, 0, 1));
  const auto cells = cells_of(counter);
  EXPECT_EQ(cells.at({Dimension::fingerprint, 0, 1, 1, 0}).hosts, 1u);
  EXPECT_EQ(cells.at({Dimension::fingerprint, 2, kWholeDay, 1, 0}).packets, 10u);
  EXPECT_FALSE(cells.contains({Dimension::fingerprint, 1, 1, 1, 0}));
}

TEST(CellCounter, is_empty_after_it_was_drained_and_grows) {
  CellCounter counter({true}, true);
  for (std::uint32_t round = 0; round < 3; ++round) {
    for (std::uint32_t asn = 0; asn < 5000; ++asn) {
      CountedRow made = row(asn, static_cast<std::uint8_t>(asn % 24), 0, 2);
      made.asn = asn;
      counter.add(made);
    }
    const auto cells = cells_of(counter);
    EXPECT_EQ(cells.at({Dimension::all, 0, kWholeDay, 2, 0}).hosts, 5000u);
    for (std::uint32_t asn = 0; asn < 5000; ++asn) ASSERT_EQ(cells.at({Dimension::asn, asn, kWholeDay, 2, 0}).hosts, 1u);
  }
}

}  // namespace
}  // namespace nightjar
