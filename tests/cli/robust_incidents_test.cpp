// What is no incident: sensors that fail or grow, captures that come twice or not at all, rhythms, and noise. And what is one incident or
// two: waves at once, on two ports, and in two parts. Six weeks of the noise of quiet-week as 64 addresses see it, through the whole
// program.
#include <functional>
#include <regex>

#include "base/time.hpp"
#include "cli/modelled.hpp"

namespace nightjar::test {
namespace {

/// The noise of quiet-week as another scenario.
class Noise {
 public:
  /// From and to: dates of the scenario's zone.
  Noise(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {
    text_ = content_of(NIGHTJAR_SOURCE_DIR "/scenarios/quiet-week.toml");
    replace("from = \"2024-05-13\"", "from = \"" + from_ + "\"");
    replace("to = \"2024-05-20\"", "to = \"" + to_ + "\"");
  }
  void add(const std::string& tables) { text_ += "\n" + tables; }
  void replace(const std::string& what, const std::string& with) {
    const std::size_t at = text_.find(what);
    ASSERT_NE(at, std::string::npos) << what << " is no longer in quiet-week.toml";
    text_.replace(at, what.size(), with);
  }
  void replace_all(const std::string& pattern, const std::string& with) {
    ASSERT_TRUE(std::regex_search(text_, std::regex(pattern))) << pattern << " is no longer in quiet-week.toml";
    text_ = std::regex_replace(text_, std::regex(pattern), with);
  }
  /// On Saturdays and Sundays `times` as much as on other days.
  void busy_weekends(double times) {
    const std::int64_t first = parse_day(from_).value(), last = parse_day(to_).value();
    const std::regex line("packets_a_day = ([0-9]+)\n");
    std::string changed;
    for (std::smatch found; std::regex_search(text_, found, line); text_ = found.suffix()) {
      const double usual = std::stod(found[1]);
      changed += found.prefix().str() + "packets_a_day = [";
      for (std::int64_t day = first; day < last; ++day) {
        constexpr std::int64_t kThursday = 4;  // 1970-01-01
        const std::int64_t weekday = (day + kThursday) % 7;
        const std::string value = std::to_string(weekday == 0 || weekday == 6 ? usual * times : usual);
        changed += "[\"" + format_day(day) + "\", " + value + "], [\"" + format_day(day + 1) + "\", " + value + "], ";
      }
      changed += "]\n";
    }
    text_ = changed + text_;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_, from_, to_;
};

/// The incident of a scenario and the wave behind it.
std::string wave(const std::string& id, const std::string& port, const std::string& times, const std::string& because,
                 const std::string& population, const std::string& more = "") {
  return "[[incident]]\nid = \"" + id + "\"\ntitle = { en = \"" + id + "\", ja = \"" + id + "\" }\nkind = \"host-spike\"\nport = \"" +
         port + "\"\n" + times + "because = [" + because + "]\n" + more + "\n[[population]]\nname = \"" + id + "\"\nincident = \"" + id +
         "\"\n" + population + "\n";
}

class RobustIncidents : public ModelledCaptures {
 protected:
  void SetUp() override {
#if defined(NIGHTJAR_SANITIZED)
    GTEST_SKIP() << "weeks of packets are too many with sanitizers";
#endif
  }
  void write(const Noise& noise, const std::string& seed = "2017") {
    write_file("made.toml", noise.text());
    simulate("made", {path("made.toml"), "--seed", seed});
  }
  /// What nightjar finds in the captures of `write`, held against their truth.
  json found() {
    run({"ingest", path("made")});
    return found_in_lake();
  }
  json found_in_lake() {
    run({"detect"});
    return json::parse(run({"score", path("made.json"), "--format", "json"}));
  }
  void write_file(const std::string& name, const std::string& content) const { std::ofstream(path(name), std::ios::binary) << content; }

  static std::vector<json> sensors(const json& score) { return of(score, true); }
  static std::vector<json> traffic(const json& score) { return of(score, false); }
  static std::vector<json> traffic_between(const json& score, const std::string& from, const std::string& to) {
    std::vector<json> list;
    for (const json& one : traffic(score))
      if (one.at("onset") >= from && one.at("onset") < to) list.push_back(one);
    return list;
  }
  static const json& truth_of(const json& score, const std::string& id) {
    for (const json& row : score.at("rows"))
      if (row.at("id") == id) return row;
    throw std::runtime_error("no truth " + id);
  }
  /// One incident, in time, and with everything that explains it.
  static void expect_whole(const json& score, const std::string& id) {
    const json& row = truth_of(score, id);
    EXPECT_EQ(row.at("found"), true) << id;
    EXPECT_EQ(row.at("in_time"), true) << id << ": " << row.at("delay_hours") << " hours";
    EXPECT_EQ(row.at("duplicates").size(), 0U) << id << " is found again";
    for (const char* list : {"because", "related_ports"})
      for (const json& hit : row.at(list)) EXPECT_EQ(hit.at("hit"), true) << id << " does not say " << hit.at("what");
  }
  /// Six weeks of noise may bring one incident that is none, as a quiet week may.
  static void expect_quiet(const json& score) { EXPECT_LE(traffic(score).size(), 1U) << told(traffic(score)); }
  static std::string told(const std::vector<json>& incidents) {
    std::string text;
    for (const json& one : incidents) text += one.dump() + "\n";
    return text;
  }

 private:
  static std::vector<json> of(const json& score, bool sensor) {
    std::vector<json> list;
    for (const json& one : score.at("incidents"))
      if ((one.at("kind") == "sensor") == sensor) list.push_back(one);
    return list;
  }
};

TEST_F(RobustIncidents, QuietWeeksHaveOneAtMost) {
  for (int seed = 1; seed <= 10; ++seed) {
    std::filesystem::remove_all(path("lake"));
    std::filesystem::remove_all(path("made"));
    simulate("made", {"quiet-week", "--seed", std::to_string(seed)});
    const json score = found();
    EXPECT_LE(score.at("incidents").size(), 1U) << "seed " << seed << ": " << score.at("incidents").dump();
  }
}

TEST_F(RobustIncidents, AnOutageIsOneOfTheSensorAndNoneInTheTraffic) {
  Noise noise("2024-04-08", "2024-05-20");
  noise.add(R"([[incident]]
id = "outage"
title = { en = "Down for thirty hours", ja = "停止" }
kind = "sensor"
onset = "2024-05-08T03:00"
end = "2024-05-09T09:00"

[[outage]]
sensor = "darknet"
from = "2024-05-08T03:00"
to = "2024-05-09T09:00"
)");
  write(noise);
  const json score = found();
  EXPECT_EQ(truth_of(score, "outage").at("found"), true);
  EXPECT_EQ(sensors(score).size(), 1U) << told(sensors(score));
  EXPECT_TRUE(traffic_between(score, "2024-05-06", "2024-05-12").empty()) << told(traffic(score));
  expect_quiet(score);
}

TEST_F(RobustIncidents, ADarknetThatDoublesIsNoRise) {
  Noise noise("2024-04-08", "2024-05-20");
  noise.add(R"([[darknet.size]]
from = "2024-04-07T00:00Z"
share = 0.5
[[darknet.size]]
from = "2024-05-06T00:00Z"
share = 1
)");
  write(noise);
  const json score = found();
  EXPECT_LE(sensors(score).size(), 1U) << told(sensors(score));
  for (const json& one : sensors(score)) EXPECT_EQ(one.at("cause"), "sensor-size");
  EXPECT_TRUE(traffic_between(score, "2024-05-04", "2024-05-10").empty()) << told(traffic(score));
  expect_quiet(score);
}

TEST_F(RobustIncidents, ADayThatIsDeliveredTwiceIsTroubleOfTheSensor) {
  write(Noise("2024-04-08", "2024-05-20"));
  // The same packets in another file, the first a microsecond later: no byte of it is known from the beginning.
  std::string day = content_of(path("made/darknet/darknet-2024-05-08.pcap"));
  constexpr std::size_t kMicroseconds = kFileHeader + 4;
  ASSERT_GT(day.size(), kMicroseconds);
  day[kMicroseconds] = static_cast<char>(day[kMicroseconds] ^ 1);
  write_file("made/darknet/once-more.pcap", day);
  const json score = found();
  EXPECT_GE(sensors(score).size(), 1U);
  for (const json& one : sensors(score)) EXPECT_EQ(one.at("cause"), "sensor-repeated") << one;
  EXPECT_TRUE(traffic_between(score, "2024-05-07", "2024-05-11").empty()) << told(traffic(score));
  expect_quiet(score);
}

TEST_F(RobustIncidents, AMissingWeekIsSilenceAndWhatFollowsIsNoRise) {
  write(Noise("2024-04-08", "2024-05-20"));
  for (int day = 1; day <= 7; ++day)
    ASSERT_TRUE(std::filesystem::remove(path("made/darknet/darknet-2024-05-0" + std::to_string(day) + ".pcap")));
  const json score = found();
  EXPECT_EQ(sensors(score).size(), 1U) << told(sensors(score));
  EXPECT_TRUE(traffic_between(score, "2024-04-30", "2024-05-12").empty()) << told(traffic(score));
  expect_quiet(score);
}

TEST_F(RobustIncidents, NightAndDayAreNone) {
  Noise noise("2024-04-08", "2024-05-20");
  noise.replace_all("\nrhythm = [0-9.]+", "");
  noise.replace_all("\ntool = ", "\nrhythm = 0.9\ntool = ");
  write(noise);
  const json score = found();
  EXPECT_TRUE(sensors(score).empty()) << told(sensors(score));
  expect_quiet(score);
}

TEST_F(RobustIncidents, WeekendsAreNone) {
  Noise noise("2024-04-08", "2024-05-20");
  noise.busy_weekends(1.6);
  write(noise);
  const json score = found();
  EXPECT_TRUE(sensors(score).empty()) << told(sensors(score));
  // Two weekends have to come before anybody can know of them.
  EXPECT_LE(traffic_between(score, "2024-04-22", "2024-05-20").size(), 1U) << told(traffic(score));
}

TEST_F(RobustIncidents, ASlowRiseOverTwoMonthsIsToldOnceOrNever) {
  Noise noise("2024-03-04", "2024-05-27");
  noise.replace("packets_a_day = 9000\nrates = [[50, 0.3]",
                "packets_a_day = [[\"2024-03-25\", 9000], [\"2024-05-24\", 27000]]\nrates = [[50, 0.3]");
  write(noise);
  const json score = found();
  std::size_t telnet = 0;
  for (const json& one : traffic(score)) telnet += one.at("port") == 23 || one.at("port") == 2323 || one.at("port") == 0;
  EXPECT_LE(telnet, 1U) << told(traffic(score));
  EXPECT_LE(traffic(score).size(), telnet + 1) << told(traffic(score));
}

// 110,000 hosts with 160 probes a second are 22,000 packets a day at 64 addresses, 150,000 with 20 and two packets each 7,700.
TEST_F(RobustIncidents, TwoWavesOnOnePortAtOnceAreTwoEachWithItsCause) {
  for (const std::string second_day : {"05-06", "05-07", "05-09"}) {
    Noise noise("2024-04-08", "2024-05-20");
    noise.add(
        wave("brazil", "23/tcp", "onset = \"2024-05-06\"\npeak = \"2024-05-07\"\nend = \"2024-05-16\"\n",
             "\"country=BR\", \"fingerprint=mirai\"",
             "tool = \"mirai\"\nhosts = [[\"2024-05-06\", 0], [\"2024-05-06T12:00\", 110e3], [\"2024-05-12\", 90e3], [\"2024-05-16\", 0]]\n"
             "rates = 160\nlife_hours = 36\nports = { \"23/tcp\" = 1 }\norigins = { BR = 1 }\n"));
    const std::string begin = "2024-" + second_day;
    noise.add(wave("egypt", "23/tcp", "onset = \"" + begin + "\"\npeak = \"2024-05-10\"\nend = \"2024-05-16\"\n",
                   "\"country=EG\", \"fingerprint=hajime-like\"",
                   "tool = \"hajime-like\"\nhosts = [[\"" + begin + "\", 0], [\"" + begin +
                       "T12:00\", 150e3], [\"2024-05-12\", 120e3], [\"2024-05-16\", 0]]\n"
                       "rates = 20\nlife_hours = 36\nports = { \"23/tcp\" = 1 }\norigins = { EG = 1 }\n"));
    std::filesystem::remove_all(path("lake"));
    std::filesystem::remove_all(path("made"));
    write(noise);
    const json score = found();
    SCOPED_TRACE("the second begins on " + begin + "\n" + told(traffic(score)));
    expect_whole(score, "brazil");
    expect_whole(score, "egypt");
    EXPECT_LE(score.at("unknown"), 1);
  }
}

TEST_F(RobustIncidents, AWaveOnTwoPortsIsOne) {
  Noise noise("2024-04-08", "2024-05-20");
  noise.add(wave(
      "pair", "60001/tcp", "onset = \"2024-05-06\"\npeak = \"2024-05-07\"\nend = \"2024-05-16\"\n", "\"country=VN\", \"fingerprint=mirai\"",
      "tool = \"mirai\"\nhosts = [[\"2024-05-06\", 0], [\"2024-05-06T12:00\", 60e3], [\"2024-05-12\", 50e3], [\"2024-05-16\", 0]]\n"
      "rates = 160\nlife_hours = 36\nports = { \"60001/tcp\" = 3, \"60002/tcp\" = 2 }\norigins = { VN = 1 }\n",
      "related_ports = [60002]\n"));
  write(noise);
  const json score = found();
  SCOPED_TRACE(told(traffic(score)));
  expect_whole(score, "pair");
  EXPECT_LE(traffic(score).size(), 2U);
}

TEST_F(RobustIncidents, AWaveThatComesBackBeforeItIsOverIsOne) {
  Noise noise("2024-04-08", "2024-06-03");
  noise.add(wave("twice", "23/tcp", "onset = \"2024-05-06\"\npeak = \"2024-05-20\"\nend = \"2024-05-30\"\n",
                 "\"country=JP\", \"fingerprint=mirai\"",
                 "tool = \"mirai\"\nhosts = [[\"2024-05-06\", 0], [\"2024-05-07\", 80e3], [\"2024-05-10\", 60e3], [\"2024-05-13\", 20e3], "
                 "[\"2024-05-18\", 20e3], [\"2024-05-20\", 110e3], [\"2024-05-24\", 80e3], [\"2024-05-30\", 0]]\n"
                 "rates = 160\nlife_hours = 36\nports = { \"23/tcp\" = 9, \"2323/tcp\" = 1 }\norigins = { JP = 1 }\n",
                 "related_ports = [2323]\n"));
  write(noise);
  const json score = found();
  SCOPED_TRACE(told(traffic(score)));
  expect_whole(score, "twice");
  EXPECT_LE(traffic(score).size(), 2U);
}

}  // namespace
}  // namespace nightjar::test
