// --without: figures over what is left when survey scanners and backscatter are taken out.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "detect/scan_events.hpp"
#include "detect/scanner_days.hpp"
#include "figure/figure.hpp"
#include "figure/left_out.hpp"
#include "small_lake.hpp"
#include "store/counts.hpp"

namespace nightjar {
namespace {

using test::Flow;
using test::lines_of;
using test::SmallLake;
using Lines = std::vector<std::string>;

const std::string kFirst = "2017-03-01", kSecond = "2017-03-02";

LeftOut without(const std::string& list) {
  const auto parsed = parse_left_out(list);
  EXPECT_TRUE(parsed) << parsed.error().sentence;
  return *parsed;
}

class Without : public testing::Test {
 protected:
  /// On the first day 198.51.100.1 is a survey scanner (30 ports, 70 packets at 64 addresses), on the second it asks once. 198.51.100.2 is
  /// nobody special; 203.0.113.9 answers.
  void write_days() {
    lake_.sensor("alpha", 64);
    for (std::uint16_t port = 1; port <= 30; ++port)
      lake_.add(Flow(kFirst, port % 24).from("198.51.100.1").tcp(port).packets(port == 23 ? 41 : 1));
    lake_.add(Flow(kFirst, 2).from("198.51.100.1").echo().packets(5));
    lake_.add(Flow(kSecond, 1).from("198.51.100.1").tcp(23).packets(100));
    lake_.add(Flow(kFirst, 1).from("198.51.100.2").tcp(23).packets(7));
    lake_.add(Flow(kFirst, 1).from("198.51.100.2").udp(53).packets(2));
    lake_.add(Flow(kFirst, 1).from("203.0.113.9").answer(6, 80).packets(1000));
    lake_.write();
  }
  Result<FigureAnswer> ask(const std::string& figure, const std::string& left_out, const std::string& where = "") {
    FigureRequest request;
    request.figure = figure;
    request.without = without(left_out);
    request.where = where;
    return ask(request);
  }
  Result<FigureAnswer> ask(const FigureRequest& request) {
    FigureSurroundings around;
    around.find_scanners = [&](std::int64_t from, std::int64_t to) -> Result<QuerySession*> {
      ++asked_for_scanners_;
      if (auto made = ensure_scanner_days(lake_.lake(), from, to); !made) return made.error();
      found_ = lake_.session();
      return found_.get();
    };
    const int before = asked_for_scanners_;
    auto answer = lake_.ask(request, around);
    if (asked_for_scanners_ != before) lake_.look_again();
    return answer;
  }
  SmallLake lake_;
  std::unique_ptr<QuerySession> found_;
  int asked_for_scanners_ = 0;
};

TEST_F(Without, PacketsPerDayLeaveOutWhatIsNamed) {
  write_days();
  const auto packets = [&](const std::string& list) { return lines_of(ask("packets-per-day", list)); };
  EXPECT_EQ(packets(""), (Lines{"2017-03-01 1077 2 5 0 1084", "2017-03-02 100 0 0 0 100"}));
  EXPECT_EQ(packets("backscatter"), (Lines{"2017-03-01 77 2 5 0 84", "2017-03-02 100 0 0 0 100"}));
  EXPECT_EQ(asked_for_scanners_, 0);
  EXPECT_EQ(packets("survey"), (Lines{"2017-03-01 1007 2 0 0 1009", "2017-03-02 100 0 0 0 100"}));
  EXPECT_EQ(packets("survey,backscatter"), (Lines{"2017-03-01 7 2 0 0 9", "2017-03-02 100 0 0 0 100"}));
  // Found once, they are in the lake.
  EXPECT_EQ(asked_for_scanners_, 1);
}

TEST_F(Without, TheAnswerNamesTheDenominatorAndWhatWasLeftOut) {
  write_days();
  const auto answer = ask("countries", "survey,backscatter", "port = 23");
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_EQ(answer->denominator,
            "packets of these classes (classes scan and request), without survey scanners and backscatter: 107 packets");
  EXPECT_EQ(answer->total, 107U);
  EXPECT_EQ(answer->without, (Lines{"survey", "backscatter"}));
  const auto said = [&](const std::string& sentence) { return std::ranges::count(answer->remarks, sentence) == 1; };
  EXPECT_TRUE(said("left out: 41 of 148 packets of these sensors, classes and filter"));
  EXPECT_TRUE(
      said("a survey scanner is a source that asked the darknets for at least 30 ports and 300,000 packets a day for 300,000 addresses "
           "(unverified) on a UTC day"));
  const auto text = to_json(*answer);
  EXPECT_NE(text.find("\"without\": [\n    \"survey\",\n    \"backscatter\"\n  ]"), std::string::npos) << text;
  // Days have no total: the packets that stay.
  EXPECT_EQ(ask("packets-per-day", "backscatter")->denominator, "packets of all classes, without backscatter: 184 packets");
  EXPECT_EQ(ask("packets-per-day", "")->denominator, "packets of all classes");
}

TEST_F(Without, SharesAreOfWhatStays) {
  write_days();
  EXPECT_EQ(lines_of(ask("port-share", "survey,backscatter")),
            (Lines{"1 tcp 23 telnet 107 98.2 2", "2 udp 53 dns 2 1.8 1", "- - other - 0 0.0 -"}));
}

TEST_F(Without, ASpanToCompareWithLeavesOutItsOwnScanners) {
  write_days();
  FigureRequest request;
  request.figure = "port-share";
  request.from_day = *parse_day(kSecond);
  request.to_day = *request.from_day + 1;
  request.compare = std::pair(*parse_day(kFirst), *parse_day(kSecond));
  request.without.survey = true;
  // The first day without its scanner: 7 of 1,009 packets are to port 23.
  EXPECT_EQ(lines_of(ask(request)), (Lines{"1 tcp 23 telnet 100 100.0 1 7 0.7 99.3", "- - other - 0 0.0 - 1002 99.3 -99.3"}));
}

TEST_F(Without, LocalDaysOfTokyoLeaveOutByUtcDay) {
  write_days();
  FigureRequest request;
  request.figure = "port-hosts";
  request.tz = "Asia/Tokyo";
  request.without.survey = true;
  // Of the second day in Tokyo the hours until 15:00 are of the UTC day after the scanner's; of the first its own hours are gone.
  EXPECT_EQ(lines_of(ask(request)), (Lines{"2017-03-01 1 9", "2017-03-02 1 100"}));
}

TEST_F(Without, CountsAnswerOnlyWhatTheyKnow) {
  lake_.sensor("alpha", 64);
  for (int day = 1; day <= 8; ++day) {
    const std::string text = "2017-03-0" + std::to_string(day);
    for (std::uint16_t port = 1; port <= 30; ++port) lake_.add(Flow(text, 3).from("198.51.100.1").tcp(port).packets(4));
    for (int host = 2; host < 8; ++host) lake_.add(Flow(text, 4).from("198.51.100." + std::to_string(host)).tcp(23).packets(50));
    lake_.add(Flow(text, 4).from("203.0.113.9").answer(6, 80).packets(300));
  }
  lake_.write();
  ASSERT_TRUE(ensure_counts(lake_.lake(), *parse_day(kFirst), *parse_day("2017-03-09")));
  lake_.look_again();
  const auto reads = [](const Result<FigureAnswer>& answer) { return answer->queries.front().find("FROM counts") != std::string::npos; };
  EXPECT_TRUE(reads(ask("port-hosts", "")));
  EXPECT_TRUE(reads(ask("port-hosts", "backscatter")));
  EXPECT_FALSE(reads(ask("port-hosts", "survey")));
  EXPECT_EQ(lines_of(ask("port-hosts", "")).front(), "2017-03-01 7 420");
  EXPECT_EQ(lines_of(ask("port-hosts", "backscatter")).front(), "2017-03-01 7 420");
  EXPECT_EQ(lines_of(ask("port-hosts", "survey")).front(), "2017-03-01 6 300");
  EXPECT_TRUE(reads(ask("port-hosts", "", "class = backscatter")));
  EXPECT_EQ(lines_of(ask("port-hosts", "", "class = backscatter")).front(), "2017-03-01 1 300");
  EXPECT_EQ(lines_of(ask("port-hosts", "backscatter", "class = backscatter")).front(), "2017-03-01 0 0");
}

TEST_F(Without, FiguresThatCannotSaySo) {
  write_days();
  EXPECT_EQ(lines_of(ask("yearly", "survey")),
            Lines{"the figure yearly cannot leave out survey scanners: the table sensor_days that it reads does not tell them from other "
                  "traffic. Figures that read flows can"});
  EXPECT_EQ(lines_of(ask("backscatter-victims", "backscatter")),
            Lines{"the figure backscatter-victims is about backscatter alone: nothing can be left out of it"});
  EXPECT_EQ(parse_left_out("surveys").error().sentence, "\"surveys\" cannot be left out; survey, backscatter, or survey,backscatter can");
  EXPECT_FALSE(parse_left_out("survey,"));
  EXPECT_FALSE(parse_left_out(","));
  EXPECT_EQ(without("backscatter, survey"), (LeftOut{.survey = true, .backscatter = true}));
}

TEST_F(Without, WhereScannersCannotBeFoundASentenceSaysWhy) {
  write_days();
  FigureRequest request;
  request.figure = "sources";
  request.without.survey = true;
  const auto alone = lake_.ask(request);
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().sentence,
            "the survey scanners of 2 days between 2017-03-01 and 2017-03-02 are not known yet; nightjar detect finds them");
  FigureSurroundings around;
  around.find_scanners = [](std::int64_t, std::int64_t) -> Result<QuerySession*> { return Error{"cannot write to lake"}; };
  request.to_day = *parse_day(kSecond);
  EXPECT_EQ(lake_.ask(request, around).error().sentence, "the survey scanners of 2017-03-01 are not known yet: cannot write to lake");
  // Found, but a day has changed by the time that they are looked at: no second try.
  around.find_scanners = [&](std::int64_t, std::int64_t) -> Result<QuerySession*> {
    found_ = lake_.session();
    return found_.get();
  };
  EXPECT_FALSE(lake_.ask(request, around));
}

TEST_F(Without, WhereASizeIsUnknownNobodyIsLeftOutAndTheAnswerSaysSo) {
  lake_.sensor("alpha", 0);
  for (std::uint16_t port = 1; port <= 40; ++port) lake_.add(Flow(kFirst, 1).from("198.51.100.1").tcp(port).packets(1000));
  lake_.write();
  const auto answer = ask("packets-per-day", "survey");
  EXPECT_EQ(lines_of(answer), Lines{"2017-03-01 40000 0 0 0 40000"});
  EXPECT_EQ(std::ranges::count(answer->remarks, "on 1 day the size of a darknet is unknown, so nobody is called a survey scanner there"),
            1);
}

TEST_F(Without, SurveyScannersByDay) {
  write_days();
  const auto answer = ask("survey-scanners", "");
  // 70 SYNs and 5 echo requests of 1,084 packets.
  EXPECT_EQ(lines_of(answer), (Lines{"2017-03-01 1 75 6.9 1", "2017-03-02 0 0 0.0 0"}));
  EXPECT_EQ(answer->total, 1184U);
  EXPECT_EQ(lines_of(ask("survey-scanners", "", "src = 198.51.100.2")), (Lines{"2017-03-01 0 0 0.0 0", "2017-03-02 0 0 - 0"}));
}

TEST_F(Without, AFigureWithoutThemIsThatOfTheOtherRows) {
  // Against rows that were never there: random days, of which each figure must be what it is over the rows that stay.
  std::mt19937_64 random(7);
  std::vector<Flow> rows;
  for (int i = 0; i < 4000; ++i) {
    Flow flow("2017-03-0" + std::to_string(1 + random() % 5), static_cast<int>(random() % 24));
    const auto source = random() % 2 == 0 ? random() % 6 : random() % 40;
    flow.from(source % 7 == 3 ? "2001:db8:0:" + std::to_string(source) + "::" + std::to_string(random() % 9)
                              : "198.51.100." + std::to_string(source));
    // The first sources ask many ports.
    const auto port = static_cast<std::uint16_t>(1 + random() % (source < 12 ? 60 : 6));
    switch (random() % 6) {
      case 0: flow.answer(6, port); break;
      case 1: flow.udp(port); break;
      case 2: flow.echo(); break;
      default: flow.tcp(port).window(static_cast<std::uint16_t>(random() % 3));
    }
    flow.packets(1 + random() % 9).origin(random() % 2 == 0 ? "JP" : "US", static_cast<std::uint32_t>(random() % 4));
    flow.at(random() % 3 == 0 ? "beta" : "alpha");
    rows.push_back(flow);
  }
  const auto fill = [&](SmallLake& lake, const std::vector<Flow>& flows) {
    lake.sensor("alpha", 64);
    lake.sensor("beta", 16);
    for (int day = 1; day <= 5; ++day)
      for (const char* sensor : {"alpha", "beta"}) lake.quiet_day("2017-03-0" + std::to_string(day), sensor);
    for (const Flow& flow : flows) lake.add(flow);
    lake.write();
  };
  fill(lake_, rows);
  // Survey scanners by a plain loop: 30 ports and 80 packets a day.
  std::map<std::pair<std::int64_t, std::uint64_t>, std::pair<std::set<std::pair<int, int>>, std::uint64_t>> asked;
  for (const Flow& flow : rows) {
    const FlowRow& row = flow.row();
    if (!(row.protocol == 6 && row.traffic_class == 1) && !(row.protocol == 17 && row.traffic_class == 3)) continue;
    auto& [ports, packets] = asked[{row.hour / 24, row.src}];
    ports.insert({row.protocol, row.port});
    packets += row.packets;
  }
  std::size_t scanners = 0;
  for (const auto& [key, seen] : asked) scanners += seen.first.size() >= 30 && seen.second >= 80 ? 1 : 0;
  ASSERT_GT(scanners, 3U);
  ASSERT_LT(scanners, 30U);
  for (const std::string list : {"survey", "backscatter", "survey,backscatter"}) {
    std::vector<Flow> stay;
    for (const Flow& flow : rows) {
      const auto found = asked.find({flow.row().hour / 24, flow.row().src});
      const bool survey = found != asked.end() && found->second.first.size() >= 30 && found->second.second >= 80;
      if ((without(list).survey && survey) || (without(list).backscatter && flow.row().traffic_class == 2)) continue;
      stay.push_back(flow);
    }
    SmallLake rest;
    fill(rest, stay);
    for (const std::string figure : {"packets-per-day", "hosts-per-day", "port-share", "port-groups", "port-hosts",
                                     "port-hosts-by-fingerprint", "countries", "networks", "sources", "fingerprints", "windows"}) {
      for (const std::string where : {"", "port in (1..9) and country = JP", "sensor = alpha and not class = echo", "ttl = 0"}) {
        FigureRequest request;
        request.figure = figure;
        request.where = where;
        request.from_day = *parse_day("2017-03-01");
        request.to_day = *parse_day("2017-03-06");
        const auto expected = rest.ask(request);
        request.without = without(list);
        EXPECT_EQ(lines_of(ask(request)), lines_of(expected)) << figure << " without " << list << " where " << where;
      }
    }
  }
}

class ScanEventFigure : public testing::Test {
 protected:
  Result<FigureAnswer> ask(const std::string& where = "") {
    FigureRequest request;
    request.figure = "scan-events";
    request.where = where;
    lake_.look_again();
    return lake_.ask(request);
  }
  SmallLake lake_;
};

TEST_F(ScanEventFigure, ListsTheLargestWithTheirTimeout) {
  lake_.sensor("alpha", 64);
  lake_.add(Flow(kFirst, 1).from("198.51.100.1").tcp(23).packets(20).destinations(0x3FF).seconds(0, 100).origin("JP", 7));
  lake_.add(Flow(kFirst, 1).from("198.51.100.2").udp(53).packets(60).destinations(0xFFF).seconds(5, 10));
  lake_.add(Flow(kFirst, 1).from("198.51.100.3").udp(53).packets(60).destinations(1).seconds(5, 10));
  lake_.write();
  EXPECT_EQ(lines_of(ask()), Lines{"no scan events were judged from what the lake holds now; nightjar detect judges them"});
  ASSERT_TRUE(ensure_scans(lake_.lake(), *parse_day("2017-03-03")));
  // 60 packets in 10 s at 64 of 2^32 addresses.
  EXPECT_EQ(
      lines_of(ask()),
      (Lines{"198.51.100.2 unknown 0 udp 53 request alpha 2017-03-01T01:00:05Z 2017-03-01T01:00:15Z 60 75.0 12 402653184.0 4632576 goes on",
             "198.51.100.1 JP 7 tcp 23 scan alpha 2017-03-01T01:00:00Z 2017-03-01T01:01:40Z 20 25.0 10 13421772.8 4632576 goes on"}));
  EXPECT_EQ(lines_of(ask("country = JP")).size(), 1U);
}

TEST_F(ScanEventFigure, SaysHowFarTheyWereJudgedAndWhichSensorsHaveNone) {
  lake_.sensor("alpha", 9);
  lake_.sensor("beta", 0);
  lake_.sensor("gamma", 256);
  for (const char* sensor : {"alpha", "beta", "gamma"})
    for (const std::string& day : {kFirst, kSecond})
      lake_.add(Flow(day, 1).at(sensor).from("198.51.100.1").tcp(23).packets(20).destinations(0x3FF).seconds(0, 100));
  lake_.write();
  ASSERT_TRUE(ensure_scans(lake_.lake(), *parse_day(kSecond)));
  const auto answer = ask();
  EXPECT_EQ(lines_of(answer).size(), 1U);
  const auto said = [&](const std::string& sentence) { return std::ranges::count(answer->remarks, sentence) == 1; };
  EXPECT_TRUE(said("days from 2017-03-02 on are not judged yet; nightjar detect judges them"));
  EXPECT_TRUE(said("alpha watches 9 addresses: too few for the 10 destinations of a scan event"));
  EXPECT_TRUE(said("the size of beta is unknown, so it has no scan events"));
  EXPECT_TRUE(said("destinations are an estimate where a sensor watches more than 64 addresses"));
}

}  // namespace
}  // namespace nightjar
