#include "judge/port_reader.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "fingerprint/catalogue.hpp"
#include "judge/judged_days.hpp"
#include "schema/derived_rows.hpp"
#include "store/derived_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

using namespace test;

/// Random ports in a lake's `port_days`: quiet ones, ones that rise a little or much, ones that are seldom asked.
class PrunedPorts : public JudgedDays, public ::testing::WithParamInterface<unsigned> {
 protected:
  static constexpr std::int64_t kDays = 36, kFrom = 33;
  static constexpr std::uint16_t kPorts = 60;

  void SetUp() override {
    std::mt19937_64 random(GetParam());
    const auto between = [&](double least, double most) { return std::uniform_real_distribution<double>(least, most)(random); };
    const auto drawn = [&](double mean) { return mean <= 0 ? 0 : std::poisson_distribution<int>(mean)(random); };
    const CountryCode countries[] = {code("AR"), code("BR"), code("CN"), 0};
    for (std::uint16_t port = 1; port <= kPorts; ++port) {
      const double size = std::exp(between(-3, 5)), often = between(0.1, 1.5), factor = std::exp(between(-1, 3));
      const std::int64_t begin = kFrom - 3 + static_cast<std::int64_t>(random() % 6);
      const std::size_t of = random() % 4;
      for (std::int64_t day = 0; day < kDays; ++day) {
        if (between(0, 1) > often) continue;
        for (std::size_t country = 0; country < 4; ++country) {
          for (const Tool tool : {kMirai, kNoTool}) {
            const bool risen = day >= begin && (country == of || of == 3);
            ask(day, port, countries[country], tool, drawn(size * (risen ? factor : 1)), 1.0 + static_cast<double>(random() % 3));
          }
        }
        if (random() % 40 == 0) ask(day, port, countries[of], kNoTool, 1, std::exp(between(2, 8)));
      }
    }
    exposures_[kFirst + 20] = {.address_days = 64, .coverage = 0.2, .trouble = true};
    exposures_[kFirst + 25] = {.address_days = 32, .coverage = 0.5, .trouble = false};
    write();
  }

  void write() {
    auto lake = lake_.lake();
    auto writer = take(lake.begin_write());
    Change change;
    for (std::int64_t day = 0; day < kDays; ++day) {
      std::vector<PortDayRow> rows;
      for (const PortDay& one : rows_of(day)) {
        PortDayRow row;
        row.day = kFirst + day;
        row.protocol = one.protocol;
        row.port = one.port;
        row.part = one.whole ? "port" : "cell";
        row.country = one.cell.country;
        if (!one.whole && one.cell.tool < fingerprint_catalogue().size()) row.tool = fingerprint_catalogue()[one.cell.tool].name;
        row.hosts = static_cast<std::uint64_t>(one.day.hosts);
        row.packets = static_cast<std::uint64_t>(one.day.packets);
        row.largest = static_cast<std::uint64_t>(one.day.largest);
        row.squares = one.day.squares;
        rows.push_back(row);
      }
      if (rows.empty()) continue;
      // Rows of a day are believed by the flows that they were made from.
      LakeVersion flows;
      flows.files = {
          lake_.write_rows(writer, Table::flows, kFirst + day, std::vector<FlowRow>{{.hour = (kFirst + day) * 24}}, {"darknet"})};
      flows.files[0].batches = {1};
      LakeFile file = lake_.write_rows(writer, Table::port_days, kFirst + day, std::move(rows), {});
      file.derived_from = derived_from("by hand", flows_by_day(flows).at(kFirst + day));
      change.added.push_back(flows.files[0]);
      change.added.push_back(std::move(file));
    }
    take(lake.commit(writer, std::move(change)));
  }

  /// Waves of [from, to), of rows as they are read for those days; `ports` are read in any case.
  std::string waves(std::int64_t from, std::int64_t to, const std::vector<std::pair<std::uint8_t, std::uint16_t>>& ports) {
    Judge judge = judge_for(kDays);
    const auto session = lake_.session();
    read_.clear();
    take(read_port_days(*session, rules_, exposures_, kFirst, kFirst + from, kFirst + to, ports,
                        [&](std::int64_t day, const std::vector<PortDay>& rows) {
                          for (const PortDay& row : rows) read_.insert(row.port);
                          judge.day(day, rows, day >= kFirst + from);
                        }));
    JudgeState state;
    state.waves = judge.waves();
    found_ = state.waves.size();
    return judge_state_text(state);
  }

  RowsLake lake_;
  std::set<std::uint16_t> read_;
  std::size_t found_ = 0;
};

TEST_P(PrunedPorts, GiveTheWavesOfAll) {
  std::vector<std::pair<std::uint8_t, std::uint16_t>> all;
  for (std::uint16_t port = 1; port <= kPorts; ++port) all.emplace_back(6, port);
  // One day, as many as are asked about beforehand, and more; and the second day of a lake.
  for (const auto& [from, to] :
       {std::pair<std::int64_t, std::int64_t>{kFrom, kFrom + 1}, {kFrom, kDays}, {kFrom - 4, kDays}, {1, 2}, {2, 4}}) {
    const std::string pruned = waves(from, to, {});
    const std::size_t ports = read_.size();
    EXPECT_EQ(pruned, waves(from, to, all)) << "days " << from << " to " << to;
    EXPECT_LT(ports, read_.size());
    if (from >= 30) {
      EXPECT_GT(found_, 0U);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PrunedPorts, ::testing::Range(1U, 4U));

}  // namespace
}  // namespace nightjar
