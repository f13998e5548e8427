// nightjar detect attacks, nightjar attacks and the figures of attacks, run as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "detect/request_log.hpp"
#include "support/program.hpp"

namespace nightjar {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t kVictim = 0xC6336401;  // 198.51.100.1

class AttacksCommand : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lake", at_.root().string()});
    test::Program program(NIGHTJAR_BINARY, arguments, {}, path("out"), path("err"));
    const int status = program.wait().status;
    out_ = test::content_of(path("out"));
    err_ = test::content_of(path("err"));
    return status;
  }
  json json_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    EXPECT_EQ(run(std::move(arguments)), 0) << err_;
    return json::parse(out_, nullptr, false);
  }
  std::string path(const std::string& name) const { return (at_.folder() / name).string(); }
  /// Two sensors see DNS on one victim in JP, one sees NTP on it too; a smaller attack on another in US; a carpet.
  void fill(bool modelled = false) {
    log_.country(kVictim, "JP", 64500);
    log_.country(kVictim + 0x10000, "US", 64501);
    log_.add({kMidnight, kVictim, 53, Service::dns, 0}, 300, kSecondMs);
    log_.add({kMidnight, kVictim, 53, Service::dns, 1}, 100, kSecondMs);
    log_.add({kMidnight, kVictim, 123, Service::ntp, 0}, 150, kSecondMs);
    log_.add({kMidnight + kHourMs, kVictim + 0x10000, 53, Service::dns, 2}, 110, 10);
    for (std::uint64_t i = 0; i < 20; ++i) log_.add({kMidnight, 0xCB007100 + i, 53, Service::dns, 2}, 20, kSecondMs);
    at_.add_piece(log_, 0, modelled);
    const Writer writer = take(at_.lake().begin_write());
    std::vector<LakeFile> files;
    for (std::uint16_t sensor = 0; sensor < 3; ++sensor) {
      MinuteRow minute{.minute = kDay * 1440, .packets = 1, .sensor = sensor, .protocol = 17, .traffic_class = 3};
      SensorDayRow day{.day = kDay, .addresses = 1, .packets = 1, .sensor = sensor};
      day.kind = static_cast<std::uint8_t>(SensorKind::reflector);
      files.push_back(at_.write_rows<MinuteRow>(writer, Table::minutes, kDay, {minute}, log_.sensors()));
      files.push_back(at_.write_rows<SensorDayRow>(writer, Table::sensor_days, kDay, {day}, log_.sensors()));
    }
    at_.commit(writer, files);
  }

  AttackLake at_;
  RequestLog log_;
  std::string out_, err_;
};

