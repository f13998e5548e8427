// What detect_attacks does to a lake.
#include "detect/detect_attacks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/attack_spool.hpp"
#include "detect/request_log.hpp"
#include "store/compact.hpp"
#include "store/judged_attacks.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint64_t kVictim = 0xC6336401;

class DetectAttacks : public ::testing::Test {
 protected:
  std::uint64_t version() const { return take(at_.lake().snapshot())->version().number; }
  Result<JudgedAttacks> judged(const std::string& definition = "amppot", std::int64_t from = kDay, std::int64_t to = kDay + 2) const {
    return judged_attacks(take(at_.lake().snapshot())->version(), definition, from, to);
  }
  AttackLake at_;
  RequestLog log_;
};

TEST_F(DetectAttacks, ALakeWithoutRequestsIsLeftAlone) {
  const DetectedAttacks done = at_.detect();
  EXPECT_TRUE(done.no_requests);
  EXPECT_FALSE(std::filesystem::exists(at_.root()));
}

TEST_F(DetectAttacks, ASecondRunWithNothingNewWritesNothing) {
  log_.add({kMidnight, kVictim}, 100, 10);
  at_.add_piece(log_);
  EXPECT_FALSE(at_.detect().up_to_date);
  const std::uint64_t before = version();
  EXPECT_TRUE(at_.detect().up_to_date);
  EXPECT_EQ(version(), before);
}

TEST_F(DetectAttacks, ThatNothingWasFoundIsKeptToo) {
  log_.add({kMidnight, kVictim}, 99, 10);
  at_.add_piece(log_);
  EXPECT_TRUE(fails_with(judged(), "run nightjar detect attacks --definition amppot first"));
  EXPECT_EQ(at_.detect().attacks, 0U);
  EXPECT_TRUE(judged());
  EXPECT_TRUE(at_.detect().up_to_date);
  EXPECT_THAT(at_.ask("SELECT count(*) FROM attacks"), ElementsAre("0"));
}

TEST_F(DetectAttacks, DefinitionsStandBesideOneAnother) {
  log_.add({kMidnight, kVictim}, 60, 10);
  at_.add_piece(log_);
  at_.detect("amppot");
  at_.detect("amppot with min 50");
  at_.detect("hopscotch");
  EXPECT_THAT(at_.ask("SELECT definition FROM attacks ORDER BY definition"), ElementsAre("amppot with min 50", "hopscotch"));
}

