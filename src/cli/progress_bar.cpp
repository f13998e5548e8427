#include "cli/progress_bar.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "base/text.hpp"

namespace nightjar::cli {
namespace {

constexpr auto kTerminalStep = std::chrono::milliseconds(200);
constexpr auto kLineStep = std::chrono::seconds(10);

std::size_t terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

ProgressBar::ProgressBar(bool quiet, std::function<State()> state) : state_(std::move(state)), terminal_(::isatty(STDERR_FILENO) == 1) {
  if (quiet) return;
  thread_ = std::thread([this] {
    const auto begin = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    const auto step = terminal_ ? std::chrono::milliseconds(kTerminalStep) : std::chrono::milliseconds(kLineStep);
    while (!wake_.wait_for(lock, step, [this] { return ended_; })) {
      show(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    if (terminal_) std::fputs("\r\x1b[K", stderr);
  });
}

ProgressBar::~ProgressBar() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ProgressBar::show(double elapsed_seconds) {
  const State state = state_();
  std::string text = state.text;
  if (state.share > 0.01 && state.share < 1) text += ", " + human_duration(elapsed_seconds * (1 - state.share) / state.share) + " left";
  if (!terminal_) {
    std::fprintf(stderr, "%s\n", text.c_str());
    return;
  }
  std::string line;
  if (state.share >= 0) {
    constexpr std::size_t cells = 20;
    const auto full = static_cast<std::size_t>(std::min(state.share, 1.0) * cells);
    char percent[8];
    std::snprintf(percent, sizeof percent, "%3.0f%%", std::min(state.share, 1.0) * 100);
    line = "[" + std::string(full, '=') + std::string(cells - full, ' ') + "] " + percent + "  ";
  }
  line += text;
  line.resize(std::min(line.size(), terminal_width() - 1));
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
}

}  // namespace nightjar::cli