TEST_F(AttacksCommand, DetectSaysWhatItFoundByWhichDefinitionAndIsThenUpToDate) {
  fill();
  ASSERT_EQ(run({"detect", "attacks"}), 0) << err_;
  EXPECT_EQ(
      out_,
      "definition amppot (key=victim+port+sensor min=100 gap=3600 count=sensors carpet=10 carpet-requests=6): 3 attacks; 1 group of them "
      "through several services on one victim; 1 carpet over a prefix, which counts as no attack: no address of it was asked for often "
      "enough by itself\n");
  ASSERT_EQ(run({"detect", "attacks"}), 0);
  EXPECT_THAT(out_, HasSubstr("up to date, nothing came since"));
  ASSERT_EQ(run({"detect", "attacks", "--gap", "900", "--min", "120"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("definition amppot with min 120, gap 900 ("));
}

TEST_F(AttacksCommand, DetectRefusesWhatMakesNoSense) {
  fill();
  EXPECT_EQ(run({"detect", "attacks", "--gap", "59"}), 2);
  EXPECT_THAT(err_, HasSubstr("the gap is at least 60 s"));
  EXPECT_EQ(run({"detect", "attacks", "--definition", "ampot"}), 2);
  EXPECT_THAT(err_, HasSubstr("Did you mean amppot?"));
  EXPECT_EQ(run({"detect", "attacks", "--from", "2017-11-24", "--to", "2017-11-23"}), 2);
  EXPECT_EQ(run({"detect", "attacks", "--from", "yesterday"}), 2);
}

TEST_F(AttacksCommand, ALakeWithoutRequestsOrWithoutJudgementIsASentence) {
  EXPECT_EQ(run({"detect", "attacks"}), 1);
  EXPECT_THAT(err_, HasSubstr("there is no lake at"));
  at_.add_rows(Table::minutes, kDay, std::vector<MinuteRow>{{.minute = kDay * 1440, .packets = 1}}, {"dark"});
  EXPECT_EQ(run({"detect", "attacks"}), 0);
  EXPECT_THAT(out_, HasSubstr("there is nothing to judge"));
  EXPECT_EQ(run({"attacks"}), 1);
  EXPECT_THAT(err_, HasSubstr("run nightjar detect attacks --definition amppot first"));
}

TEST_F(AttacksCommand, TheListShowsWholesAndWithPartsAll) {
  fill();
  ASSERT_EQ(run({"detect", "attacks"}), 0);
  json list = json_of({"attacks"});
  EXPECT_EQ(list.at("definition"), "amppot");
  EXPECT_EQ(list.at("parameters").at("gap"), 3600);
  EXPECT_EQ(list.at("parameters").at("carpet_requests"), 6);
  EXPECT_EQ(list.at("modelled"), false);
  EXPECT_EQ(list.at("attacks"), 3);
  EXPECT_EQ(list.at("total"), 3);
  ASSERT_EQ(list.at("rows").size(), 3U);
  const json& first = list.at("rows").at(0);
  EXPECT_EQ(first.at("kind"), "multi-service");
  EXPECT_EQ(first.at("victim"), "198.51.100.1");
  EXPECT_EQ(first.at("service"), "dns ntp");
  EXPECT_EQ(first.at("packets"), 550);
  EXPECT_EQ(first.at("country"), "JP");
  EXPECT_EQ(first.at("asn"), 64500);
  EXPECT_EQ(first.at("first"), "2017-11-23T00:00:00Z");
  EXPECT_EQ(first.at("duration"), 299.0);
  EXPECT_EQ(first.at("sensors"), 2);
  EXPECT_EQ(list.at("rows").at(1).at("victim"), "203.0.113.0/24");
  EXPECT_EQ(json_of({"attacks", "--parts"}).at("rows").size(), 5U);
  EXPECT_EQ(json_of({"attacks", "--top", "1"}).at("rows").size(), 1U);
  EXPECT_EQ(json_of({"attacks", "--where", "country = US"}).at("rows").size(), 1U);
  EXPECT_EQ(json_of({"attacks", "--where", "service = ntp and port = 123", "--parts"}).at("rows").at(0).at("sensor"), "pot-1");
  EXPECT_THAT(json_of({"attacks", "--where", "sensor = pot-1"}).at("remarks").at(0).get<std::string>(),
              HasSubstr("the filter finds those that one sensor saw"));
  EXPECT_EQ(json_of({"attacks", "--to", "2017-11-23"}).at("rows").size(), 0U);
  EXPECT_EQ(run({"attacks", "--where", "ttl = 3"}), 1);
  EXPECT_THAT(err_, HasSubstr("the field ttl cannot be applied here"));
}

TEST_F(AttacksCommand, APartIsShownWhereTheWholeIsNot) {
  log_.add({kMidnight + 23 * kHourMs + 30 * kMinuteMs, kVictim, 53, Service::dns, 0}, 100, 10);
  log_.add({kMidnight + 24 * kHourMs, kVictim, 123, Service::ntp, 0}, 100, 10);
  const std::uint64_t network = kVictim + 0x10000;
  for (std::uint64_t i = 0; i < 12; ++i) log_.add({kMidnight, network + i, 53, Service::dns, 2}, 20, kSecondMs);
  log_.add({kMidnight, network + 100, 53, Service::dns, 2}, 100, 10);
  log_.add({kMidnight + 30 * kHourMs, kVictim + 0x20000, 123, Service::ntp, 0}, 100, 10);
  at_.add_piece(log_);
  ASSERT_EQ(run({"detect", "attacks"}), 0) << err_;
  const auto victims = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "attacks");
    const json list = json_of(std::move(arguments));
    EXPECT_EQ(list.at("total"), list.at("rows").size());
    std::multiset<std::string> all;
    for (const json& row : list.at("rows")) all.insert(row.at("kind").get<std::string>() + " " + row.at("victim").get<std::string>());
    return all;
  };
  using Victims = std::multiset<std::string>;
  EXPECT_EQ(victims({}), (Victims{"multi-service 198.51.100.1", "carpet 198.52.100.0/24", "single 198.53.100.1"}));
  EXPECT_EQ(victims({"--from", "2017-11-24"}), (Victims{"single 198.51.100.1", "single 198.53.100.1"})) << "the whole began before";
  EXPECT_EQ(victims({"--where", "port = 123"}), (Victims{"single 198.51.100.1", "single 198.53.100.1"})) << "the whole has no one port";
  EXPECT_EQ(victims({"--where", "src = 198.52.100.101"}), (Victims{"single 198.52.100.101"})) << "the carpet is another address";
  EXPECT_EQ(victims({"--where", "src = 198.52.100.0/24"}), (Victims{"carpet 198.52.100.0/24"}));
  ASSERT_EQ(run({"attacks", "--from", "2017-11-24"}), 0);
  EXPECT_THAT(out_, HasSubstr("2 of 2 shown; 2 attacks count by this definition"));
  ASSERT_EQ(run({"detect", "attacks", "--definition", "per-sensor", "--from", "2017-11-24"}), 0) << err_;
  EXPECT_EQ(victims({"--definition", "per-sensor"}), (Victims{"single 198.51.100.1", "single 198.53.100.1"})) << "the whole was not judged";
}

