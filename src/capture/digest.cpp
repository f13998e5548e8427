// Inlined, so that the digest uses the vector instructions that this file is compiled for (the library's are SSE2).
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "capture/stream_digest.hpp"

namespace nightjar {

struct StreamDigest::State {
  XXH3_state_t xxh3;
};

StreamDigest::StreamDigest() : state_(new State) { XXH3_128bits_reset(&state_->xxh3); }
StreamDigest::~StreamDigest() = default;

void StreamDigest::update(const std::uint8_t* bytes, std::size_t size) {
  if (size > 0) XXH3_128bits_update(&state_->xxh3, bytes, size);
}

Digest StreamDigest::value() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state_->xxh3);
  return {hash.low64, hash.high64};
}

std::string format(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(32, '0');
  for (int i = 0; i < 16; ++i) {
    text[static_cast<std::size_t>(i)] = kDigits[digest.high >> (60 - 4 * i) & 15];
    text[static_cast<std::size_t>(16 + i)] = kDigits[digest.low >> (60 - 4 * i) & 15];
  }
  return text;
}

std::optional<Digest> parse_digest(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  Digest digest;
  for (const char c : text) {
    std::uint64_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint64_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint64_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
    digest.high = digest.high << 4 | digest.low >> 60;
    digest.low = digest.low << 4 | digit;
  }
  return digest;
}

}  // namespace nightjar
