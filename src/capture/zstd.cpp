#include <zstd.h>

#include "capture/compression.hpp"

namespace nightjar {
namespace {

/// Frames with a window above 128 MiB (zstd --ultra --long) are refused: the library's own limit, which bounds memory.
class ZstdDecompressor : public Decompressor {
 public:
  ~ZstdDecompressor() override { ::ZSTD_freeDStream(stream_); }
  std::string_view name() const override { return "zstd"; }
  std::string_view suffix() const override { return "zst"; }
  bool begins_with(std::uint8_t first) const override { return first == 0x28 || (first & 0xf0) == 0x50; }

  bool begin_member() override {
    if (stream_ == nullptr) stream_ = ::ZSTD_createDStream();
    return stream_ != nullptr && !::ZSTD_isError(::ZSTD_initDStream(stream_));
  }

  Step decompress(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    status_ = ::ZSTD_decompressStream(stream_, &to, &from);
    in = in.subspan(from.pos);
    out = out.subspan(to.pos);
    if (::ZSTD_isError(status_)) return Step::broken;
    return status_ == 0 ? Step::member_end : Step::more;
  }

  std::string reason() const override { return ::ZSTD_getErrorName(status_); }

 private:
  ZSTD_DStream* stream_ = nullptr;
  std::size_t status_ = 0;
};

}  // namespace

std::unique_ptr<Decompressor> make_zstd_decompressor() { return std::make_unique<ZstdDecompressor>(); }

}  // namespace nightjar
