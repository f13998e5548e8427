#include <gtest/gtest.h>

#include "capture/stream_digest.hpp"
#include "capture_bytes.hpp"

namespace nightjar {
namespace {

Digest digest_of(std::string_view text) {
  StreamDigest digest;
  digest.update(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  return digest.value();
}

// XXH3-128, seed 0, of nothing: published in the test vectors of xxHash (cli/xsum_sanity_check.c).
TEST(Digest, of_nothing_is_the_published_one) { EXPECT_EQ(format(StreamDigest().value()), "99aa06d3014798d86001c324468d497f"); }

TEST(Digest, asked_for_in_between_goes_on_as_if_nobody_had_asked) {
  const test::Bytes bytes = test::counting(10'000);
  StreamDigest whole, pieces;
  whole.update(bytes.data(), bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += 37) {
    pieces.update(bytes.data() + at, std::min<std::size_t>(37, bytes.size() - at));
    (void)pieces.value();
  }
  EXPECT_EQ(pieces.value(), whole.value());
  EXPECT_FALSE(pieces.value() == digest_of("x"));
}

TEST(Digest, comes_back_from_its_text) {
  const Digest digest = digest_of("nightjar");
  EXPECT_EQ(parse_digest(format(digest)), digest);
  EXPECT_EQ(parse_digest("0123456789abcdefFEDCBA9876543210"), (Digest{0xfedcba9876543210, 0x0123456789abcdef}));
  EXPECT_EQ(format(Digest{0xfedcba9876543210, 0x0123456789abcdef}), "0123456789abcdeffedcba9876543210");
}

TEST(Digest, other_text_is_none) {
  for (const char* text :
       {"", "0123", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0", "0x23456789abcdef0123456789abcdef"}) {
    EXPECT_EQ(parse_digest(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace nightjar
