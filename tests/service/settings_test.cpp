// What nightjar.toml says to `nightjar run`, and how mistakes in it are told.
#include "service/settings.hpp"

#include <gtest/gtest.h>

#include <set>

namespace nightjar {
namespace {

std::string mistake_in(const std::string& text) {
  const auto settings = parse_settings(text, "/etc/nightjar/nightjar.toml");
  return settings ? "no mistake" : settings.error().sentence;
}

TEST(Settings, OfAnEmptyFileAreTheDefaults) {
  const auto settings = parse_settings("", "/etc/nightjar/nightjar.toml");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->run.number("detect_minutes"), 5);
  EXPECT_EQ(settings->run.text("listen"), "127.0.0.1:9470");
  EXPECT_EQ(settings->path(settings->run, "lake"), "/etc/nightjar/lake");
  EXPECT_TRUE(settings->captures.empty() && settings->watches.empty() && !settings->reflector && !settings->honeypot);
}

TEST(Settings, ReadTablesOnceOrManyTimes) {
  const auto settings = parse_settings(
      "[run]\nlake = \"/data/lake\"\n[[capture]]\ninterface = \"eth1\"\n[[capture]]\ninterface = \"eth2\"\nkeep_gb = 1.5\n"
      "[reflector]\nmode = [\"dns=emulated\", \"ntp=listen\"]\nipv6 = false\n[watch]\nfolder = \"drop\"\n[detect]\nhost_score = 8\n",
      "/etc/nightjar/nightjar.toml");
  ASSERT_TRUE(settings) << settings.error().sentence;
  EXPECT_EQ(settings->path(settings->run, "lake"), "/data/lake");
  ASSERT_EQ(settings->captures.size(), 2u);
  EXPECT_EQ(settings->captures[1].text("interface"), "eth2");
  EXPECT_EQ(settings->captures[1].text("keep_gb"), "1.5");
  EXPECT_EQ(settings->reflector->find("mode")->values, (std::vector<std::string>{"dns=emulated", "ntp=listen"}));
  EXPECT_EQ(settings->reflector->text("ipv6"), "false");
  EXPECT_EQ(settings->watches.at(0).text("folder"), "/etc/nightjar/drop");
}

TEST(Settings, SayWhereAMistakeIs) {
  EXPECT_EQ(mistake_in("[run]\n\ndetect_minuts = 5\n").substr(0, 103),
            "/etc/nightjar/nightjar.toml:3: unknown key \"detect_minuts\" in [run]; did you mean \"detect_minutes\"? Pos");
  EXPECT_EQ(mistake_in("[run]\ndetect_minutes = 2000\n"),
            "/etc/nightjar/nightjar.toml:2: detect_minutes must be a whole number from 0 to 1440");
  EXPECT_EQ(mistake_in("[run]\ndetect_minutes = nan\n"),
            "/etc/nightjar/nightjar.toml:2: detect_minutes must be a whole number from 0 to 1440");
  EXPECT_EQ(mistake_in("[run]\ndetect_minutes = 1.5\n"),
            "/etc/nightjar/nightjar.toml:2: detect_minutes must be a whole number from 0 to 1440");
  EXPECT_EQ(mistake_in("[run]\nlisten = 9470\n"), "/etc/nightjar/nightjar.toml:2: listen must be text in quotes");
  EXPECT_EQ(mistake_in("[[run]]\n"), "/etc/nightjar/nightjar.toml:1: run must be a table: write [run]");
  EXPECT_EQ(mistake_in("\n[[capture]]\nsensor = \"a\"\n"),
            "/etc/nightjar/nightjar.toml:2: [capture] needs the key interface: Network interface (ip link lists them).");
  EXPECT_EQ(mistake_in("[reflector]\nmode = \"dns=emulated\"\n"),
            "/etc/nightjar/nightjar.toml:2: mode must be a list of texts: mode = [\"...\"]");
  EXPECT_EQ(mistake_in("[reflector]\nipv6 = 1\n"), "/etc/nightjar/nightjar.toml:2: ipv6 must be true or false");
}

TEST(Settings, AsAnExampleChangeNothing) {
  const auto settings = parse_settings(example_settings(), "/etc/nightjar/nightjar.toml");
  ASSERT_TRUE(settings) << settings.error().sentence;
  EXPECT_TRUE(settings->run.given().empty() && settings->captures.empty() && !settings->reflector);
}

TEST(Settings, WithoutTheirCommentSignsAreReadWithTheirDefaults) {
  std::string text;
  std::set<std::string> tables;
  for (const SettingSection& section : setting_sections()) {
    text += "[" + std::string(section.name) + "]\n";
    for (const Setting& setting : setting_table()) {
      if (setting.section != section.name) continue;
      const std::string example = example_settings_of(section.name);
      EXPECT_NE(example.find("\n" + std::string(setting.required ? "" : "# ") + std::string(setting.key) + " = "), std::string::npos)
          << setting.key;
      const bool quoted = setting.type == Setting::Type::text || setting.type == Setting::Type::path;
      const std::string value = setting.type == Setting::Type::texts ? "[]" : std::string(setting.usual);
      text += std::string(setting.key) + " = " + (setting.required ? "\"x\"" : quoted ? "\"" + value + "\"" : value) + "\n";
    }
  }
  const auto settings = parse_settings(text, "nightjar.toml");
  EXPECT_TRUE(settings) << settings.error().sentence << "\n" << text;
}

}  // namespace
}  // namespace nightjar
