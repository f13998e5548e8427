#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "capture/reader.hpp"
#include "capture/stream_reader.hpp"

namespace nightjar {
namespace {

/// Some stretches of a file, one behind the other.
class PartsSource : public ByteSource {
 public:
  PartsSource(int descriptor, std::vector<CaptureReader::Part> parts) : descriptor_(descriptor), parts_(std::move(parts)) {
    for (const CaptureReader::Part& part : parts_) size_ += part.to - part.from;
  }
  PartsSource(const PartsSource&) = delete;
  PartsSource& operator=(const PartsSource&) = delete;
  ~PartsSource() override { ::close(descriptor_); }

  std::size_t read(std::uint8_t* to, std::size_t size) override {
    while (at_ < parts_.size() && parts_[at_].from >= parts_[at_].to) ++at_;
    if (failure_ || size == 0 || at_ == parts_.size()) return 0;
    CaptureReader::Part& part = parts_[at_];
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, part.to - part.from));
    ssize_t got = ::pread(descriptor_, to, wanted, static_cast<off_t>(part.from));
    while (got < 0 && errno == EINTR) got = ::pread(descriptor_, to, wanted, static_cast<off_t>(part.from));
    if (got < 0) {
      failure_ = errno_error("reading failed at byte " + std::to_string(part.from) + " of the file", errno).sentence;
      return 0;
    }
    if (got == 0) {
      failure_ = "the file ends at byte " + std::to_string(part.from) + ", before what was to be read of it";
      return 0;
    }
    part.from += static_cast<std::uint64_t>(got);
    consumed_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }

  const std::optional<std::string>& damage() const override { return none_; }
  const std::optional<std::string>& failure() const override { return failure_; }
  std::uint64_t consumed() const override { return consumed_; }
  std::uint64_t file_size() const override { return size_; }

 private:
  int descriptor_;
  std::vector<CaptureReader::Part> parts_;  ///< what is left of them
  std::size_t at_ = 0;
  std::uint64_t consumed_ = 0, size_ = 0;
  std::optional<std::string> failure_, none_;
};

}  // namespace

Result<std::unique_ptr<CaptureReader>> CaptureReader::open_parts(const std::filesystem::path& path, std::vector<Part> parts,
                                                                 Options options) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno_error("cannot open " + path.string(), errno);
  return StreamReader::open(std::make_unique<PartsSource>(descriptor, std::move(parts)), path.string(), options);
}

}  // namespace nightjar
