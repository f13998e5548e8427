// Safety rule 15: a restart gives nobody a new budget.
#include <gtest/gtest.h>

#include <random>

#include "budget/sealed_state.hpp"
#include "reflector/ask.hpp"
#include "reflector/reply_budget.hpp"

namespace nightjar::reflector {
namespace {

using namespace test;

BudgetSettings small() {
  BudgetSettings settings;
  settings.hosts = settings.prefixes = 1'024;
  settings.sketch_cells = 1'024;
  return settings;
}

Silence ask_once(ReplyBudget& budget, std::string_view source, std::int64_t at) {
  const Silence silence = budget.request(address(source), 8, at);
  return silence == Silence::none ? budget.spend(440) : silence;
}

/// A budget of another run, whose monotonic clock began elsewhere.
constexpr std::int64_t kOtherBoot = 5 * kSecond;

TEST(ReplyBudgetState, KeepsEveryLevelOverARestart) {
  ReplyBudget before(small(), kNow);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask_once(before, "104.16.1.1", kNow), Silence::none);
  for (int i = 0; i < 20; ++i) ask_once(before, "104.17.1.1", kNow);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask_once(before, "104.18.1." + std::to_string(i), kNow + (i + 1) * kSecond), Silence::none);

  ReplyBudget after(small(), kOtherBoot);
  ASSERT_TRUE(after.restore(before.save(true)));
  EXPECT_EQ(ask_once(after, "104.16.1.1", kOtherBoot), Silence::host_budget);
  EXPECT_EQ(ask_once(after, "104.17.1.1", kOtherBoot), Silence::attack);
  EXPECT_EQ(ask_once(after, "104.18.1.99", kOtherBoot), Silence::prefix_budget);
  EXPECT_EQ(ask_once(after, "104.19.1.1", kOtherBoot), Silence::none);
}

