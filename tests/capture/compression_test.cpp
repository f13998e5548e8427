#include <bzlib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zstd.h>

#include "capture/stream_reader.hpp"
#include "capture_bytes.hpp"
#include "gzip_bytes.hpp"

namespace nightjar::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Bytes zstd(const Bytes& bytes) {
  Bytes packed(ZSTD_compressBound(bytes.size()));
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);  // as the zstd program does
  packed.resize(ZSTD_compress2(context.get(), packed.data(), packed.size(), bytes.data(), bytes.size()));
  return packed;
}
Bytes xz(const Bytes& bytes) {
  Bytes packed(lzma_stream_buffer_bound(bytes.size()));
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, nullptr, bytes.data(), bytes.size(), packed.data(), &size, packed.size()),
            LZMA_OK);
  packed.resize(size);
  return packed;
}
Bytes bzip2(const Bytes& bytes) {
  Bytes packed(bytes.size() * 2 + 1000);
  auto size = static_cast<unsigned>(packed.size());
  Bytes content = bytes;
  content.reserve(1);  // libbz2 refuses a null pointer even for no bytes
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(packed.data()), &size, reinterpret_cast<char*>(content.data()),
                                     static_cast<unsigned>(bytes.size()), 1, 0, 0),
            BZ_OK);
  packed.resize(size);
  return packed;
}

struct Format {
  const char* name;
  const char* suffix;
  Bytes (*pack)(const Bytes&);
};

class Compression : public ::testing::TestWithParam<Format> {
 protected:
  /// 3,000 packets of bytes that do not compress.
  static Bytes capture() {
    Bytes file = pcap_header();
    std::uint32_t state = 1;
    for (std::uint32_t i = 0; i < 3000; ++i) {
      Bytes frame(60 + i % 40);
      for (std::uint8_t& byte : frame) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
      const Bytes record = pcap_record(frame, {.seconds = 1500000000 + i});
      file.insert(file.end(), record.begin(), record.end());
    }
    return file;
  }
};

TEST_P(Compression, gives_the_packets_and_the_digest_of_the_plain_capture) {
  const Bytes plain = capture();
  const ReadCapture expected = read_bytes(plain), read = read_bytes(GetParam().pack(plain));
  ASSERT_EQ(read.packets.size(), 3000u) << read.error;
  EXPECT_EQ(read.packets, expected.packets);
  EXPECT_EQ(read.facts.digest, expected.facts.digest);
  EXPECT_EQ(read.facts.bytes, plain.size());
  EXPECT_EQ(read.facts.format, std::string("pcap.") + GetParam().suffix);
  EXPECT_EQ(read.facts.damage, std::nullopt);
}