TEST_F(DetectAttacks, MoreRequestsMakeTheJudgementStaleAndTheNextOneReplacesIt) {
  log_.add({kMidnight, kVictim}, 100, 10);
  log_.add({kMidnight + kMinuteMs, kVictim, 53, Service::dns, 0, 1}, 30, 10);
  at_.add_piece(log_, 0);
  at_.detect();
  EXPECT_THAT(take(judged()).remarks, IsEmpty());
  at_.add_piece(log_, 1);
  EXPECT_THAT(take(judged()).remarks,
              ElementsAre("the attacks were judged before 1 batch came: run nightjar detect attacks --definition amppot again"));
  at_.detect();
  EXPECT_THAT(take(judged()).remarks, IsEmpty());
  EXPECT_THAT(at_.attacks(), ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 60290 130"));
}

TEST_F(DetectAttacks, AnAttackThatGrowsKeepsItsNumber) {
  log_.add({kMidnight, kVictim}, 100, 10);
  log_.add({kMidnight + kMinuteMs, kVictim, 53, Service::dns, 0, 1}, 30, 10);
  at_.add_piece(log_, 0);
  at_.detect();
  const auto before = at_.ask("SELECT id FROM attacks");
  at_.add_piece(log_, 1);
  at_.detect();
  EXPECT_EQ(at_.ask("SELECT id FROM attacks"), before);
}

TEST_F(DetectAttacks, CompactionChangesNothing) {
  for (std::uint16_t piece = 0; piece < 3; ++piece) {
    log_.add({kMidnight + piece * 7, kVictim, 53, Service::dns, 0, piece}, 40, 50);
    at_.add_piece(log_, piece);
  }
  at_.detect();
  Lake lake = at_.lake();
  EXPECT_EQ(take(compact(lake, {.memory_bytes = 512 << 20})).days, 1U);
  EXPECT_TRUE(at_.detect().up_to_date);
  at_.detect("per-sensor");
  EXPECT_THAT(at_.attacks("per-sensor"), ElementsAre("1 single 198.51.100.1/32 dns 53 pot-1 0 1964 120"));
}

TEST_F(DetectAttacks, DaysAreThoseInWhichAttacksBegin) {
  log_.add({kMidnight - 30 * kMinuteMs, kVictim}, 200, kMinuteMs);  // from the day before into this one
  log_.add({kMidnight + 10 * kHourMs, kVictim + 1000}, 100, 10);
  log_.add({kMidnight + 34 * kHourMs, kVictim + 2000}, 100, 10);  // the day after
  at_.add_piece(log_);
  const DetectedAttacks done = at_.detect("amppot", {.from_day = kDay, .to_day = kDay + 1});
  EXPECT_EQ(done.attacks, 1U) << "the one of the day before is not judged as if it began at midnight";
  EXPECT_THAT(at_.ask("SELECT ip(src, src_low) FROM attacks"), ElementsAre("198.51.103.233"));
  EXPECT_THAT(
      take(judged()).remarks,
      ElementsAre("only attacks that began from 2017-11-23 before 2017-11-24 were judged: run nightjar detect attacks --definition amppot "
                  "for all"));
  EXPECT_THAT(take(judged("amppot", kDay, kDay + 1)).remarks, IsEmpty());
  EXPECT_TRUE(at_.detect("amppot", {.from_day = kDay, .to_day = kDay + 1}).up_to_date);
  EXPECT_EQ(at_.detect().attacks, 3U);
  EXPECT_THAT(at_.ask("SELECT count(*) FROM attacks"), ElementsAre("3"));
  EXPECT_TRUE(at_.detect("amppot", {.from_day = kDay, .to_day = kDay + 1}).up_to_date);
}

TEST_F(DetectAttacks, WhatIsJudgedInTwoHalvesIsJudged) {
  log_.add({kMidnight, kVictim}, 100, 10);
  log_.add({kMidnight + 24 * kHourMs, kVictim}, 100, 10);
  log_.add({kMidnight + 48 * kHourMs, kVictim}, 100, 10);
  at_.add_piece(log_);
  at_.detect("amppot", {.to_day = kDay + 1});
  at_.detect("amppot", {.from_day = kDay + 2});
  EXPECT_THAT(take(judged("amppot", kDay, kDay + 3)).remarks,
              ElementsAre("only attacks that began before 2017-11-24, and from 2017-11-25 were judged: run nightjar detect attacks "
                          "--definition amppot for all"));
  at_.detect("amppot", {.from_day = kDay + 1, .to_day = kDay + 2});
  EXPECT_THAT(take(judged("amppot", kDay, kDay + 3)).remarks, IsEmpty());
}

TEST_F(DetectAttacks, HalvesThatMeetAreNamedAsOneSpan) {
  for (int day = 0; day < 3; ++day) log_.add({kMidnight + day * 24 * kHourMs, kVictim}, 100, 10);
  at_.add_piece(log_);
  at_.detect("amppot", {.from_day = kDay + 1, .to_day = kDay + 2});
  at_.detect("amppot", {.to_day = kDay + 1});
  EXPECT_THAT(
      take(judged("amppot", kDay, kDay + 3)).remarks,
      ElementsAre("only attacks that began before 2017-11-25 were judged: run nightjar detect attacks --definition amppot for all"));
}

TEST_F(DetectAttacks, AHalfThatIsOlderThanTheRequestsDoesNotCount) {
  log_.add({kMidnight, kVictim}, 100, 10);
  log_.add({kMidnight + 24 * kHourMs, kVictim, 53, Service::dns, 0, 1}, 100, 10);
  at_.add_piece(log_, 0);
  at_.detect("amppot", {.to_day = kDay + 1});
  at_.add_piece(log_, 1);
  at_.detect("amppot", {.from_day = kDay + 1});
  EXPECT_THAT(take(judged()).remarks,
              ElementsAre("the attacks were judged before 1 batch came: run nightjar detect attacks --definition amppot again"));
}

TEST_F(DetectAttacks, APartWhoseWholeBeganBeforeTheJudgedDaysHasNoParent) {
  log_.add({kMidnight + 23 * kHourMs + 30 * kMinuteMs, kVictim, 53, Service::dns}, 100, 10);
  log_.add({kMidnight + 24 * kHourMs, kVictim, 123, Service::ntp}, 100, 10);
  const std::uint64_t network = kVictim + 0x10000;
  for (std::uint64_t address = 0; address < 12; ++address) log_.add({kMidnight + 23 * kHourMs, network + address}, 20, 10 * kMinuteMs);
  log_.add({kMidnight + 24 * kHourMs, network + 100}, 100, 10);
  at_.add_piece(log_);
  at_.detect("amppot", {.from_day = kDay + 1});
  EXPECT_THAT(at_.ask("SELECT level, service, parent FROM attacks ORDER BY src"), ElementsAre("1 ntp ", "1 dns "));
}

TEST_F(DetectAttacks, APartWhoseWholeWasJudgedBeforeKeepsItsParent) {
  log_.add({kMidnight + 23 * kHourMs + 30 * kMinuteMs, kVictim, 53, Service::dns}, 100, 10);
  log_.add({kMidnight + 24 * kHourMs, kVictim, 123, Service::ntp}, 100, 10);
  log_.add({kMidnight + 30 * kHourMs, kVictim + 1000, 53, Service::dns, 0, 1}, 100, 10);
  at_.add_piece(log_);
  const std::string parents = "SELECT count(*) FROM attacks WHERE parent IN (SELECT id FROM attacks WHERE level = 2)";
  const std::string strangers =
      "SELECT count(*) FROM attacks WHERE parent <> '' AND parent NOT IN (SELECT id FROM attacks WHERE level = 2)";
  at_.detect("amppot", {.to_day = kDay + 1});
  at_.detect("amppot", {.from_day = kDay + 1});
  EXPECT_THAT(at_.ask(parents), ElementsAre("2"));
  EXPECT_THAT(at_.ask(strangers), ElementsAre("0"));
  at_.add_piece(log_, 1);
  at_.detect("amppot", {.from_day = kDay + 1});
  EXPECT_THAT(at_.ask(parents), ElementsAre("1")) << "the whole of the day before was judged from fewer requests";
  EXPECT_THAT(at_.ask(strangers), ElementsAre("0"));
}

TEST_F(DetectAttacks, EachAttackLiesInTheFolderOfItsFirstDay) {
  log_.add({kMidnight - 30 * kMinuteMs, kVictim}, 200, kMinuteMs);
  at_.add_piece(log_);
  at_.detect();
  std::vector<std::int64_t> days;
  const auto snapshot = take(at_.lake().snapshot());
  for (const LakeFile& file : snapshot->version().files)
    if (file.table == Table::attacks) days.push_back(file.day);
  EXPECT_THAT(days, ElementsAre(kDay - 1));
}

TEST_F(DetectAttacks, AttacksOfModelledRequestsAreMarked) {
  log_.add({kMidnight, kVictim}, 100, 10);
  log_.add({kMidnight + 48 * kHourMs, kVictim, 53, Service::dns, 0, 1}, 100, 10);
  at_.add_piece(log_, 0, false);
  at_.add_piece(log_, 1, true);
  at_.detect();
  std::map<std::int64_t, bool> modelled;
  const auto snapshot = take(at_.lake().snapshot());
  for (const LakeFile& file : snapshot->version().files)
    if (file.table == Table::attacks) modelled[file.day] = file.modelled;
  EXPECT_EQ(modelled, (std::map<std::int64_t, bool>{{kDay, false}, {kDay + 2, true}}));
}

TEST_F(DetectAttacks, AMillionSourcesWithOneRequestEachAreNoAttackAndAreNotHeld) {
  constexpr int sources = 1'000'000;
  std::vector<RequestRow> rows;
  rows.reserve(sources);
  for (int i = 0; i < sources; ++i) {
    RequestRow row{
        .minute = kDay * 1440 + i % 1440, .src = 0x10000000ULL + static_cast<std::uint64_t>(i) * 977, .packets = 1, .bytes_in = 60};
    row.first_ms = row.last_ms = static_cast<std::uint16_t>(i % 60'000);
    row.port = 53;
    row.service = static_cast<std::uint8_t>(Service::dns);
    row.ip_version = 4;
    rows.push_back(row);
  }
  at_.add_requests(kDay, rows, {"pot-1"}, 1);
  Lake lake = at_.lake();
  const auto done = take(detect_attacks(lake, take(attack_definition("amppot")), {.memory_bytes = 128 << 20}));
  EXPECT_EQ(done.attacks + done.carpets, 0U);
  EXPECT_EQ(done.most_held, 0U);
  EXPECT_EQ(done.rows_read, 0U) << "the engine sums them up; none is worth a look";
  EXPECT_THAT(at_.ask("SELECT sum(packets) FROM requests"), ElementsAre("1000000")) << "all are counted";
}

TEST(AttackJudgement, SurvivesItsTextAndOtherTextsAreNone) {
  const AttackJudgement judgement{"amppot with gap 900", "key=victim+port min=100", "0123456789abcdef", 7, kDay, kDay + 1};
  EXPECT_EQ(judgement_of(to_text(judgement)), judgement);
  const AttackJudgement all{"amppot", "", "", 0};
  EXPECT_EQ(judgement_of(to_text(all)), all);
  for (const std::string text : {"", "amppot", "a\tb\tc\t1\t2", "a\tb\tc\t1\t2\t3\t4", "a\tb\tc\tx\t2\t3", "\tb\tc\t1\t2\t3"})
    EXPECT_FALSE(judgement_of(text)) << text;
}

TEST_F(DetectAttacks, WhoJudgedByTheSameDefinitionMeanwhileWins) {
  log_.add({kMidnight, kVictim}, 100, 10);
  at_.add_piece(log_);
  const auto before = take(at_.lake().snapshot());
  at_.detect();
  // As one who read the lake before: he finds no file to replace, and the day is taken.
  const AttackJudgement judgement{"amppot", "other parameters", requests_of(before->version()).hash, 1};
  const Writer writer = take(at_.lake().begin_write());
  LakeFile file = at_.write_rows<AttackRow>(writer, Table::attacks, kDay, {AttackRow{}}, {"pot-1"});
  file.derived_from = to_text(judgement);
  Change change;
  change.added = {file};
  EXPECT_TRUE(fails_with(at_.lake().commit(writer, std::move(change)), "Conflict"));
}

TEST_F(DetectAttacks, WhatDoesNotFitTheMemoryOfTheSpoolComesBackByDay) {
  TempFolder folder;
  AttackSpool spool(folder / "spool");
  Attack attack;
  attack.sensors = {0};
  const std::size_t all = 2 * AttackSpool::kMostHeld + 10;
  for (std::size_t i = 0; i < all; ++i) {
    attack.id = i + 1;
    attack.first_ms = kMidnight + static_cast<std::int64_t>(all - i) + static_cast<std::int64_t>(i % 3) * 24 * kHourMs;
    take(spool.add(attack));
  }
  EXPECT_THAT(spool.days(), ElementsAre(kDay, kDay + 1, kDay + 2));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "spool")) << "the file has no name";
  std::size_t entries = 0;
  for (const std::int64_t day : spool.days()) {
    const auto of_day = take(spool.day(day));
    entries += of_day.size();
    EXPECT_TRUE(std::ranges::is_sorted(of_day, {}, &AttackSpool::Entry::first_ms));
    EXPECT_EQ(of_day.back().id % 3, static_cast<std::uint64_t>(day - kDay + 1) % 3);
  }
  EXPECT_EQ(entries, all);
}

}  // namespace
}  // namespace nightjar
