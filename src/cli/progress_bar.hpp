#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace nightjar::cli {

/// Shows on standard error how far a long command is, from a thread of its own: a bar that is drawn anew on a terminal, a plain line
/// every ten seconds elsewhere, nothing with `quiet`. Gone from the screen when destroyed.
class ProgressBar {
 public:
  struct State {
    double share = -1;  ///< done, 0 to 1; below 0: unknown
    std::string text;   ///< "8,600,000 packets, 5.9 M/s"
  };
  ProgressBar(bool quiet, std::function<State()> state);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

 private:
  void show(double elapsed_seconds);

  std::function<State()> state_;
  bool terminal_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace nightjar::cli
