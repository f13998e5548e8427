#include "base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

namespace nightjar {
namespace {

/// Closes a descriptor when the scope ends.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

/// Opens `aside` empty and locked. The name is always the same, so that what a crash leaves is overwritten by the next; who
/// writes it at the same time waits, and then finds that the file it opened has another name by now.
Result<int> open_aside(const std::filesystem::path& aside) {
  for (;;) {
    const int number = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (number < 0) return errno_error("cannot write " + aside.string(), errno);
    // A file system without locks has one writer at a time, or the last one wins.
    while (::flock(number, LOCK_EX) != 0 && errno == EINTR) continue;
    struct stat opened {};
    struct stat named {};
    const bool same = ::fstat(number, &opened) == 0 && ::stat(aside.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
                      opened.st_ino == named.st_ino;
    if (same && (opened.st_size == 0 || ::ftruncate(number, 0) == 0)) return number;
    const int reason = errno;
    ::close(number);
    if (same) return errno_error("cannot write " + aside.string(), reason);
  }
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t limit) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) return errno_error("cannot open " + path.string(), errno);
  std::string content;
  char buffer[65536];
  for (;;) {
    const ssize_t size = ::read(file.number, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno_error("cannot read " + path.string(), errno);
    if (size == 0) return content;
    content.append(buffer, static_cast<std::size_t>(size));
    if (content.size() > limit) return Error{path.string() + " is larger than the " + std::to_string(limit) + " bytes expected of it"};
  }
}

Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::path aside = path;
  aside += ".tmp";
  {
    auto opened = open_aside(aside);
    if (!opened) return opened.error();
    const Descriptor file{*opened};
    while (!content.empty()) {
      const ssize_t size = ::write(file.number, content.data(), content.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) {
        const int reason = errno;
        ::unlink(aside.c_str());
        return errno_error("cannot write " + aside.string(), reason);
      }
      content.remove_prefix(static_cast<std::size_t>(size));
    }
    if (::fsync(file.number) != 0) return errno_error("cannot flush " + aside.string(), errno);
    // Still locked: nobody else writes under this name before it is free again.
    if (::rename(aside.c_str(), path.c_str()) != 0) return errno_error("cannot rename " + aside.string() + " to " + path.string(), errno);
  }
  return sync_path(path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path());
}

Result<void> sync_path(const std::filesystem::path& path) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) return errno_error("cannot open " + path.string(), errno);
  if (::fsync(file.number) != 0) return errno_error("cannot flush " + path.string(), errno);
  return {};
}

Result<void> make_folders(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  if (path.has_parent_path() && path.parent_path() != path) {
    if (auto parent = make_folders(path.parent_path()); !parent) return parent;
  }
  if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return errno_error("cannot make the folder " + path.string(), errno);
  if (!std::filesystem::is_directory(path, error)) return Error{path.string() + " is there, but is not a folder"};
  return sync_path(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

Result<FileLock> FileLock::take(const std::filesystem::path& path, Kind kind, bool wait, Missing missing) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | (missing == Missing::create ? O_CREAT : 0), 0644);
  if (descriptor < 0) return errno_error("cannot open the lock " + path.string(), errno);
  const int how = (kind == Kind::shared ? LOCK_SH : LOCK_EX) | (wait ? 0 : LOCK_NB);
  int done = ::flock(descriptor, how);
  while (done != 0 && errno == EINTR) done = ::flock(descriptor, how);
  if (done != 0) {
    const int reason = errno;
    ::close(descriptor);
    if (reason == EWOULDBLOCK) return Error{path.string() + " is locked by another process"};
    return errno_error("cannot lock " + path.string(), reason);
  }
  return FileLock(descriptor);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}
FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace nightjar
