// Scan events of random rows against a plain loop over them, however the days came into the lake and were judged.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "detect/scan_events.hpp"
#include "figure/small_lake.hpp"
#include "scan_lake.hpp"

namespace nightjar {
namespace {

using test::Flow;
using test::lines_of_scans;
using test::SmallLake;

const std::string kFirstDay = "2017-03-01";
constexpr int kDays = 12;

std::string day_text(int day) { return format_day(*parse_day(kFirstDay) + day); }

/// The sensors' sizes: two that forget within an hour (on the wide one rates lie on both sides of the limit), one that forgets within half
/// a day, one within days , both smaller on some days, one that never forgets, and two that cannot have events.
std::uint64_t size_of(const std::string& sensor, int day) {
  if (sensor == "wide") return 1 << 26;
  if (sensor == "hours") return 300'000;
  if (sensor == "halfday") return day % 3 == 1 ? 5'000 : 8'000;
  if (sensor == "days") return day % 4 == 2 ? 1'500 : 2'500;
  if (sensor == "months") return 64;
  return sensor == "small" ? 9 : 0;
}

const std::vector<std::string> kSensors = {"wide", "hours", "halfday", "days", "months", "small", "unknown"};

/// Rows of one day: few sources and ports, so that events of all lengths come about, and now and then rows of one key and hour.
std::vector<Flow> rows_of_day(int day, std::mt19937_64& random) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::vector<Flow> rows;
  for (int i = 0; i < 110; ++i) {
    Flow flow(day_text(day), static_cast<int>(below(24)));
    flow.at(kSensors[below(kSensors.size())]).from("198.51.100." + std::to_string(1 + below(3)));
    const auto port = static_cast<std::uint16_t>(23 + below(2));
    switch (below(5)) {
      case 0: flow.udp(port); break;
      case 1: flow.echo(); break;
      case 2: flow.answer(6, port); break;
      default: flow.tcp(port).facts(static_cast<std::uint32_t>(below(64)));
    }
    if (below(20) == 0) flow.from("2001:db8::1");
    const auto first = static_cast<std::uint16_t>(below(3600));
    flow.seconds(first, static_cast<std::uint16_t>(below(3) == 0 ? 0 : below(3600U - first)));
    // One source always asks the same few addresses: however long it lasts, that becomes no event.
    const std::uint64_t among = flow.row().src % 4 == 3 ? 0xFF : below(2) == 0 ? random() : ~0ULL;
    flow.packets(1 + below(below(4) == 0 ? 4000 : 8)).destinations(random() & random() & among);
    flow.origin(below(2) == 0 ? "JP" : "", static_cast<std::uint32_t>(below(3)));
    rows.push_back(flow);
  }
  return rows;
}

struct Event {
  std::int64_t first = 0, last = 0;
  std::uint64_t packets = 0, bytes = 0, bits = 0, addresses = 0, timeout = 0;
  std::uint32_t facts = 0, asn = 0;
  std::string country;
};

/// 64 cells of which so many are full hold about so many things (linear counting); exact where each has a cell of its own.
double destinations(std::uint64_t bits, std::uint64_t addresses) {
  const int full = __builtin_popcountll(bits);
  return addresses <= 64 ? full : std::round(-64 * std::log(1 - std::min(full, 63) / 64.0));
}

/// The rows that the table should have after days [0, days), told one by one.
std::vector<std::string> expected(const std::vector<std::vector<Flow>>& days, int judged) {
  using Key = std::tuple<std::string, std::uint64_t, int, int, int>;
  std::map<Key, std::vector<Flow>> by_key;
  for (int day = 0; day < judged; ++day)
    for (const Flow& flow : days[static_cast<std::size_t>(day)]) {
      const FlowRow& row = flow.row();
      if (row.ip_version != 4 || row.traffic_class == 2 || size_of(flow.sensor(), day) < 10) continue;
      by_key[{flow.sensor(), row.src, row.protocol, row.port, row.traffic_class}].push_back(flow);
    }
  const std::int64_t start_of_all = *parse_day(kFirstDay) * kSecondsPerDay;
  const std::int64_t end = start_of_all + judged * kSecondsPerDay;
  std::vector<std::string> lines;
  for (auto& [key, flows] : by_key) {
    const auto begin_of = [](const Flow& flow) { return flow.row().hour * kSecondsPerHour + flow.row().first; };
    std::ranges::stable_sort(flows, {}, begin_of);
    std::vector<Event> events;
    for (const Flow& flow : flows) {
      const FlowRow& row = flow.row();
      const std::int64_t begin = begin_of(flow), stop = begin + row.span;
      if (events.empty() || begin - events.back().last > static_cast<std::int64_t>(events.back().timeout))
        events.push_back({.first = begin, .last = begin - 1});
      Event& event = events.back();
      const std::uint64_t size = size_of(flow.sensor(), static_cast<int>((begin - start_of_all) / kSecondsPerDay));
      if (stop > event.last) {
        event.last = stop;
        event.timeout =
            std::max<std::uint64_t>(3600, static_cast<std::uint64_t>(std::llround(624.0 * 475136.0 / static_cast<double>(size))));
      }
      event.packets += row.packets;
      event.bytes += row.bytes;
      event.bits |= row.dst_bits;
      event.facts |= row.facts;
      event.addresses = std::max(event.addresses, size);
      event.country = std::max(event.country, row.country == 0 ? std::string() : std::string("JP"));
      event.asn = std::max(event.asn, row.asn);
    }
    for (const Event& event : events) {
      const bool open = end - event.last <= static_cast<std::int64_t>(event.timeout);
      const double rate = event.last == event.first ? 0
                                                    : static_cast<double>(event.packets) / static_cast<double>(event.last - event.first) *
                                                          4294967296.0 / static_cast<double>(event.addresses);
      const bool kept = event.last > event.first && rate >= 10 && destinations(event.bits, event.addresses) >= 10;
      if (!kept && !(open && event.first < end - static_cast<std::int64_t>(event.timeout))) continue;
      const auto& [sensor, src, protocol, port, traffic_class] = key;
      lines.push_back(test::line_of({format_second(event.first), sensor, src, std::uint64_t(protocol), std::uint64_t(port),
                                     std::uint64_t(traffic_class), format_second(event.last), event.packets, event.bytes, event.bits,
                                     std::uint64_t(event.facts), event.addresses, event.timeout, rate, std::uint64_t(kept),
                                     std::uint64_t(open), event.country, std::uint64_t(event.asn)}));
    }
  }
  std::ranges::sort(lines);
  return lines;
}

void put(SmallLake& lake, const std::vector<Flow>& rows, int day) {
  for (const std::string& sensor : kSensors) lake.sensor(sensor, size_of(sensor, day));
  for (const Flow& flow : rows) lake.add(flow);
  lake.write();
}

void judge(SmallLake& lake, int days, std::uint64_t rows_at_once = 20'000'000) {
  ScansOptions options;
  options.threads = 1;
  options.memory_bytes = 256 << 20;
  options.rows_at_once = rows_at_once;
  const auto made = ensure_scans(lake.lake(), *parse_day(kFirstDay) + days, options);
  ASSERT_TRUE(made) << made.error().sentence;
}

class RandomScans : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    for (int day = 0; day < kDays; ++day) days_.push_back(rows_of_day(day, random));
  }
  std::vector<std::vector<Flow>> days_;
};

