#include "reflector/budget_settings.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nightjar::reflector {
namespace {

// Rule 2 of the safety rules, number by number.
TEST(BudgetSettings, AreThoseOfTheSafetyRules) {
  const BudgetSettings settings;
  EXPECT_EQ(settings.replies_per_host, 3);
  EXPECT_EQ(settings.free_replies_per_host, 3);
  EXPECT_EQ(settings.replies_per_host_alone, 1);
  EXPECT_EQ(settings.replies_per_prefix, 10);
  EXPECT_EQ(settings.sensor_replies_per_second, 100);
  EXPECT_EQ(settings.sensor_bits_per_second, 64'000);
  EXPECT_EQ(settings.deployment_bits_per_second, 256'000);
  EXPECT_EQ(settings.reply_bytes, 1'232);
  EXPECT_EQ(settings.silence_seconds, 3'600);
  EXPECT_TRUE(check(settings));
}

TEST(BudgetSettings, HaveEachAUnitARangeAndAReason) {
  std::set<std::string_view> keys;
  for (const BudgetSetting& setting : budget_settings()) {
    SCOPED_TRACE(setting.key);
    EXPECT_TRUE(keys.insert(setting.key).second);
    EXPECT_FALSE(setting.unit.empty());
    EXPECT_TRUE(setting.sentence.ends_with('.'));
    EXPECT_TRUE(setting.reason.ends_with('.'));
    EXPECT_LT(setting.least, setting.most);
  }
  EXPECT_EQ(keys.size() * sizeof(std::int64_t), sizeof(BudgetSettings)) << "every field is in the table";
}

TEST(BudgetSettings, AreRefusedOutsideTheirRange) {
  for (const BudgetSetting& setting : budget_settings()) {
    for (const std::int64_t wrong : {setting.least - 1, setting.most + 1}) {
      BudgetSettings settings;
      settings.*setting.value = wrong;
      const auto done = check(settings);
      ASSERT_FALSE(done) << setting.key;
      EXPECT_TRUE(done.error().sentence.starts_with(std::string(setting.key) + " is " + std::to_string(wrong))) << done.error().sentence;
    }
  }
}

// The rules bind: no setting makes a reply larger, or gives more of them away for nothing.
TEST(BudgetSettings, CannotBeMadeLaxerThanTheRules) {
  for (const auto& [value, most] : {std::pair(&BudgetSettings::reply_bytes, 1'232),
                                    {&BudgetSettings::free_replies_per_host, 3},
                                    {&BudgetSettings::sensor_replies_per_second, 100},
                                    {&BudgetSettings::sensor_bits_per_second, 64'000},
                                    {&BudgetSettings::deployment_bits_per_second, 256'000}}) {
    BudgetSettings settings;
    settings.*value = most + 1;
    EXPECT_FALSE(check(settings));
  }
  BudgetSettings settings;
  settings.silence_seconds = 3'599;
  EXPECT_FALSE(check(settings));
  settings = {};
  settings.replies_per_host = 1;
  settings.replies_per_host_alone = 2;
  EXPECT_FALSE(check(settings));
}

}  // namespace
}  // namespace nightjar::reflector