TEST(ReplyBudgetState, BelievesThatNoTimePassedWhileItWasOff) {
  ReplyBudget before(small(), kNow);
  for (int i = 0; i < 3; ++i) ask_once(before, "104.16.1.1", kNow);
  ReplyBudget after(small(), kNow + 1'000 * kHour);
  ASSERT_TRUE(after.restore(before.save(true)));
  EXPECT_EQ(ask_once(after, "104.16.1.1", kNow + 1'000 * kHour), Silence::host_budget);
  EXPECT_EQ(ask_once(after, "104.16.1.1", kNow + 1'000 * kHour + 72 * kMinute), Silence::none) << "the hour begins with the restart";
}

TEST(ReplyBudgetState, IsNotRefilledByAHundredRestarts) {
  std::vector<std::uint8_t> file = ReplyBudget(small(), kNow).save(true);
  unsigned sent = 0;
  for (int i = 0; i < 100; ++i) {
    ReplyBudget budget(small(), kNow);
    ASSERT_TRUE(budget.restore(file));
    for (int request = 0; request < 2; ++request) sent += ask_once(budget, "104.16.1.1", kNow + kSecond) == Silence::none ? 1 : 0;
    file = budget.save(true);
  }
  EXPECT_EQ(sent, 3u);
}

TEST(ReplyBudgetState, OfARunThatDidNotEndCleanlyMeansSilenceForAGap) {
  ReplyBudget before(small(), kNow);
  for (int i = 0; i < 3; ++i) ask_once(before, "104.16.1.1", kNow);
  const std::uint64_t streak = before.streak();
  ReplyBudget after(small(), kOtherBoot);
  const auto done = after.restore(before.save(false));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().sentence, "the last run did not end cleanly, so what it sent at its end is not known; nothing is sent for 3600 s");
  EXPECT_EQ(ask_once(after, "104.20.1.1", kOtherBoot + 3'599 * kSecond), Silence::listen_only);
  EXPECT_EQ(ask_once(after, "104.21.1.1", kOtherBoot + 3'601 * kSecond), Silence::none);
  EXPECT_GT(after.streak(), streak + 1'000'000) << "numbers of streams that the file does not know are not given again";
}

TEST(ReplyBudgetState, KeepsTheSilenceThatWasLeft) {
  ReplyBudget before(small(), kNow);
  before.listen_only(1'000);
  before.request(address("104.16.1.1"), 8, kNow + 400 * kSecond);
  ReplyBudget after(small(), kOtherBoot);
  ASSERT_TRUE(after.restore(before.save(true)));
  EXPECT_EQ(ask_once(after, "104.16.1.1", kOtherBoot + 599 * kSecond), Silence::listen_only);
  EXPECT_EQ(ask_once(after, "104.16.2.1", kOtherBoot + 601 * kSecond), Silence::none);
}

void expect_silence(std::span<const std::uint8_t> file, std::string_view why) {
  SCOPED_TRACE(why);
  ReplyBudget budget(small(), kNow);
  const auto done = budget.restore(file);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().sentence.find(why), std::string::npos) << done.error().sentence;
  EXPECT_NE(done.error().sentence.find("nothing is sent for 3600 s"), std::string::npos);
  EXPECT_EQ(ask_once(budget, "104.16.1.1", kNow), Silence::listen_only);
  EXPECT_EQ(ask_once(budget, "104.16.1.1", kNow + 3'599 * kSecond), Silence::listen_only);
}

TEST(ReplyBudgetState, ThatIsDamagedOrOfAnotherVersionMeansSilenceForAGap) {
  ReplyBudget before(small(), kNow);
  ask_once(before, "104.16.1.1", kNow);
  const std::vector<std::uint8_t> file = before.save(true);
  expect_silence({}, "it is empty");
  expect_silence(std::vector<std::uint8_t>(10'000, 0), "it does not begin with NJBUDGET");
  expect_silence(std::span(file).first(file.size() / 2), "it is cut short");
  std::vector<std::uint8_t> changed = file;
  changed[30] ^= 1;
  expect_silence(changed, "its checksum is wrong");
  expect_silence(budget::seal("NJBUDGET", 2, {}), "its version is 2, this program reads version 1");
}

TEST(ReplyBudgetState, ThatSomebodyForgedMeansSilenceForAGap) {
  const auto sealed = [](std::uint32_t hosts, std::uint8_t marks, std::uint64_t key, bool more = false) {
    budget::StateWriter content;
    content.u8(1);
    content.u32(0);
    content.u32(0);
    content.u64(10);
    content.u32(hosts);
    content.u64(key);
    content.u64(3);
    content.u32(1);
    content.u32(1);
    content.u8(1);
    content.u8(marks);
    content.u32(0);
    if (more) content.u8(0);
    return budget::seal("NJBUDGET", 1, content.bytes());
  };
  ReplyBudget fine(small(), kNow);
  EXPECT_TRUE(fine.restore(sealed(1, 0, 0xff00000068100101)));
  EXPECT_EQ(ask_once(fine, "104.16.1.1", kNow), Silence::none) << "two replies are left";
  expect_silence(sealed(0xffffffff, 0, 1), "it names more sources than it holds");
  expect_silence(sealed(2, 0, 1), "it names more sources than it holds");
  expect_silence(sealed(1, 0, 1, true), "more follows than it says");
  expect_silence(sealed(1, 0x80, 1), "it holds what no run writes");
  expect_silence(sealed(1, 0, 0), "it holds what no run writes");
  expect_silence(budget::seal("NJBUDGET", 1, {}), "its content is cut short");
}

TEST(ReplyBudgetState, OfALargerTableMeansSilenceTowardsStrangers) {
  BudgetSettings large = small();
  large.hosts = large.prefixes = 65'536;
  ReplyBudget before(large, kNow);
  for (std::uint64_t i = 0; i < 30'000; ++i) {
    if (before.request({4, 0x10000000 + (i << 8), 0}, 8, kNow + static_cast<std::int64_t>(i) * kSecond / 50) == Silence::none)
      before.spend(20);
  }
  ReplyBudget after(small(), kNow);
  ASSERT_TRUE(after.restore(before.save(true)));
  EXPECT_EQ(ask_once(after, "104.16.1.1", kNow), Silence::table_full);
}

}  // namespace
}  // namespace nightjar::reflector
