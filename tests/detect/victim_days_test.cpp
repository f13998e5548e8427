// Attacks are judged day by day, and what was judged when makes no difference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "detect/backscatter_log.hpp"
#include "store/judged_victims.hpp"

namespace nightjar {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

DetectVictimsOptions days(std::optional<std::int64_t> from, std::optional<std::int64_t> to) {
  DetectVictimsOptions options;
  if (from) options.from_day = kDay + *from;
  if (to) options.to_day = kDay + *to;
  return options;
}

/// One attack each day at noon, and one from the evening of the first to the morning of the third.
BackscatterLog four_days() {
  BackscatterLog log;
  for (std::uint16_t day = 0; day < 4; ++day)
    log.add({.time_ms = kMidnightMs + day * kWholeDay + 12 * kHour, .victim = 0xC6336401ULL + day, .piece = day}, 70, kSecond);
  for (int i = 0; i < 1440 * 3; ++i) {
    const std::int64_t time = kMidnightMs + 20 * kHour + i * 30 * kSecond;
    log.add({.time_ms = time, .victim = 0xCB007101, .piece = static_cast<std::uint16_t>((time - kMidnightMs) / kWholeDay)});
  }
  log.add({.time_ms = kMidnightMs + kWholeDay + 5 * kHour, .victim = 0xCB007101, .piece = 1}, 60, 100);
  return log;
}

TEST(VictimDays, OnceJudgedNothingIsWrittenUntilMoreComes) {
  VictimLake at;
  EXPECT_TRUE(at.detect().no_backscatter);
  const BackscatterLog log = four_days();
  for (std::uint16_t day = 0; day < 3; ++day) at.add_piece(log, day);
  DetectedVictims done = at.detect();
  EXPECT_EQ(done.days, 3U);
  EXPECT_EQ(done.attacks, 4U);
  const auto before = take(at.lake().snapshot())->version().number;
  EXPECT_TRUE(at.detect().up_to_date);
  EXPECT_TRUE(at.detect("corsaro2", days(1, 2)).up_to_date);
  EXPECT_EQ(take(at.lake().snapshot())->version().number, before);

  at.add_piece(log, 3);
  done = at.detect();
  EXPECT_EQ(done.days, 2U) << "the new day, and the one before, whose attacks could have gone on";
  EXPECT_THAT(at.attacks(), SizeIs(5));
}

TEST(VictimDays, ALongAttackIsOneRowOfTheDayOnWhichItBeganAndGrows) {
  const BackscatterLog log = four_days();
  const std::string row = "SELECT epoch_ms(first) - " + std::to_string(kMidnightMs) + ", packets FROM attacks WHERE src = 3405803777";
  VictimLake at;
  at.add_piece(log, 0);
  at.add_piece(log, 1);
  at.detect();
  EXPECT_THAT(at.ask(row), ElementsAre("72000000 3420")) << "480 of the first day's four hours, 2880 of the second, and the 60";
  at.add_piece(log, 2);
  at.detect();
  EXPECT_THAT(at.ask(row), ElementsAre("72000000 4380")) << "960 of eight hours of the third";
  EXPECT_THAT(at.ask("SELECT id FROM attacks WHERE src = 3405803777"), SizeIs(1));
}

TEST(VictimDays, WhateverWasJudgedInWhichOrderTheAttacksAreTheSame) {
  const BackscatterLog log = four_days();
  VictimLake whole;
  for (std::uint16_t day = 0; day < 4; ++day) whole.add_piece(log, day);
  whole.detect();
  const auto expected = whole.everything();
  EXPECT_THAT(expected, SizeIs(5));

  VictimLake as_it_came;
  for (std::uint16_t day = 0; day < 4; ++day) {
    as_it_came.add_piece(log, day);
    as_it_came.detect();
  }
  EXPECT_EQ(as_it_came.everything(), expected);

  VictimLake backwards;
  for (std::uint16_t day = 4; day-- > 0;) {
    backwards.add_piece(log, day);
    backwards.detect();
  }
  EXPECT_EQ(backwards.everything(), expected);

  VictimLake by_spans;
  for (std::uint16_t day = 0; day < 4; ++day) by_spans.add_piece(log, day);
  by_spans.detect("corsaro2", days(2, 4));
  EXPECT_THAT(by_spans.everything(), SizeIs(2));
  by_spans.detect("corsaro2", days(std::nullopt, 1));
  by_spans.detect("corsaro2", days(1, 2));
  EXPECT_EQ(by_spans.everything(), expected);
}

TEST(VictimDays, AnAttackBelongsToTheDayOfItsBeginningAlone) {
  const BackscatterLog log = four_days();
  VictimLake at;
  for (std::uint16_t day = 0; day < 4; ++day) at.add_piece(log, day);
  at.detect("corsaro2", days(1, 3));
  EXPECT_THAT(at.ask("SELECT DISTINCT src FROM attacks ORDER BY src"), ElementsAre("3325256706", "3325256707"))
      << "what went on since the day before is not judged here";
}

TEST(VictimDays, DefinitionsStandBesideOneAnother) {
  VictimLake at;
  at.add_piece(four_days(), 0);
  at.detect();
  at.detect("corsaro3");
  at.detect("corsaro2 with min 1000");
  EXPECT_THAT(at.ask("SELECT definition, count(*) FROM attacks GROUP BY definition ORDER BY definition"),
              ElementsAre("corsaro2 1", "corsaro3 1"));
  EXPECT_TRUE(at.detect().up_to_date);
  EXPECT_TRUE(at.detect("corsaro2 with min 1000").up_to_date) << "nothing was found, and that is known";
}

TEST(VictimDays, ReadersLearnWhatIsNotJudgedAndWhatIsOld) {
  const BackscatterLog log = four_days();
  VictimLake at;
  const auto remarks = [&] {
    return take(judged_attacks(take(at.lake().snapshot())->version(), "corsaro2", kDay - 100, kDay + 100)).remarks;
  };
  for (std::uint16_t day = 0; day < 3; ++day) at.add_piece(log, day);
  EXPECT_TRUE(fails_with(judged_attacks(take(at.lake().snapshot())->version(), "corsaro2", kDay, kDay + 1), "nobody has looked"));
  at.detect("corsaro2", days(0, 2));
  EXPECT_THAT(remarks(),
              ElementsAre(HasSubstr("1 day with backscatter was not judged: run nightjar detect attacks --definition corsaro2")));
  at.detect();
  EXPECT_THAT(remarks(), IsEmpty());
  BackscatterLog late;
  late.add({.time_ms = kMidnightMs + kHour}, 70, kSecond);
  at.add_piece(late);
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("the attacks of 2 days were judged before more backscatter came")));
}

TEST(VictimDays, DaysWhoseBackscatterIsGoneHaveNoAttacks) {
  VictimLake at;
  const BackscatterLog log = four_days();
  for (std::uint16_t day = 0; day < 4; ++day) at.add_piece(log, day);
  at.detect();
  const Writer writer = take(at.lake().begin_write());
  std::vector<std::string> removed;
  const auto snapshot = take(at.lake().snapshot());
  for (const LakeFile& file : snapshot->version().files)
    if (file.table == Table::backscatter && file.day == kDay + 3) removed.push_back(file.path);
  at.commit(writer, {}, removed);
  at.detect();
  EXPECT_THAT(at.attacks(), SizeIs(4));
  EXPECT_TRUE(at.detect().up_to_date);
}

}  // namespace
}  // namespace nightjar
