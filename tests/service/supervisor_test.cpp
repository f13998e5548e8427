// Real processes: a shell in the place of the program.
#include "service/supervisor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "service/steady_clock.hpp"
#include "support/program.hpp"
#include "support/temp_folder.hpp"

namespace nightjar {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

ChildPlan shell(const std::string& name, const std::string& script, ChildPlan::Stage stage = ChildPlan::Stage::door) {
  ChildPlan plan;
  plan.name = name;
  plan.words = {"/bin/sh", "-c", script};
  plan.stage = stage;
  return plan;
}

class SupervisorTest : public ::testing::Test {
 protected:
  /// Looks after the children until something is so, twenty seconds at most.
  template <class Truth>
  static bool until(Supervisor& supervisor, const Truth& truth) {
    const std::int64_t end = steady_ns() + 20 * kNanosPerSecond;
    while (!truth() && steady_ns() < end) {
      supervisor.look_after();
      usleep(5'000);
    }
    return truth();
  }
  Supervisor::Say say() {
    return [this](const std::string& sentence) { said_ += sentence + "\n"; };
  }
  std::size_t times(const std::string& text) const {
    std::size_t count = 0;
    for (std::size_t at = said_.find(text); at != std::string::npos; at = said_.find(text, at + 1)) ++count;
    return count;
  }
  std::string content(const std::string& name) const { return test::content_of((folder_ / name).string()); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  TempFolder folder_;
  std::string said_;
};

TEST_F(SupervisorTest, StartsAgainWhatEndsAndSaysTheReasonOnce) {
  Supervisor supervisor({shell("pot", "echo x >> " + path("starts") + "; echo nightjar: no such port >&2; exit 7")}, say());
  const std::int64_t begun = steady_ns();
  ASSERT_TRUE(until(supervisor, [&] { return content("starts") == "x\nx\nx\n"; }));
  EXPECT_GE(steady_ns() - begun, 2'900'000'000) << "1 s and 2 s between";
  ASSERT_TRUE(until(supervisor, [&] { return !supervisor.states().front().up; }));
  EXPECT_EQ(times("pot: no such port\n"), 1U) << said_;
  EXPECT_EQ(times("pot: ended (exit status 7)"), 1U) << said_;
  EXPECT_EQ(supervisor.states().front().starts, 3U);
  EXPECT_GT(supervisor.states().front().down_since_ns, 0);
  supervisor.stop(5);
}

TEST_F(SupervisorTest, AsksDoorsFirstAndCapturesAfterThem) {
  const auto child = [&](const std::string& name) {
    return "trap 'echo " + name + " >> " + path("order") + "; exit 0' TERM; touch " + path(name) + "; while :; do sleep 0.05; done";
  };
  Supervisor supervisor({shell("capture", child("capture"), ChildPlan::Stage::capture), shell("pot", child("pot"))}, say());
  ASSERT_TRUE(until(supervisor, [&] { return exists(folder_ / "capture") && exists(folder_ / "pot"); }));
  supervisor.stop(20);
  EXPECT_EQ(content("order"), "pot\ncapture\n");
  EXPECT_THAT(said_, Not(HasSubstr("killed")));
}

TEST_F(SupervisorTest, KillsWhatDoesNotEndWithAllItStartedAndSaysSo) {
  Supervisor supervisor({shell("deaf", "trap '' TERM; sleep 1000 & echo $! > " + path("pid") + "; wait; sleep 1000")}, say());
  ASSERT_TRUE(until(supervisor, [&] { return content("pid").ends_with("\n"); }));
  const pid_t grandchild = std::stoi(content("pid"));
  supervisor.stop(1);
  EXPECT_THAT(said_, HasSubstr("deaf: did not end within 1.0 s and was killed"));
  // Whoever inherits it may not have waited for it yet: a dead one has no command line.
  const std::int64_t end = steady_ns() + 10 * kNanosPerSecond;
  const auto alive = [&] { return !test::content_of("/proc/" + std::to_string(grandchild) + "/cmdline").empty(); };
  while (alive() && steady_ns() < end) usleep(10'000);
  EXPECT_FALSE(alive());
}

TEST_F(SupervisorTest, RestartsOnlyWhatChanged) {
  const std::string stays = "echo x >> " + path("stays") + "; exec sleep 1000";
  const auto changes = [&](const std::string& what) { return "echo " + what + " >> " + path("changes") + "; exec sleep 1000"; };
  Supervisor supervisor({shell("a", stays), shell("b", changes("old")), shell("c", "exec sleep 1000")}, say());
  ASSERT_TRUE(until(supervisor, [&] { return content("stays") == "x\n" && content("changes") == "old\n"; }));
  supervisor.change_to({shell("a", stays), shell("b", changes("new")), shell("d", "touch " + path("d") + "; exec sleep 1000")});
  ASSERT_TRUE(until(supervisor, [&] { return content("changes") == "old\nnew\n" && exists(folder_ / "d"); }));
  EXPECT_EQ(content("stays"), "x\n");
  EXPECT_THAT(said_, HasSubstr("c: ended, as the settings want"));
  EXPECT_THAT(supervisor.states(), SizeIs(3));
  supervisor.stop(5);
}

TEST_F(SupervisorTest, AChoreIsDoneAgainAfterItsTime) {
  ChildPlan chore = shell("detect", "echo x >> " + path("times"));
  chore.every_seconds = 1;
  Supervisor supervisor({chore}, say());
  ASSERT_TRUE(until(supervisor, [&] { return content("times") == "x\nx\n" && !supervisor.states().front().up; }));
  EXPECT_GT(supervisor.states().front().last_success_ns, 0);
  EXPECT_EQ(said_, "");
  supervisor.stop(5);
}

TEST_F(SupervisorTest, AFloodOfLinesAndALineWithoutEndAreCut) {
  Supervisor supervisor({shell("loud",
                               "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done; head -c 100000 /dev/zero | tr '\\0' y; "
                               "echo; touch " +
                                   path("done") + "; exec sleep 1000")},
                        say());
  ASSERT_TRUE(until(supervisor, [&] { return exists(folder_ / "done"); }));
  supervisor.stop(5);
  EXPECT_LT(said_.size(), 200'000U);
  EXPECT_THAT(said_, HasSubstr("loud: line 0\n"));
  EXPECT_THAT(said_, Not(HasSubstr(std::string(1'001, 'y'))));
}

TEST_F(SupervisorTest, AProgramThatIsNotThereIsASentence) {
  ChildPlan plan;
  plan.name = "pot";
  plan.words = {"/nowhere/nightjar"};
  Supervisor supervisor({plan}, say());
  ASSERT_TRUE(until(supervisor, [&] { return said_.find("ended") != std::string::npos; }));
  EXPECT_THAT(said_, HasSubstr("pot: cannot start /nowhere/nightjar: No such file or directory"));
  supervisor.stop(5);
}

}  // namespace
}  // namespace nightjar
