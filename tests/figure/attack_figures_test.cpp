// Figures of attacks: hand-made rows of table attacks with answers worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/honeypot_rows.hpp"
#include "small_lake.hpp"
#include "store/judged_attacks.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

using test::lines_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::int64_t kSecondUs = 1'000'000, kDayUs = kSecondsPerDay * kSecondUs, kMidnightUs = kDay * kDayUs;
const std::string kParameters = "key=victim+port+sensor min=100 gap=3600 count=sum carpet=10";

/// A lake with two days of a reflector's requests and the attacks that a test writes down.
class AttackFigures : public ::testing::Test {
 protected:
  AttackFigures() {
    for (const std::int64_t day : {kDay, kDay + 1}) add_requests(day, 1);
  }
  void add_requests(std::int64_t day, std::uint64_t batch) {
    const Writer writer = take(at_.lake().begin_write());
    RequestRow request{.minute = day * 1440 + 5, .src = 1, .packets = 1, .ip_version = 4};
    request.first_ms = request.last_ms = 0;
    MinuteRow minute{.minute = day * 1440 + 5, .packets = 1, .bytes = 60, .batch = batch, .protocol = 17, .traffic_class = 3};
    SensorDayRow known{.day = day, .addresses = 1, .packets = 1};
    known.kind = static_cast<std::uint8_t>(SensorKind::reflector);
    LakeFile requests = at_.write_rows<RequestRow>(writer, Table::requests, day, {request}, {"pot-1"});
    requests.batches = {batch};
    at_.commit(writer, {requests, at_.write_rows<MinuteRow>(writer, Table::minutes, day, {minute}, {"pot-1"}),
                        at_.write_rows<SensorDayRow>(writer, Table::sensor_days, day, {known}, {"pot-1"})});
  }
  void attack(std::int64_t first_s, double seconds, std::string_view country, std::string_view service = "dns", std::uint8_t level = 1) {
    AttackRow row;
    ids_.push_back(std::make_unique<std::string>(16 - std::to_string(ids_.size()).size(), '0'));
    *ids_.back() += std::to_string(ids_.size() - 1);
    row.id = *ids_.back();
    row.kind = level == 1 ? "single" : "carpet";
    row.sensor = "pot-1";
    row.service = service;
    row.first = kMidnightUs + first_s * kSecondUs;
    row.last = row.first + static_cast<std::int64_t>(seconds * 1000) * 1000;
    row.src = 0xC6336401;
    row.ip_version = 4;
    row.level = level;
    if (!country.empty()) row.country = country_code(country[0], country[1]);
    rows_.push_back(row);
  }
  /// The judgement: what was added, by day.
  void judge(const std::string& definition = "per-sensor", const std::string& parameters = kParameters) {
    const RequestsState state = requests_of(take(at_.lake().snapshot())->version());
    const Writer writer = take(at_.lake().begin_write());
    for (const std::int64_t day : {kDay, kDay + 1}) {
      std::vector<AttackRow> of_day;
      for (AttackRow row : rows_) {
        row.definition = definition;
        row.parameters = parameters;
        if (floor_div(row.first, kDayUs) == day) of_day.push_back(row);
      }
      if (of_day.empty()) continue;
      LakeFile file = at_.write_rows(writer, Table::attacks, day, of_day, {"pot-1"});
      file.derived_from = to_text(AttackJudgement{definition, parameters, state.hash, state.batches});
      at_.commit(writer, {file});
    }
  }
  Result<FigureAnswer> ask(const FigureRequest& request) {
    session_ = at_.session();
    return run_figure(*session_, request);
  }
  Result<FigureAnswer> ask(const std::string& figure, const std::string& where = "") {
    return ask(FigureRequest{.figure = figure, .where = where});
  }

  RowsLake at_;
  std::vector<AttackRow> rows_;
  std::vector<std::unique_ptr<std::string>> ids_;
  std::unique_ptr<QuerySession> session_;
};

