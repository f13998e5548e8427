#pragma once
#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace nightjar {

/// How a child ended.
struct ChildEnd {
  bool by_signal = false;
  int code = 0;  ///< exit status, or number of the signal
  bool ok() const { return !by_signal && code == 0; }
};
/// "exit status 1", "signal 9".
std::string format(const ChildEnd& end);

/// How a program is started.
struct ChildStart {
  int nice = 0;            ///< added to its niceness
  int output = -1;         ///< descriptor that its standard output and error go to, while its input is empty; -1: both to standard error
  bool own_group = false;  ///< its process group is its own: Ctrl-C does not reach it, and `signal_group` reaches all it started
  /// Done in the child just before the program: a failure is written to its standard error, and ends it with 126.
  std::function<Result<void>()> first;
};

/// A child of this process. Not killed by the destructor: whoever owns it waits for it. A child is asked to stop (SIGTERM) by the kernel
/// when this process dies.
class ChildProcess {
 public:
  /// Forks and runs `work` in the child, which ends with what it returns. The parent must have no other thread.
  static Result<ChildProcess> fork_to(const std::function<int()>& work);
  /// Starts a program with these arguments; standard output goes to standard error. `nice`: added to its niceness. It inherits no other
  /// descriptor.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, int nice);
  /// The same in more ways. The parent must have no other thread if there is something to do `first`.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, const ChildStart& how);

  pid_t pid() const { return pid_; }
  /// How it ended, if it has; asked again afterwards it answers the same.
  std::optional<ChildEnd> ended();
  ChildEnd wait();
  void signal(int number) const;
  /// To the child's group, which must be its own (ChildStart::own_group): also to what it has left behind.
  void signal_group(int number) const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
  std::optional<ChildEnd> end_;
};

}  // namespace nightjar
