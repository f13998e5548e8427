#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>

#include "capture/byte_source.hpp"

namespace nightjar {
namespace {

/// read(2) is the hot path on purpose: a mapped file costs a page fault every 4 KiB, counts as resident memory, and
/// kills the process with SIGBUS when somebody cuts the file meanwhile.
class FileSource : public ByteSource {
 public:
  FileSource(int descriptor, bool owned, std::uint64_t size) : descriptor_(descriptor), owned_(owned), size_(size) {}
  ~FileSource() override {
    if (owned_) ::close(descriptor_);
  }

  std::size_t read(std::uint8_t* to, std::size_t size) override {
    if (failure_ || size == 0) return 0;
    ssize_t got = ::read(descriptor_, to, size);
    while (got < 0 && errno == EINTR) got = ::read(descriptor_, to, size);
    if (got < 0) {
      failure_ = errno_error("reading failed at byte " + std::to_string(consumed()) + " of the file", errno).sentence;
      return 0;
    }
    consumed_.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
    return static_cast<std::size_t>(got);
  }

  const std::optional<std::string>& damage() const override { return none_; }
  const std::optional<std::string>& failure() const override { return failure_; }
  std::uint64_t consumed() const override { return consumed_.load(std::memory_order_relaxed); }
  std::uint64_t file_size() const override { return size_; }

 private:
  int descriptor_;
  bool owned_;
  std::uint64_t size_;
  std::atomic<std::uint64_t> consumed_ = 0;
  std::optional<std::string> failure_, none_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
  const bool standard_input = path == "-";
  const int descriptor = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno_error("cannot open " + path.string(), errno);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const int reason = errno;
    if (!standard_input) ::close(descriptor);
    return errno_error("cannot read " + capture_name(path), reason);
  }
  if (S_ISDIR(status.st_mode)) {
    if (!standard_input) ::close(descriptor);
    return Error{capture_name(path) + " is a folder, not a capture"};
  }
  const bool regular = S_ISREG(status.st_mode);
  if (regular) ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<ByteSource>(
      new FileSource(descriptor, !standard_input, regular && !standard_input ? static_cast<std::uint64_t>(status.st_size) : 0));
}

std::string capture_name(const std::filesystem::path& path) { return path == "-" ? "standard input" : path.string(); }

std::size_t read_fully(ByteSource& source, std::uint8_t* to, std::size_t size) {
  std::size_t got = 0;
  while (got < size) {
    const std::size_t more = source.read(to + got, size - got);
    if (more == 0) break;
    got += more;
  }
  return got;
}

}  // namespace nightjar
