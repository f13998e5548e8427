#include "capture/peeked_input.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "gzip_bytes.hpp"
#include "scratch_folder.hpp"
#include "standard_input.hpp"

namespace nightjar::test {
namespace {

TEST(PeekedInput, what_was_looked_at_comes_again) {
  Bytes file = pcap_header();
  for (int i = 0; i < 2000; ++i) file = file + pcap_record(counting(100));
  const StandardInput input(file);
  PeekedInput peeked;
  const auto head = peeked.head();
  ASSERT_EQ(head.size(), kHeadBytes);
  EXPECT_EQ(Bytes(head.begin(), head.end()), Bytes(file.begin(), file.begin() + kHeadBytes));
  const ReadCapture read = read_all(peeked.open({}));
  EXPECT_EQ(read.packets.size(), 2000u);
  EXPECT_EQ(read.facts.digest, digest_of(file, file.size()));
}

TEST(PeekedInput, the_head_is_decompressed_and_the_rest_is_what_it_was) {
  Bytes file = pcap_header();
  for (int i = 0; i < 2000; ++i) file = file + pcap_record(counting(100));
  const StandardInput input(gzip(file));
  PeekedInput peeked;
  const auto head = peeked.head();
  ASSERT_EQ(head.size(), kHeadBytes);
  EXPECT_EQ(Bytes(head.begin(), head.end()), Bytes(file.begin(), file.begin() + kHeadBytes));
  const ReadCapture read = read_all(peeked.open({}));
  EXPECT_EQ(read.packets.size(), 2000u);
  EXPECT_EQ(read.facts.format, "pcap.gz");
}

TEST(PeekedInput, one_that_is_shorter_than_a_head_has_a_shorter_one) {
  const Bytes file = pcap_header() + pcap_record(counting(60));
  const StandardInput input(file);
  PeekedInput peeked;
  const auto head = peeked.head();
  EXPECT_EQ(Bytes(head.begin(), head.end()), file);
  EXPECT_EQ(read_all(peeked.open({})).packets.size(), 1u);
}

// A gzip member without content has 20 bytes.
TEST(PeekedInput, a_head_behind_many_megabytes_of_nothing_is_not_waited_for) {
  const Bytes empty = gzip({});
  Bytes nothing;
  while (nothing.size() < (17 << 20)) nothing.insert(nothing.end(), empty.begin(), empty.end());
  const StandardInput input(nothing + gzip(pcap_header() + pcap_record(counting(60))));
  PeekedInput peeked;
  EXPECT_TRUE(peeked.head().empty());
  EXPECT_EQ(read_all(peeked.open({})).packets.size(), 1u);
}

TEST(PeekedInput, is_put_aside_with_what_was_looked_at) {
  const ScratchFolder folder;
  const Bytes content = counting(300'001);
  const StandardInput input(content);
  PeekedInput peeked;
  peeked.head();
  ASSERT_TRUE(peeked.put_aside(folder.path("aside")));
  const auto copy = read_file(folder.path("aside"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(Bytes(copy->begin(), copy->end()), content);
}

TEST(PeekedInput, copies_every_byte) {
  const ScratchFolder folder;
  const Bytes content = counting(300'001);
  const StandardInput input(content);
  const Result<void> done = PeekedInput().put_aside(folder.path("spool"));
  ASSERT_TRUE(done) << done.error().sentence;
  const auto copy = read_file(folder.path("spool"));
  ASSERT_TRUE(copy);
  EXPECT_EQ(Bytes(copy->begin(), copy->end()), content);
}

TEST(PeekedInput, full_disk_is_a_sentence) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const ScratchFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.path("full"));
  const StandardInput input(counting(10));
  const Result<void> done = PeekedInput().put_aside(folder.path("full"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().sentence, ::testing::EndsWith("No space left on device"));
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(folder.path("full")))) << "nothing half is left";
}

TEST(PeekedInput, folder_that_is_not_there_is_a_sentence) {
  const ScratchFolder folder;
  const StandardInput input({});
  const Result<void> done = PeekedInput().put_aside(folder.path("none/spool"));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().sentence, ::testing::EndsWith("No such file or directory"));
}

}  // namespace
}  // namespace nightjar::test
