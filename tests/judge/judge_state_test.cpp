#include "judge/judge_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/time.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kFrom = 17'000, kTo = 17'010;

Wave a_wave() {
  Wave wave;
  wave.protocol = 17;
  wave.port = 52'869;
  wave.metric = Metric::packets;
  wave.population = {{0x504a, 0x5641}, {0, kNoTool}};
  wave.born = {{0x504a}, {}};
  wave.first_day = kFrom + 3;
  wave.onset_day = kFrom + 2;
  wave.peak_day = kFrom + 4;
  wave.last_day = kTo - 1;
  wave.end_day = kFrom + 7;
  wave.closed = true;
  wave.surge_days = {kFrom + 5, kFrom + 6};
  wave.usual_days = {kFrom, kFrom + 1};
  wave.peak = 1234.5;
  wave.expected = 1.0 / 3;
  wave.score = 61.25;
  wave.usual_rate = 0.1;
  wave.dispersion = 1.7;
  wave.quiet_since = kFrom + 7;
  wave.calm_since = kFrom + 8;
  wave.usual_at_port = 12;
  wave.peak_at_port = 900;
  wave.days = {{kFrom + 2, 3, 0.3, 2.5, 3, 40, 30, 910}, {kFrom + 3, 1e9, 0.1, 400, 7, 1e9, 9e8, 1e18}};
  wave.group = 41;
  return wave;
}

std::map<std::int64_t, std::string> inputs(std::int64_t to = kTo) {
  std::map<std::int64_t, std::string> days;
  for (std::int64_t day = kFrom; day < to; ++day) days[day] = "00000000000000" + std::to_string(10 + day % 90);
  return days;
}

JudgeState a_state(std::int64_t to = kTo) { return {kFrom, to, inputs(to), {a_wave(), Wave()}}; }

