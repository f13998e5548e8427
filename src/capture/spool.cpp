#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <vector>

#include "capture/byte_source.hpp"
#include "capture/reader.hpp"

namespace nightjar {
namespace {

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

Result<void> spool_standard_input(const std::filesystem::path& path) {
  Result<std::unique_ptr<ByteSource>> source = open_file_source("-");
  if (!source) return source.error();
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return errno_error("cannot write " + path.string(), errno);
  Result<void> done = copy_all(**source, descriptor, path);
  // A file system that reports a full disk late reports it here.
  if (::close(descriptor) != 0 && done) done = errno_error("cannot write " + path.string(), errno);
  if (!done) ::unlink(path.c_str());
  return done;
}

}  // namespace nightjar
