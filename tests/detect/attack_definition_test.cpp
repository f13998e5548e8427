#include "detect/attack_definition.hpp"

#include <gtest/gtest.h>

#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

// Numbers of the presets: Kraemer et al., RAID 2015; Thomas et al. 2017; NICTER observation report 2017, footnote 10.
TEST(AttackDefinition, PresetsHaveThePublishedNumbers) {
  const auto parameters = [](const char* name) { return take(attack_definition(name)).parameters(); };
  EXPECT_EQ(parameters("amppot"), "key=victim+port+sensor min=100 gap=3600 count=sensors carpet=10 carpet-requests=6");
  EXPECT_EQ(parameters("per-sensor"), "key=victim+port+sensor min=100 gap=3600 count=sum carpet=10 carpet-requests=6");
  EXPECT_EQ(parameters("merged"), "key=victim+port+sensor min=100 gap=3600 count=victim carpet=10 carpet-requests=6");
  EXPECT_EQ(parameters("hopscotch"), "key=victim+service min=6 gap=900 count=sum carpet=10 carpet-requests=6");
}

TEST(AttackDefinition, AChangedOneSaysSoInItsNameAndIsFoundByIt) {
  AttackChanges changes;
  changes.gap_seconds = 900;
  const AttackDefinition one = take(attack_definition("amppot", changes));
  EXPECT_EQ(one.name, "amppot with gap 900");
  changes.min_requests = 50;
  changes.key = "victim+service";
  changes.count = "sum";
  changes.carpet_addresses = 20;
  const AttackDefinition all = take(attack_definition("amppot", changes));
  EXPECT_EQ(all.name, "amppot with key victim+service, min 50, gap 900, count sum, carpet 20");
  const AttackDefinition again = take(attack_definition(all.name));
  EXPECT_EQ(again.name, all.name);
  EXPECT_EQ(again.parameters(), all.parameters());
}

TEST(AttackDefinition, WhatChangesNothingKeepsTheName) {
  AttackChanges changes;
  changes.gap_seconds = 3600;
  changes.min_requests = 100;
  EXPECT_EQ(take(attack_definition("amppot", changes)).name, "amppot");
}

TEST(AttackDefinition, MistakesAreSentences) {
  EXPECT_TRUE(
      fails_with(attack_definition("ampot"), "there is no definition \"ampot\". Did you mean amppot? Definitions are amppot, per-sensor"));
  AttackChanges changes;
  changes.gap_seconds = 59;
  EXPECT_TRUE(fails_with(attack_definition("amppot", changes),
                         "the gap is at least 60 s: the lake keeps the first and the last request of each minute"));
  changes = {};
  changes.key = "victim+colour";
  EXPECT_TRUE(fails_with(attack_definition("amppot", changes), "not \"victim+colour\""));
  changes.key = "victim+port+port";
  EXPECT_TRUE(fails_with(attack_definition("amppot", changes), "not \"victim+port+port\""));
  changes = {};
  changes.count = "twice";
  EXPECT_TRUE(fails_with(attack_definition("amppot", changes), "counted by sum, sensors or victim, not by \"twice\""));
  changes = {};
  changes.min_requests = 1;
  EXPECT_TRUE(fails_with(attack_definition("amppot", changes), "a single one is a scan"));
  EXPECT_TRUE(fails_with(attack_definition("amppot with speed 3"), "not in \"speed\""));
  EXPECT_TRUE(fails_with(attack_definition("amppot with gap soon"), "after gap should follow a number, not \"soon\""));
  EXPECT_TRUE(fails_with(attack_definition("amppot with gap"), "after gap should follow a number"));
}

}  // namespace
}  // namespace nightjar
