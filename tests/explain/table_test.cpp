#include "explain/table.hpp"

#include <gtest/gtest.h>

#include "explain/rise_lake.hpp"

namespace nightjar::test {
namespace {

/// 3,000 hosts of China and 1,000 of Japan usually; 6,000 and 3,000 at the peak, of which one sends a third of all packets.
class RiseTables : public RiseLake {
 protected:
  RiseTables() {
    for (const int day : {7, 8}) {
      hosts(day, 1, 3000, of("CN"));
      hosts(day, 2, 1000, of("JP"));
    }
    hosts(10, 1, 6000, of("CN"));
    hosts(10, 2, 2999, of("JP"));
    hosts(10, 3, 1, [](Flow& flow) { flow.origin("JP", 0).packets(4500); });
    lake_.write();
    session_ = lake_.session();
  }
  RiseTable read(const Rise& rise, std::size_t most_rows) {
    const auto population = population_of(*session_, rise, exposures_);
    auto table = RiseTable::read(*session_, *population, rise.metric, most_rows);
    EXPECT_TRUE(table);
    return *std::move(table);
  }
  static Level of_country(const RiseTable& table, char a, char b) {
    const std::vector<Level> levels = table.levels(Attribute::country);
    for (std::uint32_t code = 1; code < levels.size(); ++code) {
      if (table.value_of({Attribute::country, code}) == country_code(a, b)) return levels[code];
    }
    return {};
  }
  std::unique_ptr<QuerySession> session_;
};

TEST_F(RiseTables, AreExactWhereAllRowsFit) {
  const RiseTable table = read(rise_of_hosts(), 100'000);
  EXPECT_DOUBLE_EQ(table.level({}).now, 9000);
  EXPECT_DOUBLE_EQ(table.level({}).usual, 4000);
  EXPECT_DOUBLE_EQ(of_country(table, 'J', 'P').now, 3000);
  EXPECT_DOUBLE_EQ(of_country(table, 'J', 'P').usual, 1000);
  EXPECT_DOUBLE_EQ(of_country(table, 'J', 'P').usual_port, 1000);
}

TEST_F(RiseTables, ComeCloseWhereASampleMustDo) {
  // One source in six: 1,500 of 9,000, so five standard deviations of the peak's level are 5 x sqrt(9000 x 5).
  const RiseTable table = read(rise_of_hosts(), 3'000);
  EXPECT_NEAR(table.level({}).now, 9000, 1100);
  EXPECT_NE(table.level({}).now, 9000);
  EXPECT_NEAR(of_country(table, 'J', 'P').now, 3000, 650);
}

TEST_F(RiseTables, HoldTheLoudestSourceInAnySample) {
  const RiseTable table = read(rise_of_packets(), 3'000);
  EXPECT_NEAR(of_country(table, 'J', 'P').now, 7499, 650);
}

TEST_F(RiseTables, OfASmallPopulationAreExactThoughTheRestOfThePortIsThinned) {
  Rise rise = rise_of_hosts();
  rise.countries = {"JP"};
  const RiseTable table = read(rise, 10'000);
  EXPECT_DOUBLE_EQ(table.level({}).now, 3000);
  EXPECT_DOUBLE_EQ(table.level({}).usual, 1000);
  EXPECT_NEAR(table.level({}).usual_port, 4000, 400);
}

TEST_F(RiseTables, DoNotDecideThePartsThatAreTold) {
  // What is told is counted, however the parts were chosen.
  const Explanation explanation = explain_rise(*session_, rise_of_packets(), exposures_).value();
  ASSERT_FALSE(explanation.parts.empty());
  EXPECT_EQ(text(explanation.parts.front()), "country=JP: 68 %, usually 25 %, 3000 hosts, 7499 packets");
}

}  // namespace
}  // namespace nightjar::test
