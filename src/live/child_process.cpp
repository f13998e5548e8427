#include "live/child_process.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

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
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const pid_t parent = getpid(), pid = fork();
  if (pid < 0) return errno_error("cannot start " + arguments.front(), errno);
  if (pid == 0) {
    settle_child(parent);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    if (nice_by != 0 && nice(nice_by) == -1 && errno == EPERM) _exit(126);
    execv(words.front(), words.data());
    _exit(127);
  }
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

void ChildProcess::signal(int number) const { kill(pid_, number); }

}  // namespace nightjar
