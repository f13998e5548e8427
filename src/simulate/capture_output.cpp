#include "simulate/capture_output.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <cassert>
#include <cerrno>
#include <utility>

namespace nightjar::simulate {
namespace {

constexpr int kLevel = 3;

}  // namespace

void CaptureOutput::FreeCompression::operator()(ZSTD_CCtx_s* context) const { ZSTD_freeCCtx(context); }

CaptureOutput::~CaptureOutput() {
  if (descriptor_ >= 0 && !part_.empty()) ::close(descriptor_);
}

Result<void> CaptureOutput::open_file(std::filesystem::path path) {
  assert(!is_open());
  path_ = std::move(path);
  part_ = path_;
  part_ += ".part";
  descriptor_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) return errno_error("cannot write " + part_.string(), errno);
  return begin_compression();
}

Result<void> CaptureOutput::open_standard_output() {
  assert(!is_open());
  descriptor_ = STDOUT_FILENO;
  return begin_compression();
}

Result<void> CaptureOutput::begin_compression() {
  if (!zstd_) return {};
  if (compression_ == nullptr) {
    compression_.reset(ZSTD_createCCtx());
    if (compression_ == nullptr) return Error{"there is not enough memory to compress a capture"};
    ZSTD_CCtx_setParameter(compression_.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(compression_.get(), ZSTD_c_checksumFlag, 1);
    compressed_.resize(ZSTD_CStreamOutSize());
  }
  return {};
}

Result<void> CaptureOutput::write(std::span<const std::uint8_t> bytes) { return zstd_ ? compress(bytes, false) : write_out(bytes); }

Result<void> CaptureOutput::compress(std::span<const std::uint8_t> bytes, bool end) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{compressed_.data(), compressed_.size(), 0};
    const std::size_t left = ZSTD_compressStream2(compression_.get(), &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left) != 0)
      return Error{"cannot compress " + (path_.empty() ? "the capture" : path_.string()) + ": " + ZSTD_getErrorName(left)};
    if (auto written = write_out({compressed_.data(), out.pos}); !written) return written;
    if (end ? left == 0 : in.pos == in.size) return {};
  }
}

Result<void> CaptureOutput::write_out(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EPIPE)
      return Error{"standard output was closed before the capture was whole: the program that read it has ended"};
    if (size < 0)
      return errno_error(part_.empty() ? "cannot write the capture to standard output" : "cannot write " + part_.string(), errno);
    bytes = bytes.subspan(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> CaptureOutput::complete() {
  assert(is_open());
  if (zstd_) {
    if (auto ended = compress({}, true); !ended) return ended;
  }
  const int descriptor = std::exchange(descriptor_, -1);
  if (part_.empty()) return {};
  // File systems of the network tell of a full disk only now.
  if (::close(descriptor) != 0) return errno_error("cannot write " + part_.string(), errno);
  if (::rename(part_.c_str(), path_.c_str()) != 0) return errno_error("cannot rename " + part_.string() + " to " + path_.string(), errno);
  return {};
}

}  // namespace nightjar::simulate
