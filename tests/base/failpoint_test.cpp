#include "base/failpoint.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

namespace nightjar {
namespace {

/// How a fresh process ends that passes `name` three times under NIGHTJAR_FAILPOINT=`setting`: 0 done, 1 an error was
/// returned, 128 + N killed by signal N. (A process reads the setting once, so each case needs its own.)
int three_passes(const char* setting, const char* name) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("NIGHTJAR_FAILPOINT", setting, 1);
    for (int pass = 1; pass <= 3; ++pass) {
      if (!failpoint(name)) _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(Failpoint, DoesNothingUnlessItIsNamed) {
  EXPECT_EQ(three_passes("store.sweep=kill", "compact.merged"), 0);
  EXPECT_EQ(three_passes("nonsense", "compact.merged"), 0);
}

TEST(Failpoint, KillsAtTheFirstPassOrAtTheOneThatIsAskedFor) {
  EXPECT_EQ(three_passes("store.sweep=kill", "store.sweep"), 128 + SIGKILL);
  EXPECT_EQ(three_passes("store.sweep=kill:3", "store.sweep"), 128 + SIGKILL);
  EXPECT_EQ(three_passes("store.sweep=kill:4", "store.sweep"), 0) << "is never passed a fourth time";
}

TEST(Failpoint, FailsAsAFullDiskWould) { EXPECT_EQ(three_passes("store.sweep=error", "store.sweep"), 1); }

TEST(Failpoint, HasAListOfDistinctNames) {
  const std::set<std::string_view> names(failpoints().begin(), failpoints().end());
  EXPECT_EQ(names.size(), failpoints().size());
  EXPECT_FALSE(names.empty());
}

}  // namespace
}  // namespace nightjar
