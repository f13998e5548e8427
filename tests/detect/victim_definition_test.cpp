#include "detect/victim_definition.hpp"

#include <gtest/gtest.h>

#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

TEST(VictimDefinition, PresetsAreThoseOfCorsaro) {
  EXPECT_EQ(take(victim_definition("corsaro2")).parameters(), "key=victim+protocol+sensor min=25 seconds=60 peak=30 pause=300 carpet=10");
  EXPECT_EQ(take(victim_definition("corsaro3")).parameters(), "key=victim+protocol+sensor min=25 seconds=60 peak=30 interval=60 carpet=10");
}

TEST(VictimDefinition, AChangedOneSaysWhatDiffersAndIsFoundByThatName) {
  VictimChanges changes;
  changes.min_packets = 10;
  changes.min_seconds = 0;
  changes.min_peak = 5;
  changes.gap_seconds = 600;
  changes.carpet_addresses = 20;
  const VictimDefinition changed = take(victim_definition("corsaro2", changes));
  EXPECT_EQ(changed.name, "corsaro2 with min 10, seconds 0, peak 5, gap 600, carpet 20");
  EXPECT_EQ(take(victim_definition(changed.name)).parameters(), changed.parameters());
  changes = {};
  changes.min_packets = 25;
  EXPECT_EQ(take(victim_definition("corsaro2", changes)).name, "corsaro2") << "nothing differs";
}

TEST(VictimDefinition, RefusesWhatMakesNoSense) {
  EXPECT_TRUE(fails_with(victim_definition("corsaro4"), "Did you mean corsaro"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro2 with gap 59"), "60 to 86400"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro2 with min 1"), "the fewest packets of an attack is 2 to 1000000000"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro2 with peak 0"), "in 60 seconds is 1 to"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro2 with carpet 1"), "2 to 256 addresses"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro2 with seconds -1"), "should follow a number"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro2 with key victim"), "min, seconds, peak, gap and carpet"));
  EXPECT_TRUE(fails_with(victim_definition("corsaro3 with gap 90"), "a multiple of 60"));
  EXPECT_TRUE(victim_definition("corsaro3 with gap 120").has_value());
}

TEST(VictimDefinition, IsToldFromTheOthersByItsName) {
  EXPECT_TRUE(names_victims("corsaro2"));
  EXPECT_TRUE(names_victims("corsaro3 with min 10"));
  EXPECT_FALSE(names_victims("amppot"));
  EXPECT_FALSE(names_victims("corsaro2x"));
}

TEST(VictimDefinition, SilenceIsAPauseOrAnInterval) {
  const VictimDefinition pause = take(victim_definition("corsaro2")), interval = take(victim_definition("corsaro3"));
  EXPECT_TRUE(pause.goes_on(0, 300'000));
  EXPECT_FALSE(pause.goes_on(0, 300'001));
  EXPECT_TRUE(interval.goes_on(0, 119'999));
  EXPECT_FALSE(interval.goes_on(0, 120'000));
  EXPECT_FALSE(interval.goes_on(59'999, 120'000));
  EXPECT_TRUE(interval.goes_on(-1, 59'999)) << "before 1970 too";
  EXPECT_FALSE(interval.goes_on(-1, 60'000));
}

}  // namespace
}  // namespace nightjar
