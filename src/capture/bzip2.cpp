#include <bzlib.h>

#include "capture/compression.hpp"

namespace nightjar {
namespace {

class Bzip2Decompressor : public Decompressor {
 public:
  ~Bzip2Decompressor() override {
    if (ready_) ::BZ2_bzDecompressEnd(&stream_);
  }
  std::string_view name() const override { return "bzip2"; }
  std::string_view suffix() const override { return "bz2"; }
  bool begins_with(std::uint8_t first) const override { return first == 'B'; }

  bool begin_member() override {
    if (ready_) ::BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    ready_ = ::BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    return ready_;
  }

  Step decompress(std::span<const std::uint8_t>& in, std::span<std::uint8_t>& out) override {
    stream_.next_in = const_cast<char*>(reinterpret_cast<const char*>(in.data()));
    stream_.avail_in = static_cast<unsigned>(in.size());
    stream_.next_out = reinterpret_cast<char*>(out.data());
    stream_.avail_out = static_cast<unsigned>(out.size());
    status_ = ::BZ2_bzDecompress(&stream_);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (status_ == BZ_STREAM_END) return Step::member_end;
    return status_ == BZ_OK ? Step::more : Step::broken;
  }

  std::string reason() const override { return status_ == BZ_DATA_ERROR_MAGIC ? "no bzip2 header" : "the data are corrupt"; }

 private:
  bz_stream stream_{};
  int status_ = BZ_OK;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> make_bzip2_decompressor() { return std::make_unique<Bzip2Decompressor>(); }

}  // namespace nightjar