TEST_P(Compression, members_in_a_row_are_one_capture) {
  const Bytes plain = capture();
  Bytes packed;
  for (std::size_t at = 0; at < plain.size(); at += 50'001) {
    packed = packed + GetParam().pack(Bytes(plain.begin() + static_cast<std::ptrdiff_t>(at),
                                            plain.begin() + static_cast<std::ptrdiff_t>(std::min(at + 50'001, plain.size()))));
  }
  const ReadCapture read = read_bytes(packed);
  EXPECT_EQ(read.packets.size(), 3000u);
  EXPECT_EQ(read.facts.digest, digest_of(plain, plain.size()));
  EXPECT_EQ(read.facts.damage, std::nullopt);
}

TEST_P(Compression, zeros_behind_the_end_are_padding) {
  const ReadCapture read = read_bytes(GetParam().pack(capture()) + Bytes(512));
  EXPECT_EQ(read.packets.size(), 3000u);
  EXPECT_EQ(read.facts.damage, std::nullopt);
}

TEST_P(Compression, stream_that_breaks_off_counts_as_far_as_it_goes) {
  // Two members, so that formats that decompress whole blocks only have one of them.
  const Bytes plain = capture();
  const Bytes first = GetParam().pack(plain), second = GetParam().pack(Bytes(plain.begin() + 24, plain.end()));
  Bytes packed = first + second;
  packed.resize(first.size() + 500);
  const ReadCapture read = read_bytes(packed);
  EXPECT_GE(read.packets.size(), 3000u);
  EXPECT_LT(read.packets.size(), 3010u);
  EXPECT_EQ(read.facts.damage,
            std::string("the ") + GetParam().name + " stream breaks off at compressed byte " + std::to_string(packed.size()));
  EXPECT_LE(read.facts.readable_bytes, read.facts.bytes);
  EXPECT_EQ(read.facts.readable_digest, digest_of(plain + Bytes(plain.begin() + 24, plain.end()), read.facts.readable_bytes));
}

TEST_P(Compression, broken_stream_counts_as_far_as_it_is_right) {
  const Bytes plain = capture();
  const Bytes first = GetParam().pack(plain);
  Bytes packed = first + GetParam().pack(Bytes(plain.begin() + 24, plain.end()));
  // The beginning of the second member: zstd notices changes in its blocks' data by a checksum only, which is optional.
  for (std::size_t i = 0; i < 64; ++i) packed[first.size() + 6 + i] = 0xff;
  const ReadCapture read = read_bytes(packed);
  EXPECT_GE(read.packets.size(), 3000u);
  EXPECT_THAT(read.facts.damage.value_or("none"),
              StartsWith(std::string("the ") + GetParam().name + " stream is broken at compressed byte "));
}

TEST_P(Compression, broken_stream_gives_the_same_through_buffers_of_any_size) {
  Bytes packed = GetParam().pack(capture());
  for (std::size_t i = 0; i < 64; ++i) packed[packed.size() - 5000 + i] ^= 0x55;
  const ReadCapture expected = read_bytes(packed);
  EXPECT_NE(expected.facts.damage, std::nullopt);
  for (const std::size_t size : {100, 5000}) {
    const ReadCapture read = read_bytes(packed, {.block_bytes = size});
    EXPECT_EQ(read.packets, expected.packets);
    EXPECT_EQ(read.facts.digest, expected.facts.digest);
    EXPECT_EQ(read.facts.damage, expected.facts.damage);
  }
}

TEST_P(Compression, other_bytes_behind_the_end_are_damage) {
  const Bytes packed = GetParam().pack(capture());
  const ReadCapture read = read_bytes(packed + Bytes(10, 'x'));
  EXPECT_EQ(read.packets.size(), 3000u);
  EXPECT_EQ(read.facts.damage, std::string("the bytes behind the ") + GetParam().name + " stream, from compressed byte " +
                                   std::to_string(packed.size()) + " on, are not " + GetParam().name);
}

TEST_P(Compression, of_something_else_is_no_capture) {
  EXPECT_THAT(read_bytes(GetParam().pack(Bytes(1000, 'x'))).error, HasSubstr("is not a capture: it begins with \"xxxxxxxxxxxxxxxx\""));
  EXPECT_EQ(read_bytes(GetParam().pack({})).error, "the capture is empty");
}

TEST_P(Compression, that_gives_no_bytes_says_why) {
  Bytes packed = GetParam().pack(capture());
  packed.resize(12);
  EXPECT_EQ(read_bytes(packed).error,
            std::string("cannot read the capture: the ") + GetParam().name + " stream breaks off at compressed byte 12");
}

INSTANTIATE_TEST_SUITE_P(Each, Compression,
                         ::testing::Values(Format{"gzip", "gz", gzip}, Format{"zstd", "zst", zstd}, Format{"xz", "xz", xz},
                                           Format{"bzip2", "bz2", bzip2}),
                         [](const auto& instance) { return instance.param.name; });

TEST(CompressionFormats, disk_that_fails_within_a_compressed_stream_does_not_break_the_stream) {
  const Bytes packed = gzip(pcap_header() + pcap_record(counting(60)));
  for (const std::size_t missing : {std::size_t{0}, std::size_t{1}, std::size_t{9}}) {
    const Bytes file(packed.begin(), packed.end() - static_cast<std::ptrdiff_t>(missing));
    const ReadCapture read = read_all(StreamReader::open(std::make_unique<FailingSource>(file), "x.pcap.gz", {}));
    EXPECT_EQ(read.facts.damage, std::nullopt) << missing;
    EXPECT_EQ(read.facts.failure, kFailure) << missing;
  }
}

TEST(CompressionFormats, gzip_with_a_wrong_checksum_gives_everything_and_the_damage) {
  const Bytes plain = pcap_header() + pcap_record(counting(60));
  Bytes packed = gzip(plain);
  packed[packed.size() - 8] ^= 1;
  const ReadCapture read = read_bytes(packed);
  EXPECT_EQ(read.packets.size(), 1u);
  EXPECT_THAT(read.facts.damage.value_or("none"), HasSubstr("incorrect data check"));
}

TEST(CompressionFormats, zstd_may_begin_with_a_skippable_frame) {
  const Bytes skippable = Writer(false).u32(0x184d2a5a).u32(5).bytes(counting(5));
  EXPECT_EQ(read_bytes(skippable + zstd(pcap_header() + pcap_record(counting(60)))).packets.size(), 1u);
}

TEST(CompressionFormats, zstd_window_beyond_128_mib_is_refused) {
  // Magic, descriptor without content size, window descriptor of 2^(10 + 20) bytes (RFC 8878, section 3.1.1.1.2).
  const Bytes frame = Writer(false).u32(0xfd2fb528).u8(0x00).u8(20 << 3).bytes(Bytes(20));
  EXPECT_THAT(read_bytes(frame).error, HasSubstr("Frame requires too much memory"));
}

TEST(CompressionFormats, that_cannot_be_read_are_named) {
  EXPECT_THAT(read_bytes(Bytes{0x1f, 0x9d, 0x90, 0, 0, 0}).error, HasSubstr("compress (.Z)"));
  EXPECT_THAT(read_bytes(Bytes{0x04, 0x22, 0x4d, 0x18, 0, 0}).error, HasSubstr("lz4"));
  EXPECT_THAT(read_bytes(Bytes{'P', 'K', 3, 4, 0, 0}).error, HasSubstr("zip"));
  EXPECT_THAT(read_bytes(Bytes{'7', 'z', 0xbc, 0xaf, 0x27, 0x1c}).error, HasSubstr("7z"));
}

}  // namespace
}  // namespace nightjar::test
