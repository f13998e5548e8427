#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "judge/judge.hpp"
#include "judge/judge_state.hpp"

namespace nightjar::test {

/// Of days that are told by their number: 20,000 is some day in October 2024.
inline constexpr std::int64_t kFirst = 20'000;
inline constexpr Tool kMirai = 0, kZmap = 4;

constexpr CountryCode code(const char (&letters)[3]) { return static_cast<CountryCode>(letters[0] | letters[1] << 8); }

/// Days of a darknet of 64 addresses as `port_days` tells them, written by hand: 0 is the first.
class JudgedDays : public ::testing::Test {
 protected:
  /// `hosts` of a country and tool ask the port on the day, each with so many packets.
  void ask(std::int64_t day, std::uint16_t port, CountryCode country, Tool tool, double hosts, double each = 1) {
    if (hosts <= 0) return;
    CellDay& cell = days_[day][{6, port}][{country, tool}];
    cell.day = kFirst + day;
    cell.hosts += hosts;
    cell.packets += hosts * each;
    cell.largest = std::max(cell.largest, each);
    cell.squares += hosts * each * each;
  }
  /// One number a day from `day` on.
  void ask_days(std::int64_t day, std::uint16_t port, CountryCode country, Tool tool, const std::vector<double>& hosts) {
    for (const double count : hosts) ask(day++, port, country, tool, count);
  }
  /// The same on each day of [from, to).
  void ask_always(std::int64_t from, std::int64_t to, std::uint16_t port, CountryCode country, Tool tool, double hosts) {
    for (std::int64_t day = from; day < to; ++day) ask(day, port, country, tool, hosts);
  }
  /// What 23/TCP usually gets: some of Brazil's bots, and others' hosts without a known tool.
  void usual(std::int64_t to, std::uint16_t port = 23) {
    ask_always(0, to, port, code("BR"), kMirai, 20);
    ask_always(0, to, port, code("CN"), kNoTool, 30);
  }

  std::vector<PortDay> rows_of(std::int64_t day) const {
    std::vector<PortDay> rows;
    const auto found = days_.find(day);
    if (found == days_.end()) return rows;
    for (const auto& [key, cells] : found->second) {
      PortDay whole;
      whole.protocol = key.first;
      whole.port = key.second;
      whole.whole = true;
      whole.day.day = kFirst + day;
      for (const auto& [cell, counts] : cells) whole.day += counts;
      rows.push_back(whole);
      for (const auto& [cell, counts] : cells) {
        // As in `port_days`: a lone host is in the port as a whole only.
        if (counts.hosts < 2 && counts.packets < 20) continue;
        PortDay row = whole;
        row.whole = false;
        row.cell = cell;
        row.day = counts;
        rows.push_back(row);
      }
    }
    return rows;
  }
  /// All days but those that are written down otherwise have 64 addresses, and 100,000 packets at all ports together.
  Judge judge_for(std::int64_t to) {
    for (std::int64_t day = 0; day < to; ++day) {
      exposures_.try_emplace(kFirst + day, Exposure{.address_days = 64, .coverage = 1, .trouble = false});
      packets_.try_emplace(kFirst + day, 100'000);
    }
    return {rules_, exposures_, packets_};
  }
  /// The waves of [0, to), by their beginning.
  std::vector<Wave> judged(std::int64_t to) {
    Judge judge = judge_for(to);
    for (std::int64_t day = 0; day < to; ++day) judge.day(kFirst + day, rows_of(day), true);
    return judge.waves();
  }
  /// The same, but after `part` days another judge goes on from the waves of the first, after as many days of history as it may look at.
  std::vector<Wave> judged_in_parts(std::int64_t to, std::int64_t part) {
    std::vector<Wave> waves = judged(part);
    // As a file keeps them.
    JudgeState state;
    state.waves = std::move(waves);
    waves = judge_state_of(judge_state_text(state)).value().waves;
    Judge judge = judge_for(to);
    judge.resume(std::move(waves));
    for (std::int64_t day = std::max<std::int64_t>(0, part - 60); day < part; ++day) judge.day(kFirst + day, rows_of(day), false);
    for (std::int64_t day = part; day < to; ++day) judge.day(kFirst + day, rows_of(day), true);
    return judge.waves();
  }

  Rules rules_;
  std::map<std::int64_t, Exposure> exposures_;
  std::map<std::int64_t, double> packets_;
  std::map<std::int64_t, std::map<std::pair<std::uint8_t, std::uint16_t>, std::map<Cell, CellDay>>> days_;
};

inline PortPopulation population(std::vector<CountryCode> countries, std::vector<Tool> tools) {
  return {std::move(countries), std::move(tools)};
}

}  // namespace nightjar::test
