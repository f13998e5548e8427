#include "service/child_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightjar {
namespace {

Result<std::vector<ChildPlan>> plan(std::string_view text) {
  const auto settings = parse_settings(text, "/etc/n/nightjar.toml");
  if (!settings) return settings.error();
  return plan_children(*settings, run_folders(*settings), "/usr/bin/nightjar");
}

using ::testing::Contains, ::testing::ElementsAre, ::testing::HasSubstr, ::testing::IsSupersetOf, ::testing::Not;

TEST(ChildPlan, ACaptureIsACommandLineOfWhatTheFileSays) {
  const auto plans = plan(
      "[run]\ndetect_minutes = 0\ncompact_minutes = 0\n"
      "[[capture]]\ninterface = \"eth1\"\nsensor = \"alpha\"\nfilter = \"not arp\"\nkeep_gb = 1.5\n");
  ASSERT_TRUE(plans);
  ASSERT_EQ(plans->size(), 1U);
  EXPECT_EQ(plans->front().name, "capture alpha");
  EXPECT_THAT(plans->front().words,
              ElementsAre("/usr/bin/nightjar", "--quiet", "--lake", "/etc/n/lake", "capture", "--config", "/etc/n/nightjar.toml",
                          "--segments", "/etc/n/segments", "--interface=eth1", "--sensor=alpha", "--keep-gb=1.5", "--", "not arp"));
}

TEST(ChildPlan, WhatHasNoSocketsToOpenBecomesTheUserBeforeItBegins) {
  const auto plans = plan("[run]\nuser = \"nightjar\"\n[[capture]]\ninterface = \"eth1\"\n[reflector]\n[honeypot]\n");
  ASSERT_TRUE(plans);
  ASSERT_EQ(plans->size(), 5U);
  for (const ChildPlan& each : *plans) {
    const bool chore = each.name == "detect" || each.name == "compact";
    EXPECT_EQ(each.user, chore ? "nightjar" : "") << each.name;
    EXPECT_THAT(each.words, chore ? Not(Contains("--user")) : ::testing::Matcher<std::vector<std::string>>(Contains("--user")))
        << each.name;
    EXPECT_EQ(each.every_seconds, each.name == "detect" ? 300 : each.name == "compact" ? 3600 : 0) << each.name;
    EXPECT_EQ(each.stage == ChildPlan::Stage::capture, each.name == "capture eth1");
  }
}

TEST(ChildPlan, AReflectorAndAHoneypotKeepTheirStateInTheStateFolder) {
  const auto plans = plan(
      "[run]\nstate = \"/var/s\"\n[reflector]\nmode = [\"dns=listen\", \"ntp\"]\nipv6 = false\n"
      "[honeypot]\noptions = [\"--listen\", \"192.0.2.1\"]\n");
  ASSERT_TRUE(plans);
  EXPECT_THAT((*plans)[0].words, IsSupersetOf({"/var/s/reflector", "--mode=dns=listen", "--mode=ntp", "--no-ipv6"}));
  EXPECT_THAT((*plans)[1].words, IsSupersetOf({"--state", "/var/s/honeypot", "--listen", "192.0.2.1"}));
  const auto own = plan("[honeypot]\noptions = [\"--state=/x\"]\n");
  ASSERT_TRUE(own);
  EXPECT_THAT(own->front().words, Not(Contains("--state")));
}

TEST(ChildPlan, AFolderIsWatchedAndSegmentsAreSentAndReceived) {
  const auto plans = plan(
      "[run]\ndetect_minutes = 0\ncompact_minutes = 0\n[[watch]]\nfolder = \"-drop\"\nsensor = \"far\"\n"
      "[[send]]\nto = \"https://central\"\ntoken_file = \"t\"\nsensor = \"alpha\"\nkeep_days = 7\n"
      "[receive]\ncertificate = \"c.pem\"\nkey = \"/k.pem\"\nport = 443\n");
  ASSERT_TRUE(plans) << plans.error().sentence;
  ASSERT_EQ(plans->size(), 3U);
  EXPECT_EQ((*plans)[0].name, "send alpha");
  EXPECT_THAT((*plans)[0].words,
              ElementsAre("/usr/bin/nightjar", "--quiet", "--lake", "/etc/n/lake", "send", "--segments", "/etc/n/segments",
                          "--to=https://central", "--token-file=/etc/n/t", "--sensor=alpha", "--keep-days=7"));
  EXPECT_THAT((*plans)[1].words, ElementsAre("/usr/bin/nightjar", "--quiet", "--lake", "/etc/n/lake", "receive", "--config",
                                             "/etc/n/nightjar.toml", "--tokens", "/etc/n/tokens", "--folder", "/etc/n/received",
                                             "--certificate=/etc/n/c.pem", "--key=/k.pem", "--port=443"));
  EXPECT_THAT((*plans)[2].words, ElementsAre("/usr/bin/nightjar", "--quiet", "--lake", "/etc/n/lake", "watch", "--config",
                                             "/etc/n/nightjar.toml", "--sensor=far", "--", "/etc/n/-drop"));
}

TEST(ChildPlan, TwoCapturesOfOneNameAreAMistake) {
  const auto plans = plan("[[capture]]\ninterface = \"eth1\"\n[[capture]]\ninterface = \"eth1\"\n");
  ASSERT_FALSE(plans);
  EXPECT_THAT(plans.error().sentence, HasSubstr("'capture eth1' is there twice"));
}

}  // namespace
}  // namespace nightjar
