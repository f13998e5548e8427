#pragma once
#include <fcntl.h>
#include <unistd.h>
#include <thread>

#include "capture_bytes.hpp"

namespace nightjar::test {

/// While it lives, standard input is a pipe into which a thread writes these bytes in pieces of 1,000.
class StandardInput {
 public:
  explicit StandardInput(Bytes bytes) : saved_(::dup(STDIN_FILENO)) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    writer_ = std::thread([content = std::move(bytes), end = ends[1]] {
      for (std::size_t at = 0; at < content.size();) {
        const ssize_t written = ::write(end, content.data() + at, std::min<std::size_t>(1000, content.size() - at));
        if (written <= 0) break;
        at += static_cast<std::size_t>(written);
      }
      ::close(end);
    });
  }
  ~StandardInput() {
    writer_.join();
    if (saved_ >= 0) {
      ::dup2(saved_, STDIN_FILENO);
      ::close(saved_);
    } else {
      ::close(STDIN_FILENO);
    }
  }

 private:
  int saved_;
  std::thread writer_;
};

}  // namespace nightjar::test
