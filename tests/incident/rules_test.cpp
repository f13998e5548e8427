#include "incident/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <sstream>

#include "sensor/sensors.hpp"

namespace nightjar {
namespace {

using ::testing::HasSubstr;

std::string error_of(const std::string& toml) {
  const auto rules = rules_of_toml(toml, "nightjar.toml");
  return rules ? "" : rules.error().sentence;
}

TEST(Rules, TheTableNamesEveryFieldOnceWithItsReason) {
  std::set<std::string_view> keys;
  std::set<const double*> fields;
  const Rules defaults;
  for (const Rule& rule : rule_table()) {
    keys.insert(rule.key);
    fields.insert(&(defaults.*rule.value));
    EXPECT_GE(defaults.*rule.value, rule.least) << rule.key;
    EXPECT_LE(defaults.*rule.value, rule.most) << rule.key;
    EXPECT_FALSE(rule.unit.empty() || rule.sentence.empty() || rule.reason.empty()) << rule.key;
    EXPECT_EQ(rule.sentence.back(), '.') << rule.key;
    EXPECT_EQ(rule.reason.back(), '.') << rule.key;
  }
  EXPECT_EQ(keys.size(), rule_table().size());
  EXPECT_EQ(fields.size(), sizeof(Rules) / sizeof(double));
}

TEST(Rules, ANameSaysWhatDiffers) {
  Rules rules;
  EXPECT_EQ(rules.name(), "default");
  rules.over_days = 3;
  rules.host_ratio = 2.25;
  EXPECT_EQ(rules.name(), "host_ratio=2.25 over_days=3");
}

TEST(Rules, TheTableDetectSetsThemAndOtherTablesAreNotTheirs) {
  const auto rules = rules_of_toml(
      "[[sensor]]\nname = \"x\"\nhost_ratio = \"no\"\n[detect]\nhost_ratio = 2\nover_days = 3 # longer\n[api]\nport = 1\n", "f");
  ASSERT_TRUE(rules) << rules.error().sentence;
  EXPECT_EQ(rules->name(), "host_ratio=2 over_days=3");
  for (const char* text : {"", "# nothing\n", "[display]\ntimezone = \"UTC\"\n", "[detect]\n"}) {
    const auto same = rules_of_toml(text, "f");
    ASSERT_TRUE(same) << same.error().sentence;
    EXPECT_EQ(*same, Rules());
  }
}

TEST(Rules, MistakesNameTheirLine) {
  EXPECT_THAT(error_of("[detect]\n\nhost_ration = 2\n"),
              HasSubstr("nightjar.toml:3: [detect] has no rule \"host_ration\". Did you mean host_ratio?"));
  EXPECT_THAT(error_of("[detect]\nxyzzyplugh = 2\n"), HasSubstr("[detect] has no rule \"xyzzyplugh\"; nightjar detect --explain-rules"));
  EXPECT_THAT(error_of("[detect]\nhost_ratio = \"2\"\n"), HasSubstr("nightjar.toml:2: host_ratio must be a number from 1 to 100"));
  EXPECT_THAT(error_of("[detect]\nhost_ratio = 0.5\n"), HasSubstr("must be a number from 1 to 100 (times the usual)"));
  EXPECT_THAT(error_of("[detect]\nhost_ratio = 101\n"), HasSubstr("from 1 to 100"));
  EXPECT_THAT(error_of("[detect]\nhost_ratio = nan\n"), HasSubstr("from 1 to 100"));
  EXPECT_THAT(error_of("[detect]\nhost_ratio = inf\n"), HasSubstr("from 1 to 100"));
  EXPECT_THAT(error_of("[detect]\nhost_ratio = true\n"), HasSubstr("from 1 to 100"));
  EXPECT_THAT(error_of("[detect]\nover_days = 1.5\n"), HasSubstr("over_days must be a whole number from 1 to 28 (days)"));
  EXPECT_THAT(error_of("a = 1\ndetect = 3\n"), HasSubstr("nightjar.toml:2: detect must be a table"));
  EXPECT_THAT(error_of("[[detect]]\n"), HasSubstr("detect must be a table"));
  EXPECT_THAT(error_of("[detect\n"), HasSubstr("nightjar.toml:1:"));
  EXPECT_THAT(error_of("[detect]\n\"\\u001b[31m\" = 2\n"), HasSubstr("\\x1b[31m"));
}

TEST(Rules, TheReaderOfSensorsLeavesThemAlone) {
  const auto config = parse_sensor_config(
      "[detect]\nhost_ratio = 2\n[[sensor]]\nname = \"a\"\nkind = \"darknet\"\nprefixes = [\"192.0.2.0/24\"]\n", "nightjar.toml");
  EXPECT_TRUE(config) << (config ? "" : config.error().sentence);
}

TEST(Rules, AreExplainedWithinTheColumns) {
  Rules rules;
  rules.host_ratio = 3;
  for (const std::size_t columns : {80, 40}) {
    std::istringstream text(explain_rules(rules, columns));
    for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), columns) << line;
  }
  const std::string text = explain_rules(rules);
  for (const Rule& rule : rule_table()) EXPECT_THAT(text, HasSubstr("\n" + std::string(rule.key) + " = ")) << rule.key;
  EXPECT_THAT(text, HasSubstr("host_ratio = 3\n  times the usual; from 1 to 100, default 1.5\n"));
  EXPECT_THAT(text, HasSubstr("over_days = 2\n  days; from 1 to 28\n"));
}

}  // namespace
}  // namespace nightjar
