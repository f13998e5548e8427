// nightjar detect as a user runs it, over ten modelled days with one incident of each kind.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/time.hpp"
#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class DetectCommand : public ModelledCaptures {
 protected:
  /// Runs it over a lake; what it says is in out_ and err_.
  int say(const std::string& lake, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--quiet", "--lake", path(lake)});
    Program program(NIGHTJAR_BINARY, arguments, {"HOME=" + folder_.path().string()}, path("said"), path("complained"));
    const int status = program.wait().status;
    out_ = content_of(path("said"));
    err_ = content_of(path("complained"));
    return status;
  }
  void write_file(const std::string& name, const std::string& content) const { std::ofstream(path(name), std::ios::binary) << content; }
  /// Ten days with one incident of each kind in the lake `name`.
  void one_of_each(const std::string& name) {
    if (!std::filesystem::exists(path("made"))) simulate("made", {"one-of-each"});
    ASSERT_EQ(say(name, {"ingest", path("made")}), 0) << err_;
  }
  /// Rows of nightjar incidents by id.
  std::map<std::string, json> incidents(const std::string& lake, const std::string& rules = "default") {
    EXPECT_EQ(say(lake, {"incidents", "--rules", rules, "--format", "json"}), 0) << err_;
    std::map<std::string, json> by_id;
    const json answer = json::parse(out_);
    for (const json& row : answer.at("rows")) by_id[row.at("id")] = row;
    return by_id;
  }
  std::size_t files_of_lake(const std::string& lake) const {
    std::size_t files = 0;
    for (const auto& one : std::filesystem::recursive_directory_iterator(path(lake))) files += one.is_regular_file() ? 1U : 0U;
    return files;
  }
  static void expect_same(const std::map<std::string, json>& one, const std::map<std::string, json>& other) {
    for (const auto& [id, row] : one) {
      const auto found = other.find(id);
      if (found == other.end()) {
        ADD_FAILURE() << "only in the first: " << row.dump();
        continue;
      }
      for (const auto& [key, value] : row.items())
        EXPECT_EQ(value, found->second.value(key, json())) << key << " of " << id << ", " << row.at("title");
    }
    for (const auto& [id, row] : other) EXPECT_TRUE(one.contains(id)) << "only in the second: " << row.dump();
  }

  std::string out_, err_;
};

/// Those that judge a lake.
class DetectModelled : public DetectCommand {
 protected:
  void SetUp() override {
#if defined(NIGHTJAR_SANITIZED)
    GTEST_SKIP() << "ten days of packets, judged day by day, are too many with sanitizers";
#endif
  }
};

