// nightjar incidents, run as a user runs it, over incidents as detection writes them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/text_columns.hpp"
#include "incident/incident_examples.hpp"
#include "incident/incident_files.hpp"
#include "store/rows_lake.hpp"
#include "support/program.hpp"

namespace nightjar {
namespace {

using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class IncidentsCommand : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lake", at_.root().string()});
    test::Program program(NIGHTJAR_BINARY, arguments, {}, path("out"), path("err"));
    const int status = program.wait().status;
    out_ = test::content_of(path("out"));
    err_ = test::content_of(path("err"));
    return status;
  }
  ordered_json json_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "incidents");
    arguments.insert(arguments.end(), {"--format", "json"});
    EXPECT_EQ(run(std::move(arguments)), 0) << err_;
    return ordered_json::parse(out_, nullptr, false);
  }
  std::vector<std::string> ids(std::vector<std::string> arguments) {
    std::vector<std::string> list;
    const ordered_json answer = json_of(std::move(arguments));
    for (const auto& row : answer.at("rows")) list.push_back(row.at("id").get<std::string>().substr(0, 4));
    return list;
  }
  std::string path(const std::string& name) const { return (at_.folder() / name).string(); }
  void make_lake() { at_.add_rows(Table::minutes, kDay, std::vector<MinuteRow>{{.minute = kDay * 1440, .packets = 1}}, {"dark"}); }
  void write(const std::vector<Incident>& incidents, const std::string& rules = "default") {
    const Writer writer = take(at_.lake().begin_write());
    take(at_.lake().commit(writer, take(write_incident_files(*at_.session(), writer, incidents, rules, "judged", 17'000, 18'000))));
  }
  void fill() {
    make_lake();
    write(test::all_examples());
  }
  void expect_narrow() const {
    std::istringstream lines(out_);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), 80U) << line;
  }

  RowsLake at_;
  std::string out_, err_;
};