TEST(JudgeStateText, ReadsWhatItWrote) {
  const auto read = judge_state_of(judge_state_text(a_state()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->from_day, kFrom);
  EXPECT_EQ(read->to_day, kTo);
  EXPECT_EQ(read->inputs, inputs());
  ASSERT_EQ(read->waves.size(), 2U);
  const Wave &wave = read->waves[0], written = a_wave();
  EXPECT_EQ(wave.protocol, written.protocol);
  EXPECT_EQ(wave.port, written.port);
  EXPECT_EQ(wave.metric, written.metric);
  EXPECT_EQ(wave.population, written.population);
  EXPECT_EQ(wave.born, written.born);
  EXPECT_EQ(wave.first_day, written.first_day);
  EXPECT_EQ(wave.onset_day, written.onset_day);
  EXPECT_EQ(wave.peak_day, written.peak_day);
  EXPECT_EQ(wave.last_day, written.last_day);
  EXPECT_EQ(wave.end_day, written.end_day);
  EXPECT_EQ(wave.closed, written.closed);
  EXPECT_EQ(wave.surge_days, written.surge_days);
  EXPECT_EQ(wave.usual_days, written.usual_days);
  EXPECT_EQ(wave.peak, written.peak);
  EXPECT_EQ(wave.expected, written.expected);
  EXPECT_EQ(wave.score, written.score);
  EXPECT_EQ(wave.usual_rate, written.usual_rate);
  EXPECT_EQ(wave.dispersion, written.dispersion);
  EXPECT_EQ(wave.quiet_since, written.quiet_since);
  EXPECT_EQ(wave.calm_since, written.calm_since);
  EXPECT_EQ(wave.usual_at_port, written.usual_at_port);
  EXPECT_EQ(wave.peak_at_port, written.peak_at_port);
  EXPECT_EQ(wave.group, written.group);
  ASSERT_EQ(wave.days.size(), 2U);
  EXPECT_EQ(wave.days[1].day, kFrom + 3);
  EXPECT_EQ(wave.days[1].observed, 1e9);
  EXPECT_EQ(wave.days[1].expected, 0.1);
  EXPECT_EQ(wave.days[1].score, 400);
  EXPECT_EQ(wave.days[1].hosts, 7);
  EXPECT_EQ(wave.days[1].packets, 1e9);
  EXPECT_EQ(wave.days[1].largest, 9e8);
  EXPECT_EQ(wave.days[1].squares, 1e18);
  EXPECT_FALSE(read->waves[1].end_day);
  EXPECT_FALSE(read->waves[1].quiet_since);
  EXPECT_FALSE(read->waves[1].calm_since);
  EXPECT_EQ(judge_state_text(*read), judge_state_text(a_state()));
}

TEST(JudgeStateText, WhatIsCutOffAnywhereIsNone) {
  const std::string text = judge_state_text(a_state());
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(judge_state_of(std::string_view(text).substr(0, length))) << length;
}

TEST(JudgeStateText, OtherTextsAreNone) {
  const std::string good = judge_state_text(a_state());
  const auto with = [&](const std::string& what, const std::string& instead) {
    std::string text = good;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return at == std::string::npos ? std::string() : text.replace(at, what.size(), instead);
  };
  for (const std::string& text :
       {std::string("null"), std::string("[]"), std::string("{}"), std::string("7"), std::string("\xff\xfe"), std::string(100'000, '['),
        good + "x", with("\"to_day\"", "\"until\""), with("\"closed\":true", "\"closed\":1"), with("\"waves\":[", "\"waves\":[7,"),
        with("\"onset_day\":17002", "\"onset_day\":\"x\""), with("\"inputs\":{\"17000\"", "\"inputs\":{\"day\""), with("1234.5", "null")})
    EXPECT_FALSE(judge_state_of(text)) << text.substr(0, 80);
}

TEST(JudgeStateText, OfAnotherWayOfJudgingIsNone) {
  std::string text = judge_state_text(a_state());
  const std::size_t way = text.find("\"way\":");
  ASSERT_NE(way, std::string::npos);
  text.insert(way + 6, "9");
  EXPECT_FALSE(judge_state_of(text));
}

// ------------------------------------------------------------------------------------------------------------ files

class StateFiles : public ::testing::Test {
 protected:
  std::filesystem::path lake() const { return folder_ / "lake"; }
  JudgeStates states(std::string_view rules = "default") const { return {lake(), rules}; }
  /// To which day the state that is found goes; 0: none is.
  static std::int64_t latest(const JudgeStates& states, const std::map<std::int64_t, std::string>& inputs, std::int64_t to) {
    const auto found = states.latest(inputs, to);
    return found ? found->to_day : 0;
  }
  std::vector<std::filesystem::path> files() const {
    std::set<std::filesystem::path> list;
    if (!std::filesystem::exists(lake())) return {};
    for (const auto& one : std::filesystem::recursive_directory_iterator(lake()))
      if (one.is_regular_file()) list.insert(one.path());
    return {list.begin(), list.end()};
  }
  TempFolder folder_;
};

TEST_F(StateFiles, WithoutAnyThereIsNone) { EXPECT_EQ(latest(states(), inputs(), kTo), 0); }

TEST_F(StateFiles, TheOneThatGoesFurthestIsFoundUpToTheDayThatIsAsked) {
  for (const std::int64_t to : {kFrom + 4, kFrom + 7}) states().keep(a_state(to));
  EXPECT_EQ(latest(states(), inputs(), kTo), kFrom + 7);
  EXPECT_EQ(latest(states(), inputs(), kFrom + 7), kFrom + 7);
  EXPECT_EQ(latest(states(), inputs(), kFrom + 6), kFrom + 4);
  EXPECT_EQ(latest(states(), inputs(), kFrom + 3), 0);
  const auto found = states().latest(inputs(), kTo);
  EXPECT_EQ(judge_state_text(*found), judge_state_text(a_state(kFrom + 7)));
}

TEST_F(StateFiles, OfDaysThatChangedItIsNotBelieved) {
  for (const std::int64_t to : {kFrom + 4, kFrom + 7}) states().keep(a_state(to));
  auto changed = inputs();
  changed[kFrom + 5] = "ffffffffffffffff";
  EXPECT_EQ(latest(states(), changed, kTo), kFrom + 4);
  changed[kFrom + 2] = "ffffffffffffffff";
  EXPECT_EQ(latest(states(), changed, kTo), 0);
  // A day that came since, or went.
  auto more = inputs();
  more[kFrom - 1] = "aaaaaaaaaaaaaaaa";
  EXPECT_EQ(latest(states(), more, kTo), 0);
  auto fewer = inputs();
  fewer.erase(kFrom + 5);
  EXPECT_EQ(latest(states(), fewer, kTo), kFrom + 4);
  // What lies behind it does not matter.
  auto later = inputs();
  later[kFrom + 7] = "ffffffffffffffff";
  EXPECT_EQ(latest(states(), later, kTo), kFrom + 7);
}

TEST_F(StateFiles, StatesOfOtherRulesAreOthers) {
  states("host_ratio=2").keep(a_state());
  EXPECT_EQ(latest(states(), inputs(), kTo), 0);
  EXPECT_EQ(latest(states("host_ratio=2"), inputs(), kTo), kTo);
}

TEST_F(StateFiles, ABrokenFileIsPassedOver) {
  for (const std::int64_t to : {kFrom + 4, kFrom + 7}) states().keep(a_state(to));
  ASSERT_EQ(files().size(), 2U);
  std::ofstream(files().back(), std::ios::trunc) << "{\"way\":";
  EXPECT_EQ(latest(states(), inputs(), kTo), kFrom + 4);
}

TEST_F(StateFiles, AFileOfAnotherDaysNameIsPassedOver) {
  states().keep(a_state(kFrom + 4));
  std::filesystem::rename(files().front(), files().front().parent_path() / (format_day(kFrom + 6) + ".json"));
  EXPECT_EQ(latest(states(), inputs(), kTo), 0);
}

TEST_F(StateFiles, OldOnesAreRemovedButOneInThirtyDays) {
  for (std::int64_t to = kFrom + 1; to <= kFrom + 100; ++to) states().keep(a_state(to));
  std::vector<std::string> names;
  for (const auto& file : files()) names.push_back(file.stem().string());
  // 17,010 is the first number of a day that thirty divides: 567 x 30.
  EXPECT_THAT(names, ElementsAre(format_day(17'010), format_day(17'040), format_day(17'070), format_day(17'099), format_day(17'100)));
}

TEST_F(StateFiles, WhereNothingCanBeWrittenNothingIsKept) {
  std::ofstream(lake()) << "a file where the folder would be";
  states().keep(a_state());
  EXPECT_EQ(latest(states(), inputs(), kTo), 0);
}

// ------------------------------------------------------------------------------------------------------------ inputs

LakeFile file_of(Table table, std::int64_t day, const std::set<std::uint64_t>& batches) {
  LakeFile file;
  file.table = table;
  file.day = day;
  file.batches.assign(batches.begin(), batches.end());
  return file;
}

TEST(InputsByDay, ChangeWithTheBatchesOfTheDayOnly) {
  LakeVersion version;
  version.files = {file_of(Table::flows, 1, {5}), file_of(Table::flows, 2, {5}), file_of(Table::sessions, 2, {6})};
  const auto before = inputs_by_day(version);
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(before.at(1).size(), 16U);
  version.files.push_back(file_of(Table::requests, 2, {7}));
  const auto after = inputs_by_day(version);
  EXPECT_EQ(after.at(1), before.at(1));
  EXPECT_NE(after.at(2), before.at(2));
}

TEST(InputsByDay, AreTheSameAfterCompaction) {
  LakeVersion loose, compact;
  loose.files = {file_of(Table::flows, 1, {5}), file_of(Table::flows, 1, {9}), file_of(Table::minutes, 1, {9})};
  compact.files = {file_of(Table::minutes, 1, {9}), file_of(Table::flows, 1, {5, 9})};
  EXPECT_EQ(inputs_by_day(loose), inputs_by_day(compact));
}

TEST(InputsByDay, DerivedRowsAreNone) {
  LakeVersion version;
  version.files = {file_of(Table::port_days, 1, {5}), file_of(Table::incidents, 1, {5})};
  EXPECT_THAT(inputs_by_day(version), IsEmpty());
}

TEST(InputsByDay, TheSameBatchInAnotherTableIsAnother) {
  LakeVersion flows, minutes;
  flows.files = {file_of(Table::flows, 1, {5})};
  minutes.files = {file_of(Table::minutes, 1, {5})};
  EXPECT_NE(inputs_by_day(flows), inputs_by_day(minutes));
}

}  // namespace
}  // namespace nightjar
