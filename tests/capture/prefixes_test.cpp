#include <gtest/gtest.h>
#include <zlib.h>

#include "scratch_folder.hpp"

namespace nightjar::test {
namespace {

const Bytes kContent = pcap_header() + pcap_record(counting(5000));

TEST(DigestPrefixes, are_of_the_first_bytes) {
  const ScratchFolder folder;
  const auto digests = digest_prefixes(folder.write("x", kContent), {0, 24, 24, 1024, kContent.size()});
  ASSERT_TRUE(digests);
  EXPECT_EQ(*digests, (std::vector<Digest>{digest_of(kContent, 0), digest_of(kContent, 24), digest_of(kContent, 24),
                                           digest_of(kContent, 1024), digest_of(kContent, kContent.size())}));
}

TEST(DigestPrefixes, end_where_the_capture_ends) {
  const ScratchFolder folder;
  const auto digests = digest_prefixes(folder.write("x", kContent), {1024, kContent.size() + 1, kContent.size() + 2});
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->size(), 1u);
}

TEST(DigestPrefixes, are_of_the_decompressed_bytes) {
  const ScratchFolder folder;
  const std::filesystem::path path = folder.path("x.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, kContent.data(), static_cast<unsigned>(kContent.size())), static_cast<int>(kContent.size()));
  gzclose(file);
  const auto digests = digest_prefixes(path, {1024});
  ASSERT_TRUE(digests);
  EXPECT_EQ(digests->at(0), digest_of(kContent, 1024));
}

TEST(DigestPrefixes, of_a_missing_file_are_an_error) {
  const ScratchFolder folder;
  EXPECT_FALSE(digest_prefixes(folder.path("none"), {24}));
}

}  // namespace
}  // namespace nightjar::test
