#include <zlib.h>

#include "capture/compression.hpp"

namespace nightjar {
namespace {

class GzipDecompressor : public Decompressor {
 public:
  ~GzipDecompressor() override {
    if (ready_) ::inflateEnd(&stream_);
  }
  std::string_view name() const override { return "gzip"; }
  std::string_view suffix() const override { return "gz"; }
  bool begins_with(std::uint8_t first) const override { return first == 0x1f; }

  bool begin_member() override {
    if (ready_) return ::inflateReset(&stream_) == Z_OK;
    constexpr int kGzipOnly = 16;  // added to the window bits: gzip header and trailer, checked
    ready_ = ::inflateInit2(&stream_, kGzipOnly + MAX_WBITS) == Z_OK;
    return ready_;
  }

  Step decompress(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) override {
    stream_.next_in = const_cast<Bytef*>(in.data());
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<uInt>(out.size());
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (status == Z_STREAM_END) return Step::member_end;
    return status == Z_OK || status == Z_BUF_ERROR ? Step::more : Step::broken;
  }

  std::string reason() const override { return stream_.msg != nullptr ? stream_.msg : "the data contradict themselves"; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> make_gzip_decompressor() { return std::make_unique<GzipDecompressor>(); }

}  // namespace nightjar
