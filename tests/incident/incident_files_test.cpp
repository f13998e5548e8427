#include "incident/incident_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "incident_examples.hpp"
#include "store/derived_rows.hpp"
#include "store/rows_lake.hpp"

namespace nightjar {
namespace {

using test::ms_of;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kMsPerDay = test::kDayMs;

class IncidentFiles : public ::testing::Test {
 protected:
  IncidentFiles() { at_.add_rows(Table::minutes, kDay, std::vector<MinuteRow>{{.minute = kDay * 1440, .packets = 1}}, {"dark"}); }

  void write(const std::vector<Incident>& incidents, std::int64_t from_day, std::int64_t to_day, const std::string& rules = "default") {
    const Writer writer = take(at_.lake().begin_write());
    Change change = take(write_incident_files(*at_.session(), writer, incidents, rules, "judged", from_day, to_day));
    take(at_.lake().commit(writer, std::move(change)));
  }
  std::vector<std::string> ids(const IncidentQuestion& question = {}) const {
    std::vector<std::string> list;
    for (const Incident& one : take(read_incidents(*at_.session(), question))) list.push_back(one.id.substr(0, 4));
    return list;
  }
  static std::int64_t day_of(const Incident& incident) { return floor_div(incident.onset_ms, kMsPerDay); }

