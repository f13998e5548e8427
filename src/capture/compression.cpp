#include "capture/compression.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace nightjar {
namespace {

using Bytes = std::span<const std::uint8_t>;
constexpr std::size_t kLongestMagic = 6;
constexpr std::size_t kInputBytes = 256 << 10;
constexpr std::size_t kOutputBytes = 256 << 10;

/// Gives back the bytes that were looked at, then the rest.
class PushedBackSource : public ByteSource {
 public:
  PushedBackSource(Bytes head, std::unique_ptr<ByteSource> rest) : head_(head.begin(), head.end()), rest_(std::move(rest)) {}

  std::size_t read(std::uint8_t* to, std::size_t size) override {
    if (at_ == head_.size()) return rest_->read(to, size);
    const std::size_t count = std::min(size, head_.size() - at_);
    std::memcpy(to, head_.data() + at_, count);
    at_ += count;
    return count == size ? count : count + rest_->read(to + count, size - count);
  }
  const std::optional<std::string>& damage() const override { return rest_->damage(); }
  const std::optional<std::string>& failure() const override { return rest_->failure(); }
  std::uint64_t consumed() const override { return rest_->consumed(); }
  std::uint64_t file_size() const override { return rest_->file_size(); }

 private:
  std::vector<std::uint8_t> head_;
  std::size_t at_ = 0;
  std::unique_ptr<ByteSource> rest_;
};

class DecompressingSource : public ByteSource {
 public:
  DecompressingSource(std::unique_ptr<ByteSource> compressed, std::unique_ptr<Decompressor> decompressor)
      : compressed_(std::move(compressed)), decompressor_(std::move(decompressor)), input_(kInputBytes), output_(kOutputBytes) {}

  std::size_t read(std::uint8_t* to, std::size_t size) override {
    if (ready_.empty()) decompress_more();
    const std::size_t count = std::min(size, ready_.size());
    if (count > 0) std::memcpy(to, ready_.data(), count);
    ready_ = ready_.subspan(count);
    return count;
  }
  const std::optional<std::string>& damage() const override { return damage_; }
  const std::optional<std::string>& failure() const override { return compressed_->failure(); }
  std::uint64_t consumed() const override { return compressed_->consumed(); }
  std::uint64_t file_size() const override { return compressed_->file_size(); }

 private:
  /// How far a library gets in a broken stream depends on the room it is given: always the same, so that a capture gives
  /// the same packets however it is read.
  void decompress_more() {
    std::span<std::uint8_t> out(output_);
    while (!out.empty() && !ended_) {
      if (!inside_member_ && !begin_member()) break;
      const std::size_t in_before = in_.size(), out_before = out.size();
      const Decompressor::Step step = decompressor_->decompress(in_, out);
      if (step == Decompressor::Step::member_end) {
        inside_member_ = false;
      } else if (step == Decompressor::Step::broken) {
        end("the " + name() + " stream is broken at compressed byte " + std::to_string(position()) + ": " + decompressor_->reason());
      } else if (in_.size() == in_before && out.size() == out_before) {
        if (out.size() < output_.size()) break;  // what is there first: more input may be long in coming
        if (!in_.empty()) {
          end("the " + name() + " stream is broken at compressed byte " + std::to_string(position()));
        } else if (!refill()) {
          end("the " + name() + " stream breaks off at compressed byte " + std::to_string(position()));
        }
      }
    }
    ready_ = Bytes(output_.data(), output_.size() - out.size());
  }

  std::string name() const { return std::string(decompressor_->name()); }
  std::uint64_t position() const { return fetched_ - in_.size(); }

  /// False at the end of the last member (or `ended_` for damage).
  bool begin_member() {
    for (;;) {
      if (in_.empty() && !refill()) {
        ended_ = true;
        return false;
      }
      // Archives on tape and xz streams are padded with zeros.
      while (members_ > 0 && !in_.empty() && in_.front() == 0) in_ = in_.subspan(1);
      if (!in_.empty()) break;
    }
    if (!decompressor_->begins_with(in_.front())) {
      end("the bytes behind the " + name() + " stream, from compressed byte " + std::to_string(position()) + " on, are not " + name());
      return false;
    }
    if (!decompressor_->begin_member()) {
      end("there is no memory to decompress " + name());
      return false;
    }
    ++members_;
    inside_member_ = true;
    return true;
  }

  bool refill() {
    const std::size_t got = compressed_->read(input_.data(), input_.size());
    fetched_ += got;
    in_ = Bytes(input_.data(), got);
    return got > 0;
  }

  void end(std::string sentence) {
    ended_ = true;
    // A stream whose bytes could not be read is not broken.
    if (!failure()) damage_ = std::move(sentence);
  }

  std::unique_ptr<ByteSource> compressed_;
  std::unique_ptr<Decompressor> decompressor_;
  std::vector<std::uint8_t> input_;
  std::vector<std::uint8_t> output_;
  Bytes in_;                   ///< the part of `input_` not yet decompressed
  Bytes ready_;                ///< the part of `output_` not yet read
  std::uint64_t fetched_ = 0;  ///< compressed bytes that came into `input_`
  std::uint64_t members_ = 0;
  bool inside_member_ = false;
  bool ended_ = false;
  std::optional<std::string> damage_;
};

bool starts_with(Bytes bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

std::unique_ptr<Decompressor> decompressor_for(Bytes head) {
  using namespace std::string_view_literals;
  if (starts_with(head, "\x1f\x8b"sv)) return make_gzip_decompressor();
  if (starts_with(head, "\x28\xb5\x2f\xfd"sv)) return make_zstd_decompressor();
  // A skippable frame (RFC 8878, section 3.1.2), as pzstd writes in front.
  if (head.size() >= 4 && (head[0] & 0xf0) == 0x50 && starts_with(head.subspan(1), "\x2a\x4d\x18"sv)) return make_zstd_decompressor();
  if (starts_with(head, "\xfd\x37\x7a\x58\x5a\x00"sv)) return make_xz_decompressor();
  if (starts_with(head, "BZh"sv) && head.size() >= 4 && head[3] >= '1' && head[3] <= '9') return make_bzip2_decompressor();
  return nullptr;
}

std::string_view unreadable_compression(Bytes head) {
  using namespace std::string_view_literals;
  if (starts_with(head, "\x1f\x9d"sv)) return "compress (.Z)";
  if (starts_with(head, "\x04\x22\x4d\x18"sv)) return "lz4";
  if (starts_with(head, "PK\x03\x04"sv)) return "zip";
  if (starts_with(head, "7z\xbc\xaf\x27\x1c"sv)) return "7z";
  return {};
}

}  // namespace

Result<DecompressedSource> decompressed(std::unique_ptr<ByteSource> raw, const std::string& name) {
  std::array<std::uint8_t, kLongestMagic> magic;
  const Bytes head(magic.data(), read_fully(*raw, magic.data(), magic.size()));
  if (const std::string_view format = unreadable_compression(head); !format.empty()) {
    return Error{name + " is packed with " + std::string(format) +
                 ", which cannot be read here: unpack it, or use gzip, zstd, xz or bzip2"};
  }
  auto source = std::make_unique<PushedBackSource>(head, std::move(raw));
  std::unique_ptr<Decompressor> decompressor = decompressor_for(head);
  if (!decompressor) return DecompressedSource{std::move(source), ""};
  std::string suffix(decompressor->suffix());
  return DecompressedSource{std::make_unique<DecompressingSource>(std::move(source), std::move(decompressor)), std::move(suffix)};
}

}  // namespace nightjar