TEST_P(RandomScans, OfAllDaysInOneGoAreThoseOfAPlainLoop) {
  SmallLake lake;
  for (int day = 0; day < kDays; ++day) put(lake, days_[static_cast<std::size_t>(day)], day);
  judge(lake, kDays);
  const auto wanted = expected(days_, kDays);
  EXPECT_EQ(lines_of_scans(lake), wanted);
  const auto with = [&](const std::string& cells) {
    return std::ranges::count_if(wanted, [&](const std::string& line) { return line.find(cells) != std::string::npos; });
  };
  // The rows hold something of each sort: kept and ended, kept and open, too small and open.
  EXPECT_GT(with(" 1 0 "), 5);
  EXPECT_GT(with(" 1 1 "), 5);
  EXPECT_GT(with(" 0 1 "), 0);
}

TEST_P(RandomScans, OfEachDayAsItComesAreThoseOfAPlainLoop) {
  SmallLake lake;
  for (int day = 0; day < kDays; ++day) {
    put(lake, days_[static_cast<std::size_t>(day)], day);
    judge(lake, day + 1);
    ASSERT_EQ(lines_of_scans(lake), expected(days_, day + 1)) << "after day " << day;
  }
}

TEST_P(RandomScans, OfStretchesOfFewRowsAreTheSame) {
  SmallLake lake;
  for (int day = 0; day < kDays; ++day) put(lake, days_[static_cast<std::size_t>(day)], day);
  judge(lake, kDays, 250);
  EXPECT_EQ(lines_of_scans(lake), expected(days_, kDays));
}

TEST_P(RandomScans, AreJudgedAgainWhereADayGrowsOrChanges) {
  SmallLake lake;
  const std::vector<std::vector<Flow>> whole = days_;
  // Half of every day; then the other halves: of the newest day, of an old one.
  std::vector<std::vector<Flow>> there = days_;
  for (int day = 0; day < kDays; ++day) {
    auto& rows = there[static_cast<std::size_t>(day)];
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2), rows.end());
    put(lake, rows, day);
    judge(lake, day + 1);
  }
  EXPECT_EQ(lines_of_scans(lake), expected(there, kDays));
  for (const int day : {kDays - 1, 4}) {
    const auto& rows = whole[static_cast<std::size_t>(day)];
    put(lake, {rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2), rows.end()}, day);
    there[static_cast<std::size_t>(day)] = rows;
    judge(lake, kDays);
    EXPECT_EQ(lines_of_scans(lake), expected(there, kDays)) << "after the rest of day " << day;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomScans, testing::Range(1, 3));

}  // namespace
}  // namespace nightjar