  RowsLake at_;
};

TEST_F(IncidentFiles, WhatIsWrittenIsReadByOnset) {
  write(test::all_examples(), 17'000, 18'000);
  EXPECT_THAT(ids(), ElementsAre("3344", "4455", "2233", "5566", "6677", "1122", "aabb", "7788", "99aa", "0011", "8899"));
  const auto all = take(read_incidents(*at_.session(), {}));
  for (const Incident& one : test::all_examples())
    EXPECT_TRUE(std::ranges::any_of(all, [&](const Incident& other) { return incident_json(other) == incident_json(one); })) << one.id;
}

TEST_F(IncidentFiles, ColumnsSayWhatTheIncidentSays) {
  write(test::all_examples(), 17'000, 18'000);
  EXPECT_THAT(
      at_.ask("SELECT kind, protocol, port, country, onset, peak, \"end\", ended, metric, expected, observed, confidence, population "
              "FROM incidents WHERE id LIKE '6677%'"),
      ElementsAre("host-spike 6 22 JP 2017-06-11T00:00:00Z 2017-06-20T00:00:00Z 2018-02-01T00:00:00Z 1 hosts 150.000000 10400.000000 "
                  "probable protocol = tcp and port = 22 and country = JP"));
  EXPECT_THAT(at_.ask("SELECT \"end\", ended, cause_ja FROM incidents WHERE id LIKE '0011%'"),
              ElementsAre("2018-01-01T00:00:00Z 0 アルゼンチンで広く使われている機器がMirai、またはその亜種に感染したとみられます。"));
}

TEST_F(IncidentFiles, QuestionsNarrow) {
  write(test::all_examples(), 17'000, 18'000);
  EXPECT_THAT(ids({.kind = "drdos"}), ElementsAre("99aa"));
  EXPECT_THAT(ids({.country = "JP"}), ElementsAre("6677", "7788", "99aa"));
  EXPECT_THAT(ids({.port = 81}), ElementsAre("3344", "4455", "5566"));
  EXPECT_THAT(ids({.country = "JP", .port = 22}), ElementsAre("6677"));
  EXPECT_THAT(ids({.id = "00112"}), ElementsAre("0011"));
  EXPECT_THAT(ids({.id = "'; DROP TABLE incidents"}), IsEmpty());
  EXPECT_THAT(ids({.rules = "host_ratio=2"}), IsEmpty());
}

TEST_F(IncidentFiles, ATimeFindsWhatOverlapsIt) {
  write({test::july(), test::mobile_routers(), test::argentina()}, 17'000, 18'000);
  EXPECT_THAT(ids({.from_ms = ms_of(2017, 7, 4), .to_ms = ms_of(2017, 7, 6)}), ElementsAre("6677", "1122"));
  // It goes on when the last judged day ends, 2017-12-31.
  EXPECT_THAT(ids({.from_ms = ms_of(2017, 12, 31)}), ElementsAre("6677", "0011")) << "goes on";
  EXPECT_THAT(ids({.from_ms = ms_of(2018, 1, 1)}), ElementsAre("6677")) << "not judged yet";
  EXPECT_THAT(ids({.from_ms = ms_of(2030, 1, 1)}), IsEmpty());
  EXPECT_THAT(ids({.to_ms = ms_of(2017, 7, 3)}), ElementsAre("6677"));
}

TEST_F(IncidentFiles, JudgedAgainTheDaysAreReplacedAndOtherRulesStay) {
  write(test::all_examples(), 17'000, 18'000);
  write({test::july()}, 17'000, 18'000, "host_ratio=2");
  write({test::argentina()}, day_of(test::argentina()), 18'000);
  EXPECT_THAT(ids({.from_ms = ms_of(2017, 11, 20), .port = 23}), ElementsAre("7788", "0011"));
  EXPECT_THAT(ids({.port = 37215}), IsEmpty());
  EXPECT_THAT(ids({.rules = "host_ratio=2"}), ElementsAre("1122"));
  const auto stored = take(read_incidents(*at_.session(), {.rules = "host_ratio=2"}));
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored.front().rules, "host_ratio=2");
}

TEST_F(IncidentFiles, AnIncidentThatBeganBeforeIsUpdatedAndItsNeighboursStay) {
  Incident neighbour = test::argentina();
  neighbour.id = "ffff000000000000";
  write({test::argentina(), neighbour, test::july()}, 17'000, 18'000);
  Incident later = test::argentina();
  later.level_now = 4;
  write({later}, 17'600, 17'601);
  EXPECT_THAT(ids(), ElementsAre("1122", "0011", "ffff"));
  EXPECT_EQ(take(read_incidents(*at_.session(), {.id = "0011"})).at(0).level_now, 4);
}

TEST_F(IncidentFiles, ASessionThatDoesNotSeeThemLosesNoNeighbours) {
  write({test::argentina(), test::july()}, 17'000, 18'000);
  QueryOptions narrow;
  narrow.from_day = 17'600;
  const Writer writer = take(at_.lake().begin_write());
  EXPECT_TRUE(fails_with(write_incident_files(*at_.session(narrow), writer, {test::july()}, "default", "judged", 17'600, 17'601),
                         "the session that writes does not see that day"));
}

TEST_F(IncidentFiles, NothingFoundIsKeptAsAJudgement) {
  write({}, kDay, kDay + 3);
  EXPECT_THAT(ids(), IsEmpty());
  const auto snapshot = take(at_.lake().snapshot());
  const auto file = std::ranges::find(snapshot->version().files, Table::incidents, &LakeFile::table);
  ASSERT_NE(file, snapshot->version().files.end());
  EXPECT_EQ(file->rows, 0U);
  EXPECT_EQ(file->day, kDay);
  EXPECT_EQ(made_by(*file), "default");
  EXPECT_EQ(made_from(*file), "judged");
  EXPECT_FALSE(file->modelled);
}

TEST_F(IncidentFiles, ModelledIncidentsMarkTheirFile) {
  Incident modelled = test::argentina();
  modelled.modelled = true;
  write({modelled, test::july()}, 17'000, 18'000);
  const auto snapshot = take(at_.lake().snapshot());
  for (const LakeFile& file : snapshot->version().files)
    EXPECT_EQ(file.modelled, file.table == Table::incidents && file.day == day_of(modelled));
}

TEST_F(IncidentFiles, OutsideTextsAreOnlyTexts) {
  Incident hostile = test::realtek();
  hostile.payloads.front().urls = {"http://h/'); DROP TABLE incidents; --\x1b[31m"};
  hostile.population = "port = 23 and @bad('x') '' \\";
  hostile.score = std::numeric_limits<double>::infinity();
  write({hostile}, 17'000, 18'000);
  const auto read = take(read_incidents(*at_.session(), {}));
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read.front().payloads, hostile.payloads);
  EXPECT_EQ(read.front().population, hostile.population);
}

TEST_F(IncidentFiles, ALakeWithoutIncidentsHasNone) { EXPECT_THAT(ids(), IsEmpty()); }

}  // namespace
}  // namespace nightjar
