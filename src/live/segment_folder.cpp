#include "live/segment_folder.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "base/file.hpp"
#include "base/time.hpp"
#include "capture/reader.hpp"

namespace nightjar {
namespace {

constexpr std::size_t kStep = 1 << 20;
/// Level 3 packs a darknet's segment to a third or less at 200 MB/s: a rotation an hour must not take a core for long.
constexpr int kLevel = 3;
constexpr std::string_view kPartial = ".partial";

class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0640)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

Result<void> write_all(int file, const std::uint8_t* bytes, std::size_t size, const std::filesystem::path& path) {
  while (size > 0) {
    const ssize_t wrote = ::write(file, bytes, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return errno_error("cannot write " + path.string(), wrote < 0 ? errno : ENOSPC);
    bytes += wrote;
    size -= static_cast<std::size_t>(wrote);
  }
  return {};
}

Result<void> compress_into(const std::filesystem::path& from, const std::filesystem::path& to) {
  const OpenFile in(from, O_RDONLY), out(to, O_WRONLY | O_CREAT | O_TRUNC);
  if (in.get() < 0) return errno_error("cannot open " + from.string(), errno);
  if (out.get() < 0) return errno_error("cannot write " + to.string(), errno);
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) return Error{"no memory to compress " + from.string()};
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  std::vector<std::uint8_t> plain(kStep), packed(ZSTD_CStreamOutSize());
  while (true) {
    const ssize_t got = ::read(in.get(), plain.data(), plain.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("cannot read " + from.string(), errno);
    const ZSTD_EndDirective mode = got == 0 ? ZSTD_e_end : ZSTD_e_continue;
    ZSTD_inBuffer input{plain.data(), static_cast<std::size_t>(got), 0};
    std::size_t left = 1;
    while (got == 0 ? left != 0 : input.pos < input.size) {
      ZSTD_outBuffer output{packed.data(), packed.size(), 0};
      left = ZSTD_compressStream2(context.get(), &output, &input, mode);
      if (ZSTD_isError(left) != 0) return Error{"cannot compress " + from.string() + ": " + ZSTD_getErrorName(left)};
      if (auto wrote = write_all(out.get(), packed.data(), output.pos, to); !wrote) return wrote;
    }
    if (got == 0) break;
  }
  if (fsync(out.get()) != 0) return errno_error("cannot flush " + to.string(), errno);
  return {};
}

}  // namespace

Result<std::optional<std::int64_t>> SegmentFolder::recover() const {
  if (auto made = make_folders(folder_); !made) return made.error();
  auto segments = list_segments(folder_, sensor_);
  if (!segments) return segments.error();
  std::optional<std::int64_t> alive;
  for (const Segment& segment : *segments) {
    std::int64_t last_ns = segment.begun_ns;
    if (!segment.compressed) {
      CaptureReader::Options options;
      options.hash = false;
      auto reader = CaptureReader::open(segment.path, options);
      if (!reader) {
        // Not even the header is whole: nothing was kept in it.
        unlink(segment.path.c_str());
        continue;
      }
      PacketBlock block;
      while ((*reader)->next(block)) {
      }
      const CaptureFacts& facts = (*reader)->facts();
      if (facts.failure) return Error{*facts.failure};
      if (facts.packets == 0 && facts.kernel_drops == 0 && facts.gaps == 0) {
        unlink(segment.path.c_str());
        continue;
      }
      if (facts.last_ns) last_ns = std::max(last_ns, *facts.last_ns);
      if (facts.readable_bytes < segment.bytes && truncate(segment.path.c_str(), static_cast<off_t>(facts.readable_bytes)) != 0) {
        return errno_error("cannot cut the incomplete end off " + segment.path.string(), errno);
      }
    }
    std::error_code unknown;
    const auto modified = std::filesystem::last_write_time(segment.path, unknown);
    if (!unknown && !segment.compressed) {
      const auto written = std::chrono::file_clock::to_sys(modified).time_since_epoch();
      last_ns = std::max<std::int64_t>(last_ns, std::chrono::duration_cast<std::chrono::nanoseconds>(written).count());
    }
    alive = std::max(alive.value_or(last_ns), last_ns);
  }
  for (std::filesystem::directory_iterator at(folder_), end; at != end; ++at) {
    if (at->path().extension() == kPartial && at->path().filename().string().rfind(sensor_ + "-", 0) == 0) unlink(at->path().c_str());
  }
  return alive;
}

Result<std::vector<Segment>> SegmentFolder::plain() const {
  auto segments = list_segments(folder_, sensor_);
  if (!segments) return segments.error();
  std::erase_if(*segments, [](const Segment& segment) { return segment.compressed; });
  return segments;
}

Result<void> SegmentFolder::compress(const Segment& segment) {
  std::filesystem::path packed = segment.path, aside = segment.path;
  packed += ".zst";
  aside += std::string(".zst") + std::string(kPartial);
  if (auto done = compress_into(segment.path, aside); !done) {
    unlink(aside.c_str());
    return done;
  }
  if (rename(aside.c_str(), packed.c_str()) != 0) return errno_error("cannot rename " + aside.string(), errno);
  if (auto flushed = sync_path(segment.path.parent_path()); !flushed) return flushed;
  if (unlink(segment.path.c_str()) != 0) return errno_error("cannot delete " + segment.path.string(), errno);
  return {};
}

Result<std::vector<Segment>> SegmentFolder::forget_old(std::int64_t now_ns, std::int64_t days, std::uint64_t bytes) const {
  auto segments = list_segments(folder_, sensor_);
  if (!segments) return segments.error();
  std::erase_if(*segments, [](const Segment& segment) { return !segment.compressed; });
  std::uint64_t left = 0;
  for (const Segment& segment : *segments) left += segment.bytes;
  std::vector<Segment> gone;
  for (const Segment& segment : *segments) {
    const bool old = days > 0 && segment.begun_ns < now_ns - days * kSecondsPerDay * kNanosPerSecond;
    const bool much = bytes > 0 && left > bytes;
    if (!old && !much) break;
    if (unlink(segment.path.c_str()) != 0 && errno != ENOENT) return errno_error("cannot delete " + segment.path.string(), errno);
    left -= segment.bytes;
    gone.push_back(segment);
  }
  return gone;
}

}  // namespace nightjar