TEST_F(DetectModelled, DayByDayAndInOneGoTheIncidentsAreTheSame) {
  one_of_each("at-once");
  one_of_each("by-day");
  ASSERT_EQ(say("at-once", {"detect"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("11 days from 2024-06-02 to 2024-06-12 judged by the rules \"default\": "));
  const auto at_once = incidents("at-once");
  EXPECT_GE(at_once.size(), 10U);
  for (std::int64_t day = *parse_day("2024-06-03"); day < *parse_day("2024-06-13"); ++day) {
    ASSERT_EQ(say("by-day", {"detect", "--to", format_day(day)}), 0) << err_;
    EXPECT_THAT(out_, StartsWith("1 day from " + format_day(day - 1) + " to " + format_day(day - 1)));
  }
  ASSERT_EQ(say("by-day", {"detect"}), 0) << err_;
  expect_same(at_once, incidents("by-day"));

  // Judged again nothing is written, in both.
  for (const char* lake : {"at-once", "by-day"}) {
    const std::size_t files = files_of_lake(lake);
    ASSERT_EQ(say(lake, {"detect"}), 0) << err_;
    EXPECT_THAT(out_, StartsWith("up to date: these days were judged by the rules \"default\" before, and nothing came since"));
    EXPECT_EQ(files_of_lake(lake), files);
  }
}

TEST_F(DetectModelled, ADayThatComesLateIsJudgedAnewFromThereOn) {
  one_of_each("at-once");
  ASSERT_EQ(say("at-once", {"detect"}), 0) << err_;
  const auto at_once = incidents("at-once");
  // The same captures without one darknet day, then that day.
  const std::filesystem::path late = path("made") + "/darknet/darknet-2024-06-06.pcap";
  ASSERT_TRUE(std::filesystem::exists(late));
  std::filesystem::rename(late, path("late.pcap"));
  ASSERT_EQ(say("in-parts", {"ingest", path("made")}), 0) << err_;
  ASSERT_EQ(say("in-parts", {"detect"}), 0) << err_;
  EXPECT_NE(incidents("in-parts"), at_once);
  std::filesystem::rename(path("late.pcap"), late);
  ASSERT_EQ(say("in-parts", {"ingest", path("made")}), 0) << err_;
  ASSERT_EQ(say("in-parts", {"detect"}), 0) << err_;
  auto in_parts = incidents("in-parts");
  expect_same(at_once, in_parts);
}

TEST_F(DetectModelled, OtherRulesStandBeside) {
  one_of_each("lake");
  ASSERT_EQ(say("lake", {"detect"}), 0) << err_;
  const auto before = incidents("lake");
  write_file("strict.toml", "[detect]\nfewest_hosts = 1000000\nfewest_packets = 1000000000\n");
  ASSERT_EQ(say("lake", {"detect", "--config", path("strict.toml")}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("judged by the rules \"fewest_hosts=1000000 fewest_packets=1000000000\""));
  const auto strict = incidents("lake", "fewest_hosts=1000000 fewest_packets=1000000000");
  EXPECT_LT(strict.size(), before.size());
  EXPECT_FALSE(strict.empty());  // the sensor's outage
  for (const auto& [id, row] : strict) EXPECT_NE(row.at("kind"), "host-spike") << row.dump();
  expect_same(before, incidents("lake"));
  ASSERT_EQ(say("lake", {"detect", "--config", path("strict.toml")}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("up to date"));
}

TEST_F(DetectCommand, RulesAreExplainedWithTheirValues) {
  ASSERT_EQ(say("none", {"detect", "--explain-rules"}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("Rules of detection: default."));
  // Every rule that docs/definitions.md speaks of by its name.
  for (const char* rule : {"new_usual_days = 14", "host_score = 7", "host_ratio = 1.5", "fewest_hosts = 8", "packet_score = 7",
                           "over_share = 0.1", "over_days = 2", "new_port_hosts = 0.02", "campaign_hosts = 1000", "campaign_ports = 3",
                           "source_share = 0.5", "dropper_days = 7", "silence_minutes = 60"})
    EXPECT_THAT(out_, HasSubstr("\n" + std::string(rule) + "\n"));
  write_file("mine.toml", "[detect]\nover_days = 3\n");
  ASSERT_EQ(say("none", {"detect", "--explain-rules", "--config", path("mine.toml")}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("\nover_days = 3\n"));
  EXPECT_THAT(out_, HasSubstr("default 2"));
  EXPECT_FALSE(std::filesystem::exists(path("none")));
}

TEST_F(DetectCommand, ABrokenConfigNamesTheLine) {
  const std::pair<const char*, std::vector<const char*>> wrong[] = {
      {"[detect]\n\nhost_ration = 2\n", {"broken.toml:3:", "host_ration", "Did you mean host_ratio?"}},
      {"[detect]\nhost_ratio = 0.5\n", {"broken.toml:2:", "host_ratio must be a number from 1 to 100"}},
      {"[detect]\nover_days = 1.5\n", {"broken.toml:2:", "over_days must be a whole number"}},
      {"[detect]\nover_days = nan\n", {"broken.toml:2:"}},
      {"[detect]\nover_days = \"two\"\n", {"broken.toml:2:"}},
      {"# rules\ndetect = 7\n", {"broken.toml:2:", "detect must be a table"}},
      {"[detect]\nover_days = = 2\n", {"broken.toml:2"}},
      {"[detect\n", {"broken.toml:1"}},
  };
  for (const auto& [text, words] : wrong) {
    write_file("broken.toml", text);
    EXPECT_EQ(say("none", {"detect", "--config", path("broken.toml")}), 1) << text;
    for (const char* word : words) EXPECT_THAT(err_, HasSubstr(word)) << text;
    EXPECT_EQ(out_, "");
  }
  EXPECT_EQ(say("none", {"detect", "--config", path("absent.toml")}), 1);
  EXPECT_THAT(err_, HasSubstr("absent.toml"));
}

TEST_F(DetectCommand, StoppedItSaysSoAndDoesTheRestTheNextTime) {
  one_of_each("lake");
  for (const int signal : {SIGINT, SIGTERM}) {
    Program program(NIGHTJAR_BINARY, {"--quiet", "--lake", path("lake"), "detect"}, {}, path("said"), path("complained"));
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    program.kill(signal);
    const Ended ended = program.wait();
    // A machine may be so fast that it is done.
    if (ended.status == 0) continue;
    EXPECT_EQ(ended.status, 1) << ended.signal;
    EXPECT_THAT(content_of(path("complained")), HasSubstr("stopped before the end; what was judged before is in the lake"));
  }
  ASSERT_EQ(say("lake", {"detect"}), 0) << err_;
  EXPECT_GT(incidents("lake").size(), 5U);
}

TEST_F(DetectCommand, WhatIsNoCaptureMakesNoLake) {
  write_file("words.txt", "these are words\n");
  write_file("empty.pcap", "");
  EXPECT_EQ(say("none", {"ingest", path("words.txt"), path("empty.pcap")}), 1);
  EXPECT_THAT(err_, HasSubstr("words.txt is not a capture"));
  EXPECT_THAT(err_, HasSubstr("empty.pcap"));
  EXPECT_FALSE(std::filesystem::exists(path("none")));
  // Beside a capture it is told of, and the capture is in the lake.
  one_of_each("lake");
  EXPECT_EQ(say("lake", {"ingest", path("words.txt")}), 1);
  EXPECT_THAT(err_, HasSubstr("words.txt is not a capture"));
}

TEST_F(DetectCommand, ALakeThatIsNotThereIsSaidSo) {
  EXPECT_EQ(say("none", {"detect"}), 1);
  EXPECT_THAT(err_, HasSubstr("there is no lake at " + path("none")));
  EXPECT_FALSE(std::filesystem::exists(path("none")));
}

TEST_F(DetectCommand, WrongDaysAreWrongUsage) {
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{{"--from", "yesterday"},
                                                                                     {"--to", "2024-02-30"},
                                                                                     {"--from", "2024-06-05", "--to", "2024-06-05"},
                                                                                     {"--jobs", "-1"},
                                                                                     {"--no-such-option"}}) {
    std::vector<std::string> arguments = {"detect"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(say("none", arguments), 2) << wrong.back();
    EXPECT_NE(err_, "");
  }
}

}  // namespace
}  // namespace nightjar::test
