#include <lzma.h>

#include "capture/compression.hpp"

namespace nightjar {
namespace {

/// `xz -9` needs 65 MiB to decompress; dictionaries above that are made by hand only.
constexpr std::uint64_t kMemoryLimit = 256 << 20;

class XzDecompressor : public Decompressor {
 public:
  ~XzDecompressor() override { ::lzma_end(&stream_); }
  std::string_view name() const override { return "xz"; }
  std::string_view suffix() const override { return "xz"; }
  bool begins_with(std::uint8_t first) const override { return first == 0xfd; }
  bool begin_member() override { return ::lzma_stream_decoder(&stream_, kMemoryLimit, 0) == LZMA_OK; }

  Step decompress(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) override {
    stream_.next_in = in.data();
    stream_.avail_in = in.size();
    stream_.next_out = out.data();
    stream_.avail_out = out.size();
    status_ = ::lzma_code(&stream_, LZMA_RUN);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (status_ == LZMA_STREAM_END) return Step::member_end;
    return status_ == LZMA_OK || status_ == LZMA_BUF_ERROR ? Step::more : Step::broken;
  }

  std::string reason() const override {
    switch (status_) {
      case LZMA_MEMLIMIT_ERROR: return "it needs more than 256 MiB to decompress";
      case LZMA_FORMAT_ERROR: return "no xz header";
      case LZMA_OPTIONS_ERROR: return "an option that this liblzma does not know";
      case LZMA_MEM_ERROR: return "out of memory";
      default: return "the data are corrupt";
    }
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  lzma_ret status_ = LZMA_OK;
};

}  // namespace

std::unique_ptr<Decompressor> make_xz_decompressor() { return std::make_unique<XzDecompressor>(); }

}  // namespace nightjar
