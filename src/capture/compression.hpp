#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "capture/byte_source.hpp"

namespace nightjar {

/// One compressed format. A stream holds one or more members in a row (gzip members, zstd frames, xz streams).
class Decompressor {
 public:
  enum class Step { more, member_end, broken };
  virtual ~Decompressor() = default;
  virtual std::string_view name() const = 0;    ///< "gzip"
  virtual std::string_view suffix() const = 0;  ///< "gz", for CaptureFacts::format
  /// Whether a member can begin with this byte.
  virtual bool begins_with(std::uint8_t first) const = 0;
  /// Before each member. False when the library has no memory for it.
  virtual bool begin_member() = 0;
  /// Turns bytes from the front of `in` into bytes at the front of `out`, and moves both forward.
  virtual Step decompress(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) = 0;
  /// The library's words after `broken`.
  virtual std::string reason() const = 0;
};

std::unique_ptr<Decompressor> make_gzip_decompressor();
std::unique_ptr<Decompressor> make_zstd_decompressor();
std::unique_ptr<Decompressor> make_xz_decompressor();
std::unique_ptr<Decompressor> make_bzip2_decompressor();

/// A source as it should be read: itself, or its decompression.
struct DecompressedSource {
  std::unique_ptr<ByteSource> source;
  std::string suffix;  ///< "gz", "zst", "xz", "bz2", or empty for plain bytes
};

/// Looks at the first bytes of `raw` and decompresses what follows where they are a compressed format's. `name` is for
/// the sentence of the error: a compression that is known but cannot be read (compress, lz4, zip, 7z).
Result<DecompressedSource> decompressed(std::unique_ptr<ByteSource> raw, const std::string& name);

}  // namespace nightjar
