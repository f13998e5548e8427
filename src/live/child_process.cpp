#include "live/child_process.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "base/text.hpp"

namespace nightjar {
namespace {

ChildEnd read_end(int status) {
  if (WIFSIGNALED(status)) return {true, WTERMSIG(status)};
  return {false, WEXITSTATUS(status)};
}

/// In the child: default signals, and an end when the parent is gone.
void settle_child(pid_t parent) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE}) std::signal(number, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(1);  // gone before it was said
}

/// In the child: where its output goes.
void redirect(int output) {
  if (output < 0) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
    return;
  }
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
}

}  // namespace

std::string format(const ChildEnd& end) { return (end.by_signal ? "signal " : "exit status ") + std::to_string(end.code); }

Result<ChildProcess> ChildProcess::fork_to(const std::function<int()>& work) {
  const pid_t parent = getpid(), pid = fork();
  if (pid < 0) return errno_error("cannot start a process", errno);
  if (pid == 0) {
    settle_child(parent);
    _exit(work());
  }
  return ChildProcess(pid);
}

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments, int nice_by) {
  ChildStart how;
  how.nice = nice_by;
  return start(arguments, how);
}

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& arguments, const ChildStart& how) {
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t parent = getpid(), pid = fork();
  if (pid < 0) return errno_error("cannot start " + arguments.front(), errno);
  if (pid == 0) {
    settle_child(parent);
    if (how.own_group) setpgid(0, 0);
    redirect(how.output);
    close_range(STDERR_FILENO + 1, ~0U, 0);
    if (how.nice != 0 && nice(how.nice) == -1 && errno == EPERM) _exit(126);
    if (how.first) {
      if (auto done = how.first(); !done) {
        dprintf(STDERR_FILENO, "nightjar: %s\n", escape_for_terminal(done.error().sentence).c_str());
        _exit(126);
      }
    }
    execv(words.front(), words.data());
    dprintf(STDERR_FILENO, "nightjar: cannot start %s: %s\n", words.front(), std::strerror(errno));
    _exit(127);
  }
  // In both, so that the group is there whoever comes first.
  if (how.own_group) setpgid(pid, pid);
  return ChildProcess(pid);
}

std::optional<ChildEnd> ChildProcess::ended() {
  if (end_) return end_;
  int status = 0;
  const pid_t got = waitpid(pid_, &status, WNOHANG);
  if (got == pid_) end_ = read_end(status);
  if (got < 0 && errno == ECHILD) end_ = ChildEnd{false, 1};
  return end_;
}

ChildEnd ChildProcess::wait() {
  while (!end_) {
    int status = 0;
    const pid_t got = waitpid(pid_, &status, 0);
    if (got == pid_) end_ = read_end(status);
    if (got < 0 && errno == ECHILD) end_ = ChildEnd{false, 1};
  }
  return *end_;
}

void ChildProcess::signal(int number) const {
  if (!end_) kill(pid_, number);
}
void ChildProcess::signal_group(int number) const { killpg(pid_, number); }

}  // namespace nightjar
