#include "capture/block_pool.hpp"
#include "capture/byte_source.hpp"
#include "capture/compression.hpp"
#include "capture/stream_digest.hpp"

#include <algorithm>

namespace nightjar {

Result<std::vector<Digest>> digest_prefixes(const std::filesystem::path& path, const std::vector<std::uint64_t>& sizes) {
  Result<std::unique_ptr<ByteSource>> raw = open_file_source(path);
  if (!raw) return raw.error();
  Result<DecompressedSource> opened = decompressed(std::move(raw).value(), capture_name(path));
  if (!opened) return opened.error();
  ByteSource& source = *opened->source;

  std::vector<Digest> digests;
  StreamDigest digest;
  std::vector<std::uint8_t> buffer(256 << 10);
  std::uint64_t position = 0;
  for (const std::uint64_t size : sizes) {
    while (position < size) {
      const std::size_t got = source.read(buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size - position)));
      if (got == 0 && source.failure()) return Error{"cannot read " + capture_name(path) + ": " + *source.failure()};
      if (got == 0) return digests;
      digest.update(buffer.data(), got);
      position += got;
    }
    digests.push_back(digest.value());
  }
  return digests;
}

}  // namespace nightjar