/// Argentina with everything that a page can show.
Incident whole() {
  Incident incident = test::argentina();
  incident.related_ports = {{6, 2323, Relation::co_scanned, 90'000, 120'000, 4.2},
                            {6, 7547, Relation::dropper, 1, 900, 0, "NL", incident.onset_ms}};
  incident.not_seen = {{6, 7547, 190'000}};
  incident.payloads = {{std::string(64, 'd'), {"mirai-telnet"}, {"http://203.0.113.9/mirai.arm"}, {"CVE-2016-10372"}, 12}};
  incident.evidence = {{"/data/a.pcap", incident.onset_ms, incident.onset_ms + 60'000}, {"/data/b.pcap", 0, 1}};
  incident.attacks = {"00000000000000aa"};
  for (std::int64_t day = -30; day < 40; ++day)
    incident.days.push_back(
        {17'493 + day, day < 0 ? 330'000.0 : 594'000.0 - 6'000.0 * static_cast<double>(day), 330'000, 400'000, day == -5});
  put_into_words(incident);
  return incident;
}

TEST_F(IncidentsCommand, TheListTellsEachInTwoOrThreeLines) {
  fill();
  ASSERT_EQ(run({"incidents"}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("Incidents\n11 incidents, rules: default\n\nonset       kind"));
  EXPECT_THAT(out_, HasSubstr("2017-11-23  host-spike  23/TCP     594 k hosts, 1.8 x usual    00112233\n"
                              "  A device common in Argentina has probably been infected by Mirai or a variant.\n"));
  EXPECT_THAT(out_, HasSubstr("398 k hosts, new"));
  EXPECT_THAT(out_, HasSubstr("600 M packets, 1.5 x usual"));
  EXPECT_THAT(out_, HasSubstr("sensor      dark-1     3 h 20 min"));
  EXPECT_THAT(out_, Not(HasSubstr("modelled")));
  expect_narrow();
  ASSERT_EQ(run({"incidents", "--lang", "ja"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("59.4万ホスト、普段の1.8倍"));
  EXPECT_THAT(out_, HasSubstr("とみられます。"));
  expect_narrow();
}

TEST_F(IncidentsCommand, TheSizeOfAFloodIsItsOwn) {
  make_lake();
  Incident flood = test::july();
  flood.hosts = 3;
  flood.packets = 196'000'000;
  put_into_words(flood);
  write({flood});
  ASSERT_EQ(run({"incidents"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("80/TCP  196 M packets, TCP 1.5 x usual  11223344"));
  ASSERT_EQ(run({"incidents", "1122"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("size          196 M packets, TCP 1.5 x usual\n"));
  EXPECT_THAT(out_, HasSubstr("a day         all TCP: 600 M packets at the peak; usual 400 M packets;"));
  EXPECT_THAT(out_, HasSubstr("now           all TCP: 400 M packets a day, over\n"));
  ASSERT_EQ(run({"incidents", "--lang", "ja"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("1.96億パケット、TCP全体1.5倍"));
  expect_narrow();
}

TEST_F(IncidentsCommand, OptionsNarrowAndSort) {
  fill();
  EXPECT_THAT(ids({"--kind", "drdos"}), ElementsAre("99aa"));
  EXPECT_THAT(ids({"--country", "jp", "--port", "22"}), ElementsAre("6677"));
  EXPECT_THAT(ids({"--to", "2017-04-17"}), ElementsAre("3344", "4455"));
  EXPECT_THAT(ids({"--from", "2018-01-15", "--port", "22"}), ElementsAre("6677"));
  const auto by_size = ids({"--sort", "size"});
  ASSERT_EQ(by_size.size(), 11U);
  EXPECT_THAT(by_size.front(), "0011");
  EXPECT_THAT(by_size.at(1), "8899");
}

TEST_F(IncidentsCommand, JsonHasTheKeysOfTheContractAndOneIsAListOfOne) {
  fill();
  const ordered_json list = json_of({});
  EXPECT_EQ(list.at("rows").size(), 11U);
  EXPECT_EQ(list.at("modelled"), false);
  const ordered_json one = json_of({"0011223344556677"});
  ASSERT_EQ(one.at("rows").size(), 1U);
  const ordered_json& row = one.at("rows").at(0);
  for (const std::string& key : test::contract_keys()) EXPECT_TRUE(row.contains(key)) << key;
  EXPECT_EQ(row.at("onset"), "2017-11-23T00:00:00Z");
  EXPECT_EQ(row.at("end"), nullptr);
  EXPECT_EQ(row.at("explanation").at(1).at("attributes").at("country"), "AR");
  EXPECT_EQ(row.at("title"), "About 190,000 hosts, most of them in Argentina, scan 23/TCP the way Mirai does.");
}

TEST_F(IncidentsCommand, OneIsToldInFull) {
  make_lake();
  write({whole()});
  ASSERT_EQ(run({"incidents", "0011"}), 0) << err_;
  for (const char* words : {"hosts, most of them in Argentina, scan 23/TCP the way Mirai does.\nhost-spike 0011223344556677\n",
                            "rose to 1.8 times the usual. 86%\nof the rise comes from addresses in Argentina;",
                            "594 k hosts at the peak; usual 330 k hosts; score 41.0",
                            "as spread as 120,000 equal ones",
                            "What carries the rise",
                            "country AR, fingerprint mirai",
                            "85.0%",
                            "unexplained",
                            "co-scanned",
                            "dropper NL",
                            "not asked by these hosts: 7547/TCP (190,000 looked at)",
                            "dddddddddddd, 12 conversations: mirai-telnet CVE-2016-10372",
                            "hxxp://203[.]0[.]113[.]9/mirai.arm",
                            "Day by day",
                            "█",

                            "2017-10-24",
                            "^ peak 2017-11-23",
                            "2018-01-01",
                            "2 stretches of 2 captures",
                            "nightjar evidence 0011223344556677 -o 0011223344556677.pcap",
                            "attacks (nightjar attacks ID):\n  00000000000000aa\n",
                            "protocol = tcp and port = 23",
                            "nightjar figure hosts"})
    EXPECT_THAT(out_, HasSubstr(words));
  EXPECT_THAT(out_, Not(HasSubstr("http://")));
  expect_narrow();
  ASSERT_EQ(run({"incidents", "0011", "--lang", "ja"}), 0) << err_;
  for (const char* words :
       {"約19万ホスト（大半はアルゼンチン）が23/TCPへMirai型のスキャン", "増加分の内訳", "日ごとの推移", "普段の範囲", "最大 2017/11/23"})
    EXPECT_THAT(out_, HasSubstr(words));
  expect_narrow();
}

TEST_F(IncidentsCommand, EachExampleFitsThePageInBothLanguages) {
  fill();
  for (const Incident& incident : test::all_examples())
    for (const char* language : {"en", "ja"}) {
      ASSERT_EQ(run({"incidents", incident.id, "--lang", language}), 0) << err_;
      expect_narrow();
      EXPECT_THAT(out_, Not(HasSubstr("nan")));
    }
}

TEST_F(IncidentsCommand, ADayOfTroubleIsMarkedAndALongTimePutTogether) {
  Incident incident = whole();
  incident.days.clear();
  for (std::int64_t day = 0; day < 120; ++day) incident.days.push_back({17'400 + day, day == 93 ? 900.0 : 10, 10, 20, day / 2 == 5});
  make_lake();
  write({incident});
  ASSERT_EQ(run({"incidents", "0011"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("a column is the largest of 2 days"));
  EXPECT_THAT(out_, HasSubstr("   1,000 |"));
  EXPECT_THAT(out_, HasSubstr("       0 |░░░░░x░"));
  expect_narrow();
}

TEST_F(IncidentsCommand, ModelledDataAreMarkedEverywhere) {
  make_lake();
  Incident modelled = test::argentina();
  modelled.modelled = true;
  write({modelled});
  ASSERT_EQ(run({"incidents"}), 0);
  EXPECT_THAT(out_, HasSubstr("modelled data\n"));
  ASSERT_EQ(run({"incidents", "0011"}), 0);
  EXPECT_THAT(out_, HasSubstr("modelled data\n"));
  ASSERT_EQ(run({"incidents", "--format", "csv"}), 0);
  EXPECT_THAT(out_, HasSubstr(",modelled\n"));
  EXPECT_THAT(out_, HasSubstr(",true\n"));
  EXPECT_EQ(json_of({}).at("modelled"), true);
  EXPECT_EQ(json_of({"0011"}).at("rows").at(0).at("modelled"), true);
}

TEST_F(IncidentsCommand, RowsGoToCsvAndParquet) {
  fill();
  ASSERT_EQ(run({"incidents", "--format", "csv"}), 0) << err_;
  EXPECT_THAT(out_, StartsWith("id,kind,protocol,port,country,sensor,onset,peak,end,metric,expected,observed,"));
  EXPECT_THAT(out_, HasSubstr("\n0011223344556677,host-spike,tcp,23,,,2017-11-23T00:00:00Z,2017-11-23T00:00:00Z,,hosts,330000.0000,"));
  EXPECT_EQ(run({"incidents", "--format", "parquet"}), 2);
  EXPECT_THAT(err_, HasSubstr("--format parquet writes a file"));
  ASSERT_EQ(run({"incidents", "--format", "parquet", "-o", path("rows.parquet")}), 0) << err_;
  EXPECT_THAT(test::content_of(path("rows.parquet")), StartsWith("PAR1"));
}

TEST_F(IncidentsCommand, WhereThereIsNothingItSaysWhatToRun) {
  EXPECT_EQ(run({"incidents"}), 1);
  EXPECT_THAT(err_, HasSubstr("there is no lake at"));
  make_lake();
  EXPECT_EQ(run({"incidents"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("nothing was judged by the rules \"default\" yet: run nightjar detect"));
  EXPECT_EQ(json_of({}).at("rows").size(), 0U);
  EXPECT_EQ(run({"incidents", "--format", "csv"}), 0);
  EXPECT_THAT(err_, HasSubstr("run nightjar detect"));
  write({test::july()}, "host_ratio=2");
  EXPECT_EQ(run({"incidents"}), 0);
  EXPECT_THAT(out_, HasSubstr("--rules what there is: \"host_ratio=2\""));
  EXPECT_THAT(ids({"--rules", "host_ratio=2"}), ElementsAre("1122"));
  write({});
  EXPECT_EQ(run({"incidents"}), 0);
  EXPECT_THAT(out_, HasSubstr("no incidents in the days that were judged"));
  EXPECT_EQ(run({"incidents", "--port", "23"}), 0);
  EXPECT_THAT(out_, HasSubstr("no incidents like this: drop a condition"));
}

TEST_F(IncidentsCommand, WrongWordsAreWrongUsage) {
  fill();
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{{"--from", "yesterday"},
                                                                                     {"--from", "2017-02-02", "--to", "2017-02-02"},
                                                                                     {"--kind", "earthquake"},
                                                                                     {"--port", "0"},
                                                                                     {"--port", "65536"},
                                                                                     {"--country", "Japan"},
                                                                                     {"--lang", "fr"},
                                                                                     {"--sort", "name"},
                                                                                     {"--format", "xml"},
                                                                                     {"xyz1"},
                                                                                     {"001"},
                                                                                     {"00112233445566778"}}) {
    std::vector<std::string> arguments = {"incidents"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(run(arguments), 2) << wrong.front() << " " << wrong.back();
  }
}

TEST_F(IncidentsCommand, AnIdMeansOneOrSaysWhich) {
  fill();
  EXPECT_EQ(run({"incidents", "0011FFFF"}), 1);
  EXPECT_THAT(err_, HasSubstr("there is no incident 0011ffff by the rules \"default\""));
  Incident twin = test::july();
  twin.id = "0011223399999999";
  write({test::argentina(), twin});
  EXPECT_EQ(run({"incidents", "00112233"}), 1);
  EXPECT_THAT(err_, HasSubstr("several incidents begin with 00112233: 0011223399999999, 0011223344556677"));
  EXPECT_EQ(run({"incidents", "001122334"}), 0) << err_;
  ASSERT_EQ(run({"incidents"}), 0);
  EXPECT_THAT(out_, HasSubstr("  001122339\n"));
}

TEST_F(IncidentsCommand, OutsideTextsDoNothingToTheTerminal) {
  Incident hostile = whole();
  hostile.payloads = {{"\x1b[2J", {"tag\x07"}, {"http://evil.example/\x1b]0;owned\x07\xff"}, {"CVE\x1b[1m"}, 1}};
  hostile.explanation.front().attributes.front() = {"asn", "64500\x1b[31m", "Net\r\nwork"};
  hostile.population = "port = 23 \x1b[31m";
  hostile.query =
      "nightjar \x9b"
      "31m";
  hostile.attacks = {"\x1b[0m"};
  put_into_words(hostile);
  make_lake();
  write({hostile});
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"incidents"}, {"incidents", "0011"}, {"incidents", "0011", "--lang", "ja"}, {"incidents", "0011", "--format", "json"}}) {
    ASSERT_EQ(run(arguments), 0) << err_;
    for (const char c : out_) ASSERT_FALSE((c >= 0 && c < 0x20 && c != '\n') || c == 0x7f) << out_;
    EXPECT_THAT(out_, Not(HasSubstr("\x9b"
                                    "31m")));
  }
}

}  // namespace
}  // namespace nightjar
