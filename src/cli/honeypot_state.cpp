#include "cli/honeypot_state.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/file.hpp"
#include "base/time.hpp"

namespace nightjar::cli {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::size_t kSeedDigits = 32;
constexpr std::uint64_t kMostBytes = 4096;

Result<void> write_new(const std::filesystem::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno_error("cannot write " + path.string(), errno);
  const ssize_t wrote = ::write(file, text.data(), text.size());
  const int error = wrote < 0 ? errno : ENOSPC;
  close(file);
  if (wrote == static_cast<ssize_t>(text.size())) return {};
  return errno_error("cannot write " + path.string(), error);
}

}  // namespace

std::chrono::seconds HoneypotState::wait_before_answers() const {
  std::error_code error;
  const std::filesystem::path file = folder_ / "last-run";
  if (!std::filesystem::exists(file, error)) return std::chrono::seconds(0);
  const auto text = read_file(file, kMostBytes);
  if (!text || !text->starts_with("ended ")) return std::chrono::seconds(kMinute);
  std::int64_t ended = 0;
  std::from_chars(text->data() + 6, text->data() + text->size(), ended);
  // A clock that was set back is no reason to wait for hours, nor one to answer at once.
  return std::chrono::seconds(std::clamp<std::int64_t>(ended + kMinute - second_of(now_ns()), 0, kMinute));
}

Result<void> HoneypotState::begin() const { return write_file_atomically(folder_ / "last-run", "runs\n"); }

void HoneypotState::end() const {
  // Where it cannot be written the next run waits the whole minute.
  if (!write_file_atomically(folder_ / "last-run", fmt::format("ended {}\n", second_of(now_ns())))) return;
}

Result<Persona> HoneypotState::persona() const {
  if (auto made = make_folders(folder_); !made) return made.error();
  const std::filesystem::path file = folder_ / "seed";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    const budget::Secret drawn = budget::draw_secret();
    if (auto written = write_new(file, fmt::format("{:016x}{:016x}\n", drawn.first, drawn.second)); !written) return written.error();
  }
  const auto text = read_file(file, kMostBytes);
  if (!text) return text.error();
  budget::Secret seed;
  const char* digits = text->data();
  const bool good = text->size() >= kSeedDigits && std::from_chars(digits, digits + 16, seed.first, 16).ptr == digits + 16 &&
                    std::from_chars(digits + 16, digits + 32, seed.second, 16).ptr == digits + 32;
  if (!good) return Error{file.string() + " is no seed (32 hexadecimal digits); delete it, and the honeypots become other devices"};
  return Persona(seed);
}

}  // namespace nightjar::cli
