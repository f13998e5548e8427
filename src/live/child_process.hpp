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

/// A child of this process. Not killed by the destructor: whoever owns it waits for it. A child is asked to stop (SIGTERM) by the kernel
/// when this process dies.
class ChildProcess {
 public:
  /// Forks and runs `work` in the child, which ends with what it returns. The parent must have no other thread.
  static Result<ChildProcess> fork_to(const std::function<int()>& work);
  /// Starts a program with these arguments; standard output goes to standard error. `nice`: added to its niceness.
  static Result<ChildProcess> start(const std::vector<std::string>& arguments, int nice);

  pid_t pid() const { return pid_; }
  /// How it ended, if it has; asked again afterwards it answers the same.
  std::optional<ChildEnd> ended();
  ChildEnd wait();
  void signal(int number) const;

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}
  pid_t pid_;
  std::optional<ChildEnd> end_;
};

}  // namespace nightjar
