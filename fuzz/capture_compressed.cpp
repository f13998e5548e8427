#include <zlib.h>
#include <algorithm>
#include <string>
#include <vector>

#include "capture_fuzzing.hpp"

namespace {

/// The input as it is, and as the content of one gzip stream that is right up to a byte: fuzzers do not find checksums.
std::vector<std::uint8_t> gzipped(const std::uint8_t* bytes, std::size_t size) {
  std::vector<std::uint8_t> packed(size + 256);
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  stream.next_in = const_cast<Bytef*>(bytes);
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  nightjar::fuzz_capture({bytes, size});
  if (size < 2) return 0;
  std::vector<std::uint8_t> packed = gzipped(bytes + 2, size - 2);
  packed[bytes[0] % packed.size()] ^= bytes[1];
  nightjar::fuzz_capture(packed);
  return 0;
}
