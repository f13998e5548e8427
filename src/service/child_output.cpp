#include "service/child_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/text.hpp"
#include "service/steady_clock.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kLongestLine = 1'000, kRemembered = 64;
constexpr std::uint64_t kLinesPerSecond = 50;
constexpr int kReadsAtATime = 16;

}  // namespace

ChildOutput::~ChildOutput() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<int> ChildOutput::open() {
  close();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("cannot make a pipe", errno);
  // Only this end: a child that waits for room in the pipe must not get EAGAIN instead.
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  descriptor_ = ends[0];
  return ends[1];
}

void ChildOutput::read() {
  std::array<char, 4096> bytes;
  for (int reads = 0; descriptor_ >= 0 && reads < kReadsAtATime; ++reads) {
    const ssize_t got = ::read(descriptor_, bytes.data(), bytes.size());
    if (got <= 0) return;
    take({bytes.data(), static_cast<std::size_t>(got)});
  }
}

void ChildOutput::close() {
  if (descriptor_ < 0) return;
  read();
  if (!line_.empty()) say_line();
  ::close(std::exchange(descriptor_, -1));
}

void ChildOutput::take(std::string_view bytes) {
  for (const char byte : bytes) {
    if (byte == '\n') {
      say_line();
    } else if (line_.size() < kLongestLine) {
      line_ += byte;
    } else {
      cut_ = true;
    }
  }
}

void ChildOutput::say_line() {
  std::string line = std::exchange(line_, {});
  if (std::exchange(cut_, false)) line += " ...";
  constexpr std::string_view kOwnName = "nightjar: ";
  if (line.starts_with(kOwnName)) line.erase(0, kOwnName.size());
  if (line.empty()) return;
  const std::int64_t second = steady_ns() / kNanosPerSecond;
  if (second != second_) {
    if (lines_ > kLinesPerSecond) say_(with_thousands(lines_ - kLinesPerSecond) + " more lines in a second were left out");
    second_ = second;
    lines_ = 0;
  }
  if (said_.size() < kRemembered ? !said_.insert(line).second : said_.contains(line)) return;
  if (++lines_ <= kLinesPerSecond) say_(line);
}

}  // namespace nightjar