TEST_F(AttackFigures, PerDayHaveARowADayAndServiceAlsoForDaysWithout) {
  attack(10, 5, "JP", "dns");
  attack(20, 5, "US", "dns");
  attack(86'400 + 10, 5, "JP", "ntp");
  attack(30, 5, "US", "dns", 2);
  judge();
  EXPECT_THAT(lines_of(ask("attacks-per-day")),
              ElementsAre("2017-11-23 dns 2", "2017-11-23 ntp 0", "2017-11-24 dns 0", "2017-11-24 ntp 1"));
  EXPECT_THAT(lines_of(ask("attacks-per-day", "country = JP")),
              ElementsAre("2017-11-23 dns 1", "2017-11-23 ntp 0", "2017-11-24 dns 0", "2017-11-24 ntp 1"));
  EXPECT_THAT(lines_of(ask("attacks-per-day", "service = ntp")), ElementsAre("2017-11-23 ntp 0", "2017-11-24 ntp 1"));
}

TEST_F(AttackFigures, DaysAreThoseOfTheZone) {
  attack(14 * 3600 + 3599, 5, "JP");
  attack(15 * 3600, 5, "JP");
  judge();
  EXPECT_THAT(lines_of(ask(FigureRequest{.figure = "attacks-per-day", .from_day = kDay, .to_day = kDay + 2, .tz = "Asia/Tokyo"})),
              ElementsAre("2017-11-23 dns 1", "2017-11-24 dns 1"));
}

TEST_F(AttackFigures, CountriesHaveTheirShareOfAll) {
  for (int i = 0; i < 6; ++i) attack(i, 5, "US");
  for (int i = 0; i < 3; ++i) attack(i, 5, "CN", "ntp");
  attack(1, 5, "");
  judge();
  EXPECT_THAT(lines_of(ask("attack-countries")), ElementsAre("US 6 60.0", "CN 3 30.0", "unknown 1 10.0"));
  EXPECT_THAT(lines_of(ask(FigureRequest{.figure = "attack-countries", .top = 1})), ElementsAre("US 6 60.0"));
  EXPECT_THAT(lines_of(ask("attack-services")), ElementsAre("dns 7 3.5 70.0", "ntp 3 1.5 30.0"));
}

TEST_F(AttackFigures, DurationsAreACumulativeShareFromOneSecondToTheLongest) {
  attack(0, 0, "US");  // all in one millisecond: within 1 s
  attack(1, 60, "US");
  attack(2, 60.001, "US");
  attack(3, 600, "US");
  attack(4, 3600.5, "US");
  judge();
  const auto lines = lines_of(ask("attack-durations"));
  EXPECT_EQ(lines.front(), "1 1 20.0");
  EXPECT_THAT(lines, ::testing::IsSupersetOf({"50 1 20.0", "60 2 40.0", "80 3 60.0", "500 3 60.0", "600 4 80.0", "3600 4 80.0"}));
  EXPECT_EQ(lines.back(), "3601 5 100.0");
}

TEST_F(AttackFigures, TheSummaryRanksOneCountry) {
  for (int i = 0; i < 5; ++i) attack(i, 5, "US");
  for (int i = 0; i < 3; ++i) attack(i, 7, "CN");
  attack(1, 30, "JP", "ntp");
  attack(2, 5, "");
  attack(3, 5, "US", "dns", 2);
  judge();
  EXPECT_THAT(lines_of(ask("attack-summary")), ElementsAre("all 10 5.0 100.0 - 3 30.0 0000000000000008 198.51.100.1 JP ntp 1"));
  EXPECT_THAT(lines_of(ask("attack-summary", "country = JP")),
              ElementsAre("JP 1 0.5 10.0 3 3 30.0 0000000000000008 198.51.100.1 JP ntp 0"));
  EXPECT_THAT(lines_of(ask("attack-summary", "service = dns and country = CN")),
              ElementsAre("CN 3 1.5 33.3 2 2 7.0 0000000000000005 198.51.100.1 CN dns 0"));
  EXPECT_THAT(lines_of(ask("attack-summary", "country = FR")), ElementsAre("FR 0 0.0 0.0 - 3 - - - - - 0"));
  EXPECT_THAT(ask("attack-summary")->remarks,
              ::testing::Contains(HasSubstr("1 carpet (many addresses of one prefix at a time) is not among")));
}

TEST_F(AttackFigures, EveryAnswerNamesItsDefinitionAndParameters) {
  attack(1, 5, "US");
  judge();
  for (const char* figure : {"attacks-per-day", "attack-countries", "attack-durations", "attack-services", "attack-summary"}) {
    const auto answer = take(ask(figure));
    EXPECT_EQ(answer.definition, "per-sensor") << figure;
    EXPECT_EQ(answer.parameters, kParameters) << figure;
    EXPECT_EQ(answer.total, 1U) << figure;
    EXPECT_THAT(to_json(answer), HasSubstr("\"key\": \"victim+port+sensor\",\n    \"min\": 100")) << figure;
    EXPECT_THAT(answer.remarks, ::testing::IsEmpty()) << figure;
  }
}

TEST_F(AttackFigures, WithoutAJudgementTheySayWhatToRun) {
  EXPECT_TRUE(fails_with(ask("attack-countries"),
                         "nobody has looked for attacks by the definition per-sensor yet: run nightjar detect attacks "
                         "--definition per-sensor first"));
  attack(1, 5, "US");
  judge();
  EXPECT_TRUE(fails_with(ask(FigureRequest{.figure = "attack-countries", .definition = "amppot"}), "by the definition amppot yet"));
}

TEST_F(AttackFigures, MoreRequestsAreARemark) {
  attack(1, 5, "US");
  judge();
  add_requests(kDay, 2);
  add_requests(kDay, 3);
  EXPECT_THAT(take(ask("attack-countries")).remarks,
              ElementsAre("the attacks were judged before 2 batches came: run nightjar detect attacks --definition per-sensor again"));
}

TEST_F(AttackFigures, OneSensorCanBeAskedForOnlyWhereTheyAreKeptApart) {
  attack(1, 5, "US");
  judge();
  judge("amppot", "key=victim+port+sensor min=100 gap=3600 count=sensors carpet=10");
  EXPECT_THAT(lines_of(ask(FigureRequest{.figure = "attack-countries", .sensors = {"pot-1"}})), ElementsAre("US 1 100.0"));
  EXPECT_TRUE(fails_with(ask(FigureRequest{.figure = "attack-countries", .sensors = {"pot-1"}, .definition = "amppot"}),
                         "per-sensor keeps them apart"));
  EXPECT_TRUE(fails_with(ask(FigureRequest{.figure = "attack-countries", .where = "sensor = pot-1", .definition = "amppot"}),
                         "per-sensor keeps them apart"));
}

TEST_F(AttackFigures, OtherFiguresHaveNoDefinition) {
  EXPECT_TRUE(fails_with(ask(FigureRequest{.figure = "countries", .definition = "amppot"}), "counts no attacks"));
}

}  // namespace
}  // namespace nightjar
