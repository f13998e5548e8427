#include "capture/peeked_input.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "capture/compression.hpp"
#include "capture/stream_reader.hpp"

namespace nightjar {
namespace {

/// A head that lies behind so much is not waited for: a stream may consist of compressed nothing.
constexpr std::size_t kMostKept = 16 << 20;

Result<void> write_fully(int descriptor, const std::uint8_t* bytes, std::size_t size, const std::filesystem::path& path) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_error("cannot write " + path.string(), errno);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return {};
}

Result<void> copy_all(ByteSource& source, int descriptor, const std::filesystem::path& path) {
  std::vector<std::uint8_t> buffer(256 << 10);
  while (const std::size_t got = source.read(buffer.data(), buffer.size())) {
    if (Result<void> written = write_fully(descriptor, buffer.data(), got, path); !written) return written;
  }
  if (source.failure()) return Error{"cannot read standard input: " + *source.failure()};
  return {};
}

}  // namespace

/// The pipe, and what was taken from it so far.
struct PeekedInput::Kept {
  std::unique_ptr<ByteSource> pipe;
  std::vector<std::uint8_t> bytes;
};

/// Takes from the pipe and keeps it.
class PeekedInput::Keeping : public ByteSource {
 public:
  explicit Keeping(std::shared_ptr<Kept> kept) : kept_(std::move(kept)) {}
  std::size_t read(std::uint8_t* to, std::size_t size) override {
    if (kept_->bytes.size() >= kMostKept) return 0;
    const std::size_t got = kept_->pipe->read(to, size);
    kept_->bytes.insert(kept_->bytes.end(), to, to + got);
    return got;
  }
  const std::optional<std::string>& damage() const override { return kept_->pipe->damage(); }
  const std::optional<std::string>& failure() const override { return kept_->pipe->failure(); }
  std::uint64_t consumed() const override { return kept_->pipe->consumed(); }
  std::uint64_t file_size() const override { return kept_->pipe->file_size(); }

 private:
  std::shared_ptr<Kept> kept_;
};

/// What was kept, then the rest of the pipe.
class PeekedInput::Replayed : public ByteSource {
 public:
  explicit Replayed(std::shared_ptr<Kept> kept) : kept_(std::move(kept)) {}
  std::size_t read(std::uint8_t* to, std::size_t size) override {
    if (at_ == kept_->bytes.size()) return kept_->pipe->read(to, size);
    const std::size_t count = std::min(size, kept_->bytes.size() - at_);
    std::memcpy(to, kept_->bytes.data() + at_, count);
    at_ += count;
    if (at_ == kept_->bytes.size()) {
      kept_->bytes = {};
      at_ = 0;
    }
    return count;
  }
  const std::optional<std::string>& damage() const override { return kept_->pipe->damage(); }
  const std::optional<std::string>& failure() const override { return kept_->pipe->failure(); }
  std::uint64_t consumed() const override { return kept_->pipe->consumed(); }
  std::uint64_t file_size() const override { return kept_->pipe->file_size(); }

 private:
  std::shared_ptr<Kept> kept_;
  std::size_t at_ = 0;
};

PeekedInput::PeekedInput() = default;
PeekedInput::~PeekedInput() = default;

Result<void> PeekedInput::begin() {
  if (kept_) return {};
  auto pipe = open_file_source("-");
  if (!pipe) return pipe.error();
  kept_ = std::make_shared<Kept>();
  kept_->pipe = std::move(*pipe);
  return {};
}

std::span<const std::uint8_t> PeekedInput::head() {
  // What is wrong with it is said when it is read.
  if (kept_ || !begin()) return head_;
  auto source = decompressed(std::make_unique<Keeping>(kept_), capture_name("-"));
  if (!source) return head_;
  head_.resize(kHeadBytes);
  head_.resize(read_fully(*source->source, head_.data(), head_.size()));
  return head_;
}

Result<std::unique_ptr<CaptureReader>> PeekedInput::open(const CaptureReader::Options& options) {
  if (auto begun = begin(); !begun) return begun.error();
  return StreamReader::open(std::make_unique<Replayed>(kept_), capture_name("-"), options);
}

Result<void> PeekedInput::put_aside(const std::filesystem::path& path) {
  if (auto begun = begin(); !begun) return begun;
  Replayed source(kept_);
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return errno_error("cannot write " + path.string(), errno);
  Result<void> done = copy_all(source, descriptor, path);
  // A file system that reports a full disk late reports it here.
  if (::close(descriptor) != 0 && done) done = errno_error("cannot write " + path.string(), errno);
  if (!done) ::unlink(path.c_str());
  return done;
}

}  // namespace nightjar