TEST_F(AttacksCommand, TheTableForPeopleNamesTheDefinitionAndWhatDoesNotCount) {
  fill();
  ASSERT_EQ(run({"detect", "attacks"}), 0);
  ASSERT_EQ(run({"attacks", "--from", "2017-11-23"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("definition: amppot (key=victim+port+sensor min=100 gap=3600 count=sensors carpet=10 carpet-requests=6)"));
  EXPECT_THAT(out_, HasSubstr("2017-11-23 00:00:00  4 min 59 s  198.51.100.1"));
  EXPECT_THAT(out_, HasSubstr("3 of 3 shown; 3 attacks count by this definition"));
  EXPECT_THAT(out_, HasSubstr("1 carpet over a prefix counts as no attack"));
  EXPECT_THAT(out_, Not(HasSubstr("modelled data")));
}

TEST_F(AttacksCommand, OneInFullHasPartsSensorsAndMinutes) {
  fill();
  ASSERT_EQ(run({"detect", "attacks"}), 0);
  const json list = json_of({"attacks"});
  const std::string id = list.at("rows").at(0).at("id");
  const json one = json_of({"attacks", id.substr(0, 8)});
  EXPECT_EQ(one.at("id"), id);
  EXPECT_EQ(one.at("parts").size(), 2U);
  EXPECT_EQ(one.at("parts").at(0).at("parent"), id);
  ASSERT_EQ(one.at("seen_by").size(), 3U);
  EXPECT_EQ(one.at("seen_by").at(0).at("sensor"), "pot-1");
  EXPECT_EQ(one.at("seen_by").at(0).at("packets"), 300);
  EXPECT_EQ(one.at("seen_by").at(1).at("service"), "ntp");
  ASSERT_EQ(one.at("minutes").size(), 5U);
  EXPECT_EQ(one.at("minutes").at(0).at("minute"), "2017-11-23T00:00:00Z");
  EXPECT_EQ(one.at("minutes").at(0).at("packets"), 180);
  ASSERT_EQ(run({"attacks", id}), 0);
  EXPECT_THAT(out_, HasSubstr("parts:"));
  EXPECT_THAT(out_, HasSubstr("requests over time, 1 min 0 s a step:"));
  const json carpet = json_of({"attacks", list.at("rows").at(1).at("id")});
  EXPECT_EQ(carpet.at("victims"), 20);
  EXPECT_EQ(carpet.at("seen_by").at(0).at("packets"), 400);
  EXPECT_EQ(run({"attacks", "0123456789abcdef"}), 1);
  EXPECT_THAT(err_, HasSubstr("there is no attack 0123456789abcdef"));
  EXPECT_EQ(run({"attacks", "nonsense"}), 2);
}

TEST_F(AttacksCommand, RowsForProgramsCarryTheMarkOfModelledData) {
  fill(true);
  ASSERT_EQ(run({"detect", "attacks"}), 0);
  ASSERT_EQ(run({"attacks", "--format", "csv"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("id,first,last,duration,victim,victims,country,asn,service,port,sensor,sensors,packets,bytes_in,bytes_out,"
                              "kind,level,parent,protocol,ports,peak_per_minute,destinations,mismatches,attack_rate,attack_peak_rate,"
                              "modelled\n"));
  EXPECT_THAT(out_, HasSubstr(",198.51.100.1,1,JP,64500,dns ntp,0,,2,550,33000,0,multi-service,2,,udp,,,,,,,true\n"));
  ASSERT_EQ(run({"attacks", "--format", "parquet", "-o", path("attacks.parquet")}), 0) << err_;
  EXPECT_EQ(test::content_of(path("attacks.parquet")).substr(0, 4), "PAR1");
  EXPECT_EQ(run({"attacks", "--format", "parquet"}), 2);
  EXPECT_EQ(json_of({"attacks"}).at("modelled"), true);
  ASSERT_EQ(run({"attacks"}), 0);
  EXPECT_THAT(out_, HasSubstr("modelled data"));
}

TEST_F(AttacksCommand, FiguresCountPerSensorUnlessAskedOtherwise) {
  fill();
  EXPECT_EQ(run({"figure", "attack-countries"}), 1);
  EXPECT_THAT(err_, HasSubstr("run nightjar detect attacks --definition per-sensor first"));
  ASSERT_EQ(run({"detect", "attacks", "--definition", "per-sensor"}), 0);
  ASSERT_EQ(run({"detect", "attacks", "--definition", "merged"}), 0);
  ASSERT_EQ(run({"figure", "attack-countries"}), 0) << err_;
  EXPECT_THAT(out_, HasSubstr("definition: per-sensor (key=victim+port+sensor min=100 gap=3600 count=sum"));
  EXPECT_THAT(out_, HasSubstr("JP             3     75.0"));
  json merged = json_of({"figure", "attack-countries", "--definition", "merged"});
  EXPECT_EQ(merged.at("definition"), "merged");
  EXPECT_EQ(merged.at("parameters").at("count"), "victim");
  EXPECT_EQ(merged.at("rows").at(0).at("attacks"), 1);
  EXPECT_EQ(json_of({"figure", "attack-summary", "--where", "country = US"}).at("rows").at(0).at("rank"), 2);
  EXPECT_EQ(json_of({"figure", "attacks-per-day", "--where", "country = JP"}).at("rows").size(), 2U);
  EXPECT_EQ(run({"figure", "attack-countries", "--definition", "ours"}), 2);
}

TEST_F(AttacksCommand, MoreRequestsAreARemarkOfTheList) {
  fill();
  log_.add({kMidnight + 5 * kHourMs, kVictim, 53, Service::dns, 0, 1}, 100, 10);
  ASSERT_EQ(run({"detect", "attacks"}), 0);
  at_.add_piece(log_, 1);
  ASSERT_EQ(run({"attacks"}), 0);
  EXPECT_THAT(out_, HasSubstr("the attacks were judged before 1 batch came: run nightjar detect attacks --definition amppot again"));
}

}  // namespace
}  // namespace nightjar
